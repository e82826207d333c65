extension ConfigNode {
  /// The value with the comment that stands behind each key of `text`, from which it was read.
  func withComments(of text: String) -> ConfigNode {
    guard text.contains("#") else { return self }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return withComments(lines, above: nil)
  }

  /// - Parameter above: the line of the key above; what stands on it as well shares its comment.
  private func withComments(_ lines: [Substring], above: Int?) -> ConfigNode {
    var result = self
    switch content {
    case .scalar: break
    case .list(let items):
      result.content = .list(items.map { $0.withComments(lines, above: $0.location.line) })
    case .mapping(var entries):
      for index in entries.indices {
        let line = entries[index].keyLocation.line
        if line != above, let line, lines.indices.contains(line - 1) {
          entries[index].comment = Self.comment(lines[line - 1])
        }
        entries[index].value = entries[index].value.withComments(lines, above: line)
      }
      result.content = .mapping(entries)
    }
    return result
  }

  /// What stands behind a line's first `#` that follows a blank and is in no quotes.
  private static func comment(_ line: Substring) -> String? {
    var quote: Character?
    var before: Character = " "
    for (index, character) in zip(line.indices, line) {
      if let open = quote {
        if character == open { quote = nil }
      } else if "\"'".contains(character), before.isWhitespace || "[{,'\"".contains(before) {
        quote = character
      } else if character == "#", before.isWhitespace {
        let text = line[index...].dropFirst().drop { $0 == " " }
        let end = text.lastIndex { !$0.isWhitespace }
        return end.map { String(text[...$0]) }
      }
      before = character
    }
    return nil
  }
}
