import ConfigFiles
import Foundation
import Testing

@Suite("Files that extend another")
struct ExtendsTests {
  /// `base` is a chip by its top keys; line 4 has the rows.
  private static let base = """
    name: base
    clock: 940.5  # measured
    mxu:          # two of them
      rows: 128   # published
      columns: 64
    mode: pipelined
    sizes: [1, 2]
    fast: true

    """

  /// A library with `base` and the files given; `body` gets it and its folder of chips.
  private func withLibrary(
    _ files: [String: String], _ body: (ConfigLibrary, String) throws -> Void
  ) throws {
    try withTemporaryFolder { root in
      try write(Self.base, to: "\(root)/Chips/base.yaml")
      for (path, text) in files { try write(text, to: "\(root)/\(path)") }
      try body(ConfigLibrary(explicit: root, currentDirectory: root), root)
    }
  }

  /// The error of decoding `mine.yaml`, without the folder's path.
  private func message(_ files: [String: String], set overrides: [String] = []) throws -> String {
    var message = ""
    try withLibrary(files) { library, root in
      do {
        let sample: Sample = try library.document("./mine.yaml", kind: "Chips")
          .applying(overrides: overrides).decode()
        message = "no error: \(sample)"
      } catch {
        message = "\(error)".replacing(root + "/", with: "").replacing("./", with: "")
      }
    }
    return message
  }

  @Test("blocks merge key by key; a list or a value takes the place of the base's")
  func merge() throws {
    let mine = "extends: base\nname: mine\nmxu:\n  rows: 8\nsizes: [3]\nnote: new\n"
    try withLibrary(["mine.yaml": mine]) { library, root in
      let document = try library.document("mine.yaml", kind: "Chips")
      let sample: Sample = try document.decode()
      #expect(sample.name == "mine" && sample.clock == 940.5)
      #expect(sample.mxu == Sample.Unit(rows: 8, columns: 64))
      #expect(sample.sizes == [3] && sample.note == "new" && sample.fast)
      #expect(document.bases == ["\(root)/Chips/base.yaml"])
      // In the base's order, so that equal chips are equal lists of values.
      #expect(
        document.settings.map(\.path) == [
          "name", "clock", "mxu.rows", "mxu.columns", "mode", "sizes.0", "fast", "note",
        ])
    }
  }

  @Test("a file that states no name is called as the file is, at each step of a chain")
  func names() throws {
    let files = [
      "Chips/middle.yaml": "extends: base\nclock: 3\n", "7.yaml": "extends: base\n",
      "mine.yaml": "extends: middle\nclock: 4\n",
    ]
    try withLibrary(files) { (library, _) throws in
      for (file, name) in [("middle", "middle"), ("./mine.yaml", "mine"), ("base", "base")] {
        let document = try library.document(file, kind: "Chips")
        #expect(document.text(of: "name") == name)
        #expect(document.settings.first?.path == "name")
      }
      // A number is a name too.
      #expect(try library.document("./7.yaml", kind: "Chips").decode(Sample.self).name == "7")
    }
  }

  @Test("null takes an optional block away")
  func null() throws {
    let files = [
      "Chips/full.yaml": "extends: base\nspare: {rows: 1, columns: 2}\n",
      "mine.yaml": "extends: full\nspare:\n",
    ]
    try withLibrary(files) { (library, _) throws in
      #expect(try library.document("full", kind: "Chips").decode(Sample.self).spare?.columns == 2)
      #expect(try library.document("./mine.yaml", kind: "Chips").decode(Sample.self).spare == nil)
    }
  }

  @Test("chains run through names and files beside, the nearest statement wins")
  func chain() throws {
    let files = [
      "a/mine.yaml": "extends: ../b/second.yaml\nname: mine\n",
      "b/second.yaml": "extends: third.yaml\nname: second\nclock: 200\n",
      "b/third.yaml": "extends: base\nclock: 300\nmode: none\n",
    ]
    try withLibrary(files) { library, root in
      let sample: Sample = try library.document("a/mine.yaml", kind: "Chips").decode()
      #expect(sample.name == "mine" && sample.clock == 200)
      #expect(sample.mode == .none && sample.mxu.rows == 128)
    }
  }

  @Test("an override is above all files, and is named in errors")
  func overrides() throws {
    let files = ["mine.yaml": "extends: base\nmxu: {rows: 8}\n"]
    try withLibrary(files) { (library, _) throws in
      let document = try library.document("./mine.yaml", kind: "Chips")
        .applying(overrides: ["mxu.rows=16"])
      #expect(try document.decode(Sample.self).mxu.rows == 16)
    }
    #expect(
      try message(files, set: ["mxu.rows=0"])
        == "--set mxu.rows=0: 'mxu.rows' must be from 1 to 1024; found 0.")
  }

  /// The text of `mine.yaml`, more files, and the sentence that follows.
  static let sentences: [(String, [String: String], String)] = [
    (
      "extends: bas\n", [:],
      "mine.yaml:1: 'extends' cannot be 'bas'. Use one of: base."
    ),
    (
      "name: x\nextends: ./none.yaml\n", [:],
      "mine.yaml:2: 'extends' is 'none.yaml', and no such file is there."
    ),
    (
      "extends: [base]\n", [:],
      "mine.yaml:1: 'extends' must be the name of a configuration or a file; found a list."
    ),
    (
      "extends:\n", [:],
      "mine.yaml:1: 'extends' must be the name of a configuration or a file; found nothing."
    ),
    (
      "extends: mine.yaml\n", [:],
      "mine.yaml:1: 'extends' goes in a circle: mine.yaml extends mine.yaml. One of them must stand "
        + "on its own."
    ),
    (
      "extends: a.yaml\n", ["a.yaml": "# a\nextends: mine.yaml\n"],
      "a.yaml:2: 'extends' goes in a circle: mine.yaml extends a.yaml extends mine.yaml. One of them "
        + "must stand on its own."
    ),
    (
      "extends: HBM\nmxu: {rows: 1}\n", ["DRAM/HBM.yaml": "bankGroups: 1\n"],
      "mine.yaml:1: 'extends' is 'HBM', which is a memory standard (DRAM), not an architecture (a "
        + "chip)."
    ),
    (
      "extends: ./DRAM/HBM.yaml\nmxu: {rows: 1}\n", ["DRAM/HBM.yaml": "bankGroups: 1\n"],
      "mine.yaml:1: 'extends' is 'DRAM/HBM.yaml', which is a memory standard (DRAM), not an "
        + "architecture (a chip)."
    ),
    // What is wrong in a merged file is where it stands.
    (
      "extends: a.yaml\n", ["a.yaml": "extends: base\nclock: 500\nmxu:\n  rows: 0\n"],
      "a.yaml:4: 'mxu.rows' must be from 1 to 1024; found 0."
    ),
    (
      "extends: base\nclock: 100\n", [:],
      "Chips/base.yaml:4: 'mxu.rows' must not be above the clock, 100.0; found 128."
    ),
    (
      "extends: base\nmxu:\n  row: 8\n", [:],
      "mine.yaml:3: unknown key 'mxu.row'. Did you mean 'mxu.rows'?"
    ),
    (
      "extends: base\nmxu: 8\n", [:],
      "mine.yaml:2: 'mxu' must be a mapping; found the number 8."
    ),
    (
      "extends: a.yaml\n", ["a.yaml": "extends: base\nfast: [\n"],
      "a.yaml:3:1: not valid YAML: while parsing a flow node, did not find expected node content."
    ),
    (
      "extends: base\nmode:\n", [:],
      "mine.yaml:2: 'mode' cannot be nothing. Use one of: none, pipelined, doubleBuffered."
    ),
  ]

  @Test("what is wrong is one line with the file and line that says it", arguments: sentences)
  func sentence(mine: String, others: [String: String], expected: String) throws {
    let files = others.merging(["mine.yaml": mine]) { first, _ in first }
    #expect(try message(files) == expected)
  }

  @Test("two files with one byte changed decode or give one line", arguments: UInt64(1)...3)
  func oneByte(seed: UInt64) throws {
    var state = seed
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let alphabet = Array("\0\t\n \"'#&*,-:[]{}|>%@`~!?0e.</a\u{e9}".utf8)
    func changed(_ text: String) -> String {
      var bytes = Array(text.utf8)
      bytes[next() % bytes.count] = alphabet[next() % alphabet.count]
      return String(decoding: bytes, as: UTF8.self)
    }
    for _ in 0..<100 {
      let text = try message([
        "Chips/base.yaml": changed(Self.base),
        "mine.yaml": changed(
          "extends: base\nmxu:\n  rows: 8  # small\nspare: {rows: 1, columns: 2}\n"),
      ])
      #expect(!text.contains("\n") && !text.isEmpty)
    }
  }

  @Test("the text of an extending file stands on its own, with the comments of all files")
  func text() throws {
    let mine = "# My own.\nextends: base\nmxu:\n  columns: 32  # changed\n"
    try withLibrary(["mine.yaml": mine]) { library, root in
      let document = try library.document("mine.yaml", kind: "Chips")
      #expect(
        document.effectiveText.replacing(root + "/", with: "") == """
          # mine.yaml, which extends Chips/base.yaml
          # My own.
          name: mine
          clock: 940.5  # measured

          mxu:  # two of them
            rows: 128  # published
            columns: 32  # changed
          mode: pipelined
          sizes: [1, 2]
          fast: true

          """)
      let again = try ConfigDocument(text: document.effectiveText, file: "again.yaml")
      #expect(try again.decode(Sample.self) == document.decode(Sample.self))
    }
  }

  @Test("a key that states a capacity in another unit takes the place of the one below it")
  func units() throws {
    let files = [
      "Chips/memory.yaml": "vmem:\n  capacityMebibytes: 1\n  banks: 2\n",
      "mine.yaml": "extends: memory\nvmem:\n  capacityKibibytes: 512\n",
      "both.yaml": "extends: memory\nvmem:\n  capacityKibibytes: 512\n  capacityMebibytes: 2\n",
    ]
    try withLibrary(files) { (library, _) throws in
      func paths(_ name: String, _ overrides: [String] = []) throws -> [String] {
        try library.document(name, kind: "Chips").applying(overrides: overrides).settings.map(
          \.path)
      }
      #expect(try paths("./mine.yaml") == ["vmem.capacityKibibytes", "vmem.banks"])
      #expect(
        try paths("memory", ["vmem.capacityKibibytes=3"]) == [
          "vmem.capacityKibibytes", "vmem.banks",
        ])
      #expect(
        try paths("./mine.yaml", ["vmem.capacityMebibytes=3"])
          == ["vmem.capacityMebibytes", "vmem.banks"])
      // One file that says both says both.
      #expect(try paths("./both.yaml").count == 3)
    }
  }
}
