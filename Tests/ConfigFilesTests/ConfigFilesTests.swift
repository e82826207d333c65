import ConfigFiles
import Testing

@Suite("Decoding")
struct DecodingTests {
  @Test("a complete file decodes to the values that it states")
  func complete() throws {
    let sample = try Sample.document().decode(Sample.self)
    let expected = Sample(
      name: "sample", clock: 940.5, mxu: .init(rows: 128, columns: 64), mode: .pipelined,
      sizes: [1, 2], fast: true, note: nil, spare: nil)
    #expect(sample == expected)
  }

  @Test("anchors and aliases stand for their values")
  func aliases() throws {
    let text = Sample.text + "spare: {rows: &n 8, columns: *n}\n"
    #expect(try Sample.document(text).decode(Sample.self).spare == .init(rows: 8, columns: 8))
  }

  @Test("a byte-order mark and quotes do not change a value")
  func byteOrderMark() throws {
    let text = "\u{FEFF}" + Sample.text("name: sample", becomes: "name: \"8\"")
    #expect(try Sample.document(text).decode(Sample.self).name == "8")
  }

  @Test("a dictionary takes any key, and its values are read strictly")
  func dictionary() throws {
    let good = try Sample.document("a: {rows: 1, columns: 2}\nb: {rows: 3, columns: 4}\n")
    let units = try good.decode([String: Sample.Unit].self)
    #expect(units == ["a": .init(rows: 1, columns: 2), "b": .init(rows: 3, columns: 4)])
    let bad = try Sample.document("a: {rows: 1, columns: 2, depth: 3}\n")
    #expect(throws: ConfigError.self) { try bad.decode([String: Sample.Unit].self) }
  }

  @Test("settings list every value by path, overrides applied, in the file's order")
  func settings() throws {
    let document = try Sample.document().setting("mxu.rows", to: "64")
    #expect(
      document.settings.map { "\($0.path)=\($0.value)" } == [
        "name=sample", "clock=940.5", "mxu.rows=64", "mxu.columns=64", "mode=pipelined",
        "sizes.0=1", "sizes.1=2", "fast=true",
      ])
    #expect(document.overrides == ["mxu.rows=64"])
    #expect(document.text == Sample.text)
  }
}

@Suite("Errors of decoding")
struct DecodingErrorTests {
  /// A line of the sample, what it becomes, and the sentence that follows.
  static let sentences: [(String, String, String)] = [
    (
      "  rows: 128", "  row: 128",
      "chip.yaml:4: unknown key 'mxu.row'. Did you mean 'mxu.rows'?"
    ),
    (
      "fast: true", "fast: true\ncolour: red",
      "chip.yaml:9: unknown key 'colour'. "
        + "Valid keys here: name, clock, mxu, mode, sizes, fast, note, spare."
    ),
    (
      "fast: true", "fast: true\ncolumns: 3",
      "chip.yaml:9: unknown key 'columns'. Did you mean 'mxu.columns'?"
    ),
    (
      "fast: true", "fast: true\nnoet: hello",
      "chip.yaml:9: unknown key 'noet'. Did you mean 'note'?"
    ),
    (
      "  rows: 128", "",
      "chip.yaml:5: missing key 'mxu.rows'. Add it; no key has a default."
    ),
    (
      "clock: 940.5", "",
      "chip.yaml:1: missing key 'clock'. Add it; no key has a default."
    ),
    (
      "  rows: 128", "  rows: many",
      "chip.yaml:4: 'mxu.rows' must be a whole number; found 'many'."
    ),
    (
      "  rows: 128", "  rows: 12.5",
      "chip.yaml:4: 'mxu.rows' must be a whole number; found the number 12.5."
    ),
    (
      "  rows: 128", "  rows: \"128\"",
      "chip.yaml:4: 'mxu.rows' must be a whole number; found the text '128'."
    ),
    (
      "  rows: 128", "  rows:",
      "chip.yaml:4: 'mxu.rows' must be a whole number; found nothing."
    ),
    (
      "  rows: 128", "  rows: 99999999999999999999",
      "chip.yaml:4: 'mxu.rows' is out of range: the number 99999999999999999999."
    ),
    (
      "clock: 940.5", "clock: 1e999",
      "chip.yaml:2: 'clock' is out of range: the number 1e999."
    ),
    ("clock: 940.5", "clock: [1]", "chip.yaml:2: 'clock' must be a number; found a list."),
    ("clock: 940.5", "clock: 0x10", "chip.yaml:2: 'clock' must be a number; found '0x10'."),
    ("fast: true", "fast: yes", "chip.yaml:8: 'fast' must be true or false; found 'yes'."),
    (
      "name: sample", "name: 8",
      "chip.yaml:1: 'name' must be text (in quotes where it looks like something else); "
        + "found the number 8."
    ),
    ("sizes: [1, 2]", "sizes: 1", "chip.yaml:7: 'sizes' must be a list; found the number 1."),
    (
      "sizes: [1, 2]", "sizes: [1, two]",
      "chip.yaml:7: 'sizes.1' must be a whole number; found 'two'."
    ),
    (
      "fast: true", "fast: true\nspare: 3",
      "chip.yaml:9: 'spare' must be a mapping; found the number 3."
    ),
    (
      "mode: pipelined", "mode: pipelinde",
      "chip.yaml:6: 'mode' cannot be 'pipelinde'. Use one of: pipelined, none, doubleBuffered."
    ),
    (
      "  rows: 128", "  rows: 0",
      "chip.yaml:4: 'mxu.rows' must be from 1 to 1024; found 0."
    ),
    (
      "clock: 940.5", "clock: 100",
      "chip.yaml:4: 'mxu.rows' must not be above the clock, 100.0; found 128."
    ),
    (
      "sizes: [1, 2]", "sizes: [1, 2, 3, 4]",
      "chip.yaml:7: 'sizes' must have at most 3 items."
    ),
  ]

  @Test("each mistake in a file gives one line with its place and its remedy", arguments: sentences)
  func sentence(line: String, replacement: String, expected: String) {
    #expect(Sample.message(Sample.text(line, becomes: replacement)) == expected)
  }
}

@Suite("Overrides")
struct OverrideTests {
  @Test("an override replaces a value, adds an optional one, and the last one wins")
  func semantics() throws {
    let sample = try Sample.document().applying(overrides: [
      "mxu.rows=32", "mxu.rows=64", "note=a = b", "sizes=[7]", "sizes.0=9",
      "spare={rows: 1, columns: 2}", "mode=none",
    ]).decode(Sample.self)
    #expect(sample.mxu == .init(rows: 64, columns: 64))
    #expect(sample.note == "a = b")
    #expect(sample.sizes == [9])
    #expect(sample.spare == .init(rows: 1, columns: 2))
    #expect(sample.mode == .none)
  }

  /// An override of the sample, and the sentence that follows.
  static let sentences: [(String, String)] = [
    ("mxu.row=64", "--set mxu.row=64: unknown key 'mxu.row'. Did you mean 'mxu.rows'?"),
    ("rows=64", "--set rows=64: unknown key 'rows'. Did you mean 'mxu.rows'?"),
    ("mux.rows=64", "--set mux.rows=64: unknown key 'mux'. Did you mean 'mxu'?"),
    (
      "mxu.rows=many",
      "--set mxu.rows=many: 'mxu.rows' must be a whole number; found 'many'."
    ),
    ("mxu.rows=", "--set mxu.rows=: 'mxu.rows' must be a whole number; found nothing."),
    ("mxu.rows=0", "--set mxu.rows=0: 'mxu.rows' must be from 1 to 1024; found 0."),
    ("mxu=3", "--set mxu=3: 'mxu' must be a mapping; found the number 3."),
    ("clock.fast=3", "--set clock.fast=3: 'clock' must be a number; found a mapping."),
    (
      "mode=fast",
      "--set mode=fast: 'mode' cannot be 'fast'. Use one of: none, pipelined, doubleBuffered."
    ),
    ("mxu.rows", "--set mxu.rows: expected KEY=VALUE, such as mxu.rows=64."),
    ("=3", "--set =3: expected KEY=VALUE, such as mxu.rows=64."),
    ("mxu..rows=3", "--set mxu..rows=3: expected KEY=VALUE, such as mxu.rows=64."),
  ]

  @Test("a wrong override is as much an error as a wrong file, and is named", arguments: sentences)
  func sentence(override: String, expected: String) {
    #expect(Sample.message(Sample.text, set: [override]) == expected)
  }

  @Test("an override whose value is not YAML says so in one line")
  func notYAML() {
    #expect(
      Sample.message(Sample.text, set: ["sizes=[1"])
        == "--set sizes=[1: not valid YAML: while parsing a flow sequence, "
        + "did not find expected ',' or ']'.")
  }
}
