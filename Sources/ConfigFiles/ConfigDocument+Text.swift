extension ConfigDocument {
  /// The document as YAML that stands on its own: the file's own text where it extends nothing and
  /// nothing is overridden, else written anew, with the comments of the lines that are kept.
  package var effectiveText: String {
    guard !overrides.isEmpty || !bases.isEmpty else { return text }
    var title = "# \(file)"
    if !bases.isEmpty { title += ", which extends " + bases.joined(separator: ", which extends ") }
    if !overrides.isEmpty {
      title += " with " + overrides.map { "--set \($0)" }.joined(separator: " ")
    }
    // What the file says of itself before its first key.
    let head = text.split(separator: "\n").prefix { $0.hasPrefix("#") }.map { $0 + "\n" }.joined()
    return title.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n" + head
      + ConfigWriter(keepsComments: true).text(of: root)
  }

  /// Every value, overrides applied, as YAML without comments.
  package var yaml: String { ConfigWriter().text(of: root) }

  /// Every value, overrides applied, as YAML with the meaning of each key above it, the comment of
  /// its line behind it, and the keys that a block could have besides below it.
  package func yaml(explainedBy keys: [ConfigKey]) -> String {
    ConfigWriter(keepsComments: true, keys: keys).text(of: root)
  }
}
