internal import Foundation

/// A file of `key: value` or `key = value` lines under `[section]` lines, as Python's configparser
/// reads it and SCALE-Sim's `.cfg` files are.
package struct SectionedFile: Sendable {
  /// One `key: value` line.
  package struct Entry: Hashable, Sendable {
    /// The section that it stands under.
    package let section: String
    /// The key, spelt as in the file.
    package let key: String
    /// The value, without quotes and comments.
    package let value: String
    /// The line, counted from 1.
    package let line: Int
  }

  /// The file's name, as errors show it.
  package let file: String
  /// All entries in the order of the file.
  package let entries: [Entry]

  /// Reads a file.
  ///
  /// - Throws: `notFound`, `unreadable`, `notUTF8`, or what `init(text:file:)` throws.
  package init(contentsOf path: String) throws(ConfigError) {
    try self.init(text: ConfigDocument.text(ofFile: path), file: path)
  }

  /// Parses text.
  ///
  /// - Throws: `notSectioned` for a line that is neither section nor entry; `repeatedKey`; `empty`.
  package init(text: String, file: String) throws(ConfigError) {
    var entries: [Entry] = []
    var section = ""
    for (index, line) in Self.lines(of: text).enumerated() {
      let line = Self.withoutComment(line)
      if line.isEmpty { continue }
      let location = ConfigLocation.line(file: file, line: index + 1)
      if line.hasPrefix("["), line.hasSuffix("]") {
        section = line.dropFirst().dropLast().trimmingCharacters(in: .whitespaces)
        continue
      }
      guard let separator = line.firstIndex(where: { ":=".contains($0) }), !section.isEmpty else {
        throw ConfigError(
          location,
          .notSectioned(
            "no SCALE-Sim configuration: expected a [section], then lines of 'key: value'"))
      }
      let key = line[..<separator].trimmingCharacters(in: .whitespaces)
      let value = line[line.index(after: separator)...].trimmingCharacters(in: .whitespaces)
      let isRepeated = entries.contains {
        $0.section.lowercased() == section.lowercased() && $0.key.lowercased() == key.lowercased()
      }
      if isRepeated { throw ConfigError(location, .repeatedKey(key)) }
      entries.append(
        Entry(
          section: section, key: key,
          value: value.trimmingCharacters(in: CharacterSet(charactersIn: "\"'")), line: index + 1))
    }
    if entries.isEmpty { throw ConfigError(.file(file), .empty) }
    (self.file, self.entries) = (file, entries)
  }

  /// Whether a text begins with a `[section]` of `key: value` lines, which no YAML file of ours does.
  static func isSectioned(_ text: String) -> Bool {
    let lines = lines(of: text).lazy.map(withoutComment).filter { !$0.isEmpty }.prefix(2)
    guard let first = lines.first, first.hasPrefix("["), first.hasSuffix("]") else { return false }
    return first.dropFirst().dropLast().allSatisfy { $0.isLetter || $0 == "_" }
      && lines.dropFirst().contains { line in line.contains { ":=".contains($0) } }
  }

  private static func lines(of text: String) -> [Substring] {
    text.replacing("\u{FEFF}", with: "")
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// A line without what follows a `#` or `;` at its start or after a blank.
  private static func withoutComment(_ line: Substring) -> String {
    var before: Character = " "
    let kept = line.prefix { character in
      defer { before = character }
      return !("#;".contains(character) && before.isWhitespace)
    }
    return kept.trimmingCharacters(in: .whitespaces)
  }
}
