/// Sentences that keep within the terminal.
package enum Prose {
  /// `text` in lines of at most `width`, broken at blanks. A word that is longer, such as a path,
  /// stays whole, so that it can be copied.
  package static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    return lines + [line]
  }

  /// The lines of a report with those broken that are too wide for the terminal; what goes on
  /// stands two blanks further in.
  package static func fitted(_ text: String, columns: Int? = Terminal.outputColumns) -> String {
    guard let columns else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      if line.count <= columns { return [String(line)] }
      let indent = String(line.prefix { $0 == " " })
      let parts = lines(
        String(line.dropFirst(indent.count)), width: max(16, columns - indent.count - 2))
      return parts.enumerated().map { $0 == 0 ? indent + $1 : indent + "  " + $1 }
    }.joined(separator: "\n")
  }
}
