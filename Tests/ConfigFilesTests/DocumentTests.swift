import ConfigFiles
import Foundation
import Testing

@Suite("Reading documents")
struct DocumentTests {
  static func message(_ text: String) -> String {
    do {
      return "no error: \(try ConfigDocument(text: text, file: "chip.yaml").settings)"
    } catch {
      return error.description
    }
  }

  /// A text, and the sentence that follows.
  static let sentences: [(String, String)] = [
    ("", "chip.yaml: the file is empty. Write 'key: value' lines."),
    ("# only a comment\n", "chip.yaml: the file is empty. Write 'key: value' lines."),
    ("---\n", "chip.yaml: the file is empty. Write 'key: value' lines."),
    (
      "- 1\n- 2\n",
      "chip.yaml:1: expected 'key: value' lines at the top level; found a list."
    ),
    (
      "just words\n",
      "chip.yaml:1: expected 'key: value' lines at the top level; found 'just words'."
    ),
    (
      "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n",
      "chip.yaml:3: key 'c' stands twice in one mapping. Keep one."
    ),
    ("a: 1\n[x]: 2\n", "chip.yaml:2: a key must be plain text."),
    (
      "a: " + String(repeating: "[", count: 2000),
      "chip.yaml:1:5: not valid YAML: more lists or mappings inside each other than can be read; "
        + "use fewer."
    ),
    ("a: *b\n", "chip.yaml:1:4: not valid YAML: found undefined alias."),
    (
      "a: [1, 2\n",
      "chip.yaml:2:1: not valid YAML: while parsing a flow sequence, "
        + "did not find expected ',' or ']'."
    ),
    (
      "a: 1\n\tb: 2\n",
      "chip.yaml:2:1: not valid YAML: while scanning a plain scalar, "
        + "found a tab character that violates indentation."
    ),
    (
      "a: 1\n---\nb: 2\n",
      "chip.yaml:2:1: not valid YAML: expected a single document in the stream, "
        + "but found another document."
    ),
    ("a: 1\nb: \u{1}\n", "chip.yaml:2: not valid YAML: control characters are not allowed."),
  ]

  @Test("a text that is no configuration gives one line with its place", arguments: sentences)
  func sentence(text: String, expected: String) {
    #expect(Self.message(text) == expected)
  }

  @Test("aliases that unfold without bound are refused")
  func tooLarge() {
    let levels = (1...9).map {
      "k\($0): &k\($0) [\(Array(repeating: "*k\($0 - 1)", count: 9).joined(separator: ", "))]"
    }
    let text = (["k0: &k0 [1]"] + levels).joined(separator: "\n")
    #expect(
      Self.message(text)
        == "chip.yaml: more than 100000 values once aliases are followed. Use fewer.")
  }

  @Test("a missing file, a folder, and bytes that are not UTF-8 are named")
  func files() throws {
    try withTemporaryFolder { folder in
      func message(_ name: String) -> String {
        do {
          return "no error: \(try ConfigDocument(contentsOf: "\(folder)/\(name)").settings)"
        } catch {
          return error.description.replacing("\(folder)/", with: "")
        }
      }
      #expect(message("no.yaml") == "no.yaml: no such file or folder. Check the path.")
      try write("x", to: "\(folder)/sub/inner.yaml")
      #expect(message("sub") == "sub: cannot be read: it is a folder.")
      try Data([0x61, 0x3A, 0x0A, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: "\(folder)/b.yaml"))
      #expect(message("b.yaml") == "b.yaml:2: not UTF-8 text. Save the file as UTF-8.")
    }
  }
}

/// Runs `body` with a new folder, which is gone afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.resolvingSymlinksInPath().path)
}

/// Writes a file and the folders that lead to it.
func write(_ text: String, to path: String) throws {
  let url = URL(fileURLWithPath: path)
  try FileManager.default.createDirectory(
    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(text.utf8).write(to: url)
}
