/// One value of a document, with the place it came from.
struct ConfigNode: Sendable {
  var content: Content
  var location: ConfigLocation

  enum Content: Sendable {
    case scalar(Scalar)
    case list([ConfigNode])
    case mapping([Entry])
  }

  struct Entry: Sendable {
    var key: String
    var keyLocation: ConfigLocation
    var value: ConfigNode
    /// What stands behind the `#` of the key's line.
    var comment: String? = nil
  }

  /// A scalar's text; a quoted one is text whatever it looks like.
  struct Scalar: Hashable, Sendable {
    var text: String
    var isQuoted: Bool
  }

  /// The value at a path below this one.
  func value(at path: some Collection<String>) -> ConfigNode? {
    guard let first = path.first else { return self }
    switch content {
    case .scalar: return nil
    case .list(let items):
      guard let index = Int(first), items.indices.contains(index) else { return nil }
      return items[index].value(at: path.dropFirst())
    case .mapping(let entries):
      return entries.first { $0.key == first }?.value.value(at: path.dropFirst())
    }
  }

  /// This value with the one at `path` replaced, or added with the mappings that lead to it.
  func replacing(_ path: some Collection<String>, with value: ConfigNode) -> ConfigNode {
    guard let first = path.first else { return value }
    let rest = path.dropFirst()
    var result = self
    switch content {
    case .list(var items):
      guard let index = Int(first), items.indices.contains(index) else { break }
      items[index] = items[index].replacing(rest, with: value)
      result.content = .list(items)
      return result
    case .mapping(var entries):
      if let index = entries.firstIndex(where: { $0.key == first }) {
        entries[index].value = entries[index].value.replacing(rest, with: value)
        if rest.isEmpty { entries[index].comment = nil }
      } else {
        let empty = ConfigNode(content: .mapping([]), location: value.location)
        let entry = Entry(
          key: first, keyLocation: value.location, value: empty.replacing(rest, with: value))
        if rest.isEmpty, let index = entries.firstIndex(where: { $0.states(first) }) {
          entries[index] = entry
        } else {
          entries.append(entry)
        }
      }
      result.content = .mapping(entries)
      return result
    case .scalar: break
    }
    return ConfigNode(content: .mapping([]), location: value.location).replacing(path, with: value)
  }

  /// Every scalar below this value with its dotted path, in the order of the document.
  func leaves(under path: [String] = []) -> [(path: [String], text: String)] {
    switch content {
    case .scalar(let scalar): [(path, scalar.text)]
    case .list(let items):
      items.enumerated().flatMap { $1.leaves(under: path + [String($0)]) }
    case .mapping(let entries):
      entries.flatMap { $0.value.leaves(under: path + [$0.key]) }
    }
  }

  /// What this value is, for an error: `'many'`, `the number 8`, `a list`.
  var summary: String {
    switch content {
    case .list: return "a list"
    case .mapping: return "a mapping"
    case .scalar(let scalar):
      let line = scalar.text.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
      let text = line.count > 40 || scalar.text != line ? line.prefix(40) + "…" : line
      if scalar.isQuoted { return "the text '\(text)'" }
      if scalar.isNull { return "nothing" }
      return scalar.number == nil ? "'\(text)'" : "the number \(text)"
    }
  }
}

extension ConfigNode.Scalar {
  var isNull: Bool { !isQuoted && ["", "~", "null"].contains(text) }

  var bool: Bool? {
    guard !isQuoted else { return nil }
    return text == "true" ? true : text == "false" ? false : nil
  }

  /// The decimal number that the text spells; infinite where it is too large.
  var number: Double? {
    guard !isQuoted, text.allSatisfy({ "+-.0123456789eE".contains($0) }) else { return nil }
    return Double(text)
  }

  /// The text, where YAML does not take it for a number, a truth value or nothing.
  var string: String? {
    if isQuoted { return text }
    return isNull || bool != nil || number != nil ? nil : text
  }
}
