/// Writes nodes as YAML.
struct ConfigWriter {
  /// Whether the comment of a key's line is written behind its value, and blocks stand apart.
  var keepsComments = false
  /// The keys that are explained.
  var keys: [ConfigKey] = []

  private static let width = 100

  func text(of root: ConfigNode) -> String {
    var lines: [String] = []
    write(root, at: [], indent: "", after: "", comment: nil, to: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Adds a value to `lines`; `prefix` is the key or the dash that stands before it.
  private func write(
    _ node: ConfigNode, at path: [String], indent: String, after prefix: String,
    comment: String?, to lines: inout [String]
  ) {
    let behind = comment.map { "  # " + $0 } ?? ""
    switch node.content {
    case .scalar(let scalar):
      lines.append("\(indent)\(prefix) \(Self.spelling(of: scalar))" + behind)
    case .list(let items) where items.isEmpty: lines.append("\(indent)\(prefix) []" + behind)
    case .list(let items)
    where keepsComments && items.allSatisfy(\.isScalar) && !prefix.isEmpty:
      let words = items.map { item in
        if case .scalar(let scalar) = item.content { Self.spelling(of: scalar) } else { "" }
      }
      lines.append("\(indent)\(prefix) [\(words.joined(separator: ", "))]" + behind)
    case .mapping(let entries) where entries.isEmpty:
      lines.append("\(indent)\(prefix) {}" + behind)
    case .list(let items):
      if !prefix.isEmpty { lines.append(indent + prefix + behind) }
      let inner = prefix.isEmpty ? indent : indent + "  "
      for item in items {
        write(item, at: path, indent: inner, after: "-", comment: nil, to: &lines)
      }
    case .mapping(let entries):
      if !prefix.isEmpty { lines.append(indent + prefix + behind) }
      let inner = prefix.isEmpty ? indent : indent + "  "
      for entry in entries { write(entry, at: path, indent: inner, to: &lines) }
      explainAbsent(entries, at: path, indent: inner, to: &lines)
    }
  }

  private func write(
    _ entry: ConfigNode.Entry, at path: [String], indent: String, to lines: inout [String]
  ) {
    let inner = path + [entry.key]
    if keepsComments, path.isEmpty, case .mapping = entry.value.content { lines.append("") }
    if let key = key(inner), let note = key.note {
      let unit = note.unit.map { " In \($0)." } ?? ""
      explain(note.meaning + unit, indent: indent, to: &lines)
      if case .choice = key.value {
        explain("O" + key.valueTitle.dropFirst() + ".", indent: indent, to: &lines)
      }
    }
    let name = Self.spelling(of: .init(text: entry.key, isQuoted: false))
    write(
      entry.value, at: inner, indent: indent, after: "\(name):",
      comment: keepsComments ? entry.comment : nil, to: &lines)
  }

  /// Names the keys that a block has not and could have.
  private func explainAbsent(
    _ entries: [ConfigNode.Entry], at path: [String], indent: String, to lines: inout [String]
  ) {
    let block = path.joined(separator: ".")
    for key in keys where key.block == block && !key.isRequired {
      let name = key.path.split(separator: ".").last.map(String.init) ?? ""
      let isStated = entries.contains { $0.key == name || $0.states(name) }
      guard !isStated, let note = key.note, let absent = note.absent else { continue }
      if path.isEmpty { lines.append("") }
      explain("\(name): \(note.meaning) Absent: \(absent).", indent: indent, to: &lines)
    }
  }

  private func key(_ path: [String]) -> ConfigKey? {
    keys.first { $0.path == path.joined(separator: ".") }
  }

  /// Adds a comment in lines that fit.
  private func explain(_ text: String, indent: String, to lines: inout [String]) {
    var line = indent + "#"
    for word in text.replacing("`", with: "'").split(separator: " ") {
      if line.count + 1 + word.count > Self.width, line.count > indent.count + 1 {
        lines.append(line)
        line = indent + "#"
      }
      line += " " + word
    }
    lines.append(line)
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

extension ConfigNode {
  fileprivate var isScalar: Bool {
    if case .scalar = content { true } else { false }
  }
}
