import ConfigFiles
import Testing

@Suite("Documents as text again")
struct DocumentTextTests {
  @Test("without overrides the effective text is the file's own")
  func ownText() throws {
    let text = "a: 1 # why\nb: [1, 2]\n"
    #expect(try ConfigDocument(text: text, file: "chip.yaml").effectiveText == text)
  }

  @Test("with overrides the effective text reads back as the same values")
  func effectiveText() throws {
    let text = """
      name: "1.5"
      words: 'a: b # c "d" \\ é'
      empty: ''
      none:
      list: [1, two, {x: 3, y: [4, [5]]}]
      nothing: []
      deep:
        deeper:
          value: 1.0e-6
      """
    let document = try ConfigDocument(text: text, file: "chip.yaml")
      .setting("deep.deeper.value", to: "2").setting("deep.new", to: "'say: \"x\"'")
    let again = try ConfigDocument(text: document.effectiveText, file: "again.yaml")
    #expect(again.settings.map(\.path) == document.settings.map(\.path))
    #expect(again.settings.map(\.value) == document.settings.map(\.value))
    #expect(again.settings.contains { $0 == ("deep.deeper.value", "2") })
    #expect(
      document.effectiveText.hasPrefix(
        "# chip.yaml with --set deep.deeper.value=2 --set deep.new='say: \"x\"'\n"
          + "name: \"1.5\"\n"))
  }

  @Test("an override of several lines stays within its comment")
  func lines() throws {
    let document = try ConfigDocument(text: "a: 1\n", file: "chip.yaml")
      .setting("b", to: "\"x\"\n")
    let again = try ConfigDocument(text: document.effectiveText, file: "again.yaml")
    #expect(again.settings.map(\.value) == ["1", "x"])
  }
}

@Suite("Comments of lines")
struct CommentTests {
  @Test("a comment belongs to the key of its line, whatever stands in quotes")
  func comments() throws {
    let document = try ConfigDocument(
      text: """
        # head
        a: 1 # one
        b: "x # y"  #two
        c: 'it''s # z'   # three
        d: no#comment
        e:  # four
          f: {g: 1, h: 2}  # five
          i: [1, 2]
        j: 1  #

        """, file: "chip.yaml")
    let expected: [(String, String?)] = [
      ("a", "one"), ("b", "two"), ("c", "three"), ("d", nil), ("e", "four"), ("e.f", "five"),
      ("e.f.g", nil), ("e.i", nil), ("j", nil), ("k", nil),
    ]
    for (path, comment) in expected { #expect(document.comment(of: path) == comment, "\(path)") }
    #expect(document.text(of: "c") == "it's # z")
    #expect(document.text(of: "e") == nil)
  }

  @Test("a value that is overridden loses its comment, others keep theirs")
  func overridden() throws {
    let document = try ConfigDocument(text: "a: 1 # one\nb: 2 # two\n", file: "chip.yaml")
      .setting("a", to: "3")
    #expect(document.effectiveText == "# chip.yaml with --set a=3\na: 3\nb: 2  # two\n")
  }
}
