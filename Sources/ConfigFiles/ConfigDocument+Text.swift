extension ConfigDocument {
  /// The document as YAML with every override applied: the file's own text where there is none,
  /// else written anew, without its comments.
  public var effectiveText: String {
    guard !overrides.isEmpty else { return text }
    let changes = overrides.map { "--set \($0)" }.joined(separator: " ")
    return "# \(file) with " + changes.split(whereSeparator: \.isNewline).joined(separator: " ")
      + "\n" + yaml
  }

  /// Every value, overrides applied, as YAML without comments.
  public var yaml: String {
    var lines: [String] = []
    Self.write(root, indent: "", after: "", to: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Adds a value to `lines`; `prefix` is the key or the dash that stands before it.
  private static func write(
    _ node: ConfigNode, indent: String, after prefix: String, to lines: inout [String]
  ) {
    switch node.content {
    case .scalar(let scalar): lines.append("\(indent)\(prefix) \(spelling(of: scalar))")
    case .list(let items) where items.isEmpty: lines.append("\(indent)\(prefix) []")
    case .mapping(let entries) where entries.isEmpty: lines.append("\(indent)\(prefix) {}")
    case .list(let items):
      if !prefix.isEmpty { lines.append(indent + prefix) }
      let inner = prefix.isEmpty ? indent : indent + "  "
      for item in items { write(item, indent: inner, after: "-", to: &lines) }
    case .mapping(let entries):
      if !prefix.isEmpty { lines.append(indent + prefix) }
      let inner = prefix.isEmpty ? indent : indent + "  "
      for entry in entries {
        let key = spelling(of: .init(text: entry.key, isQuoted: false))
        write(entry.value, indent: inner, after: "\(key):", to: &lines)
      }
    }
  }

  /// A scalar as it has to be written to be read as the same value.
  private static func spelling(of scalar: ConfigNode.Scalar) -> String {
    let isPlain =
      !scalar.isQuoted
      && scalar.text.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "+-._".contains($0))
      }
      && !scalar.text.isEmpty && scalar.text != "-" && !scalar.text.hasPrefix("---")
    if isPlain || scalar.isNull { return scalar.text }
    var quoted = "\""
    for character in scalar.text.unicodeScalars {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where character.value < 0x20 || character.value == 0x7F:
        let digits = String(character.value, radix: 16)
        quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: quoted.unicodeScalars.append(character)
      }
    }
    return quoted + "\""
  }
}
