import ConfigFiles
import Testing

extension Sample.Unit: Described {
  static let notes = ["rows": KeyNote("Down.", unit: "elements"), "gone": KeyNote("No key.")]
}

@Suite("Keys of a type")
struct SchemaTests {
  @Test("keys, blocks and choices are those that the type reads, in its order")
  func keys() throws {
    let keys = try ConfigSchema(of: Sample.self).keys
    let expected: [(String, ConfigKey.Value, Bool)] = [
      ("name", .text, true), ("clock", .number, true), ("mxu", .block, true),
      ("mxu.rows", .wholeNumber, true), ("mxu.columns", .wholeNumber, true),
      ("mode", .choice(["none", "doubleBuffered", "pipelined"]), true), ("sizes", .list, true),
      ("fast", .truth, true), ("note", .text, false), ("spare", .block, false),
      ("spare.rows", .wholeNumber, true), ("spare.columns", .wholeNumber, true),
    ]
    #expect(keys.map(\.path) == expected.map(\.0))
    #expect(keys.map(\.value) == expected.map(\.1))
    #expect(keys.map(\.isRequired) == expected.map(\.2))
    #expect(keys.map(\.block).suffix(3) == ["", "spare", "spare"])
  }

  @Test("a note is found where its type is read; one for no key is told")
  func notes() throws {
    let schema = try ConfigSchema(of: Sample.self)
    #expect(schema.keys.filter { $0.note != nil }.map(\.path) == ["mxu.rows", "spare.rows"])
    #expect(schema.keys.first { $0.path == "mxu.rows" }?.note?.unit == "elements")
    #expect(schema.strayNotes == ["Unit.gone"])
  }

  @Test("an explained file has each note above its key, and is the same configuration")
  func explained() throws {
    let document = try Sample.document()
    let text = document.yaml(explainedBy: try ConfigSchema(of: Sample.self).keys)
    #expect(text.contains("mxu:\n  # Down. In elements.\n  rows: 128\n"))
    let again = try ConfigDocument(text: text, file: "again.yaml")
    #expect(try again.decode(Sample.self) == document.decode(Sample.self))
  }
}
