internal import Foundation
internal import Yams

/// Turns YAML text into nodes; the only code that sees Yams.
enum YAMLReader {
  /// Values a document may hold once aliases are followed: far above any configuration, far below
  /// what a few nested aliases can unfold to.
  static let valueLimit = 100_000

  /// - Parameter place: the location of a line of the text, or of the whole.
  /// - Throws: `syntax`, `repeatedKey`, `keyNotText` or `tooLarge`; `nil` for a text without a value.
  static func read(
    _ text: String, at place: (Int?) -> ConfigLocation
  ) throws(ConfigError) -> ConfigNode? {
    let root: Node?
    do {
      root = try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw explanation(of: error, at: place)
    } catch {
      throw ConfigError(place(nil), .syntax("\(error)"))
    }
    guard let root else { return nil }
    var budget = valueLimit
    return try convert(root, budget: &budget, at: place)
  }

  private static func convert(
    _ node: Node, budget: inout Int, at place: (Int?) -> ConfigLocation
  ) throws(ConfigError) -> ConfigNode {
    budget -= 1
    guard budget >= 0 else { throw ConfigError(place(nil), .tooLarge(limit: valueLimit)) }
    let location = place(node.mark?.line)
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      return ConfigNode(
        content: .scalar(.init(text: scalar.string, isQuoted: isQuoted)), location: location)
    case .sequence(let sequence):
      var items: [ConfigNode] = []
      for item in sequence { items.append(try convert(item, budget: &budget, at: place)) }
      return ConfigNode(content: .list(items), location: location)
    case .mapping(let mapping):
      var entries: [ConfigNode.Entry] = []
      for (key, value) in mapping {
        guard let text = key.scalar?.string else {
          throw ConfigError(place(key.mark?.line), .keyNotText)
        }
        let keyLocation = place(key.mark?.line)
        guard !entries.contains(where: { $0.key == text }) else {
          throw ConfigError(keyLocation, .repeatedKey(text))
        }
        let value = try convert(value, budget: &budget, at: place)
        entries.append(.init(key: text, keyLocation: keyLocation, value: value))
      }
      return ConfigNode(content: .mapping(entries), location: location)
    case .alias:
      throw ConfigError(location, .syntax("an alias without its anchor"))
    }
  }

  private static func explanation(
    of error: YamlError, at place: (Int?) -> ConfigLocation
  ) -> ConfigError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let words =
        problem.contains("nesting level")
        ? "more lists or mappings inside each other than can be read; use fewer"
        : [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
      return ConfigError(position(place(mark.line), column: mark.column), .syntax(words))
    case .reader(let problem, let offset, _, let yaml):
      let line = yaml.prefix(offset ?? 0).count { $0.isNewline } + 1
      return ConfigError(
        place(offset == nil ? nil : line), .syntax(problem))
    case .duplicatedKeysInMapping(let duplicates, let context):
      return ConfigError(place(context.mark.line), .repeatedKey(duplicates.first ?? ""))
    case .dataCouldNotBeDecoded: return ConfigError(place(nil), .notUTF8)
    case .no, .memory, .writer, .emitter, .representer:
      return ConfigError(place(nil), .syntax("\(error)"))
    }
  }

  private static func position(_ location: ConfigLocation, column: Int) -> ConfigLocation {
    guard case .line(let file, let line) = location else { return location }
    return .position(file: file, line: line, column: column)
  }
}
