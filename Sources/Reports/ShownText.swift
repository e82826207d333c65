/// Text that came from a user, a file or a folder, as a terminal may show it.
package enum ShownText {
  /// The most characters of one value that a message shows.
  package static let longestValue = 200
  /// The most characters of a message.
  private static let longestMessage = 2000

  /// `text` with what a terminal obeys instead of showing written out, `\n` and `\u{1B}`.
  ///
  /// - Parameter keepsLines: Whether line breaks and tabs stay.
  package static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !isControl(scalar) || keepsLines && (scalar == "\n" || scalar == "\t") {
        shown.append(scalar)
      } else {
        shown.append(contentsOf: escape(scalar).unicodeScalars)
      }
    }
    return String(shown)
  }

  /// A message in one line: escaped, and with values cut that are longer than `longestValue`.
  ///
  /// - Parameter words: Values that may be in it, such as the words of the command.
  package static func message(_ text: String, words: [String]) -> String {
    var text = text
    let values = words + words.flatMap { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    for value in values.sorted(by: { $0.count > $1.count }) where value.count > longestValue {
      text = text.replacing(value, with: cut(value, to: longestValue))
    }
    text = cutQuoted(escaped(text))
    text = text.split(separator: " ", omittingEmptySubsequences: false)
      .map { cut(String($0), to: longestValue) }.joined(separator: " ")
    return cut(text, to: longestMessage)
  }

  /// Cuts what stands between two `'` where it is long; that of `it's` is no quotation mark.
  private static func cutQuoted(_ text: String) -> String {
    text.replacing(#/(^|\W)'(\w'\w|[^'])*'/#) { match in
      let limit = longestValue + 3
      return match.0.count > limit ? cut(String(match.0), to: limit) : String(match.0)
    }
  }

  /// The beginning and the end of `text`, in `count` characters.
  package static func cut(_ text: String, to count: Int) -> String {
    guard text.count > count else { return text }
    let end = count / 3
    return "\(text.prefix(count - end - 1))…\(text.suffix(end))"
  }

  /// Characters of control (C0, C1), line and paragraph separators, and those that turn the
  /// direction of what follows.
  ///
  /// - Source: Unicode 15, general categories Cc, Zl, Zp; UAX #9, section 2.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x61C, 0xFEFF:
      true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }
}
