import ConfigFiles
import Testing

@Suite("Files of sections")
struct SectionedFileTests {
  @Test("keys, values and lines; comments, quotes and blanks do not count")
  func entries() throws {
    let file = try SectionedFile(
      text:
        "# top\n[general]\nrun_name = \"x y\"\n\n; note\n[ two ]\nA : 1  # one\r\nb=2 ; two\nc:\n",
      file: "a.cfg")
    #expect(file.entries.map(\.section) == ["general", "two", "two", "two"])
    #expect(file.entries.map(\.key) == ["run_name", "A", "b", "c"])
    #expect(file.entries.map(\.value) == ["x y", "1", "2", ""])
    #expect(file.entries.map(\.line) == [3, 7, 8, 9])
  }

  @Test("a line that is no entry, one above every section, and a repeated key are errors")
  func mistakes() {
    for (text, words) in [
      ("[a]\nb\n", "a.cfg:2: "), ("b: 1\n", "a.cfg:1: "),
      ("[a]\nb: 1\nB = 2\n", "a.cfg:3: key 'B' "),
      ("", "a.cfg: the file is empty"), ("[a]\n", "a.cfg: the file is empty"),
    ] {
      let error = #expect(throws: ConfigError.self) { try SectionedFile(text: text, file: "a.cfg") }
      #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "")")
    }
  }
}
