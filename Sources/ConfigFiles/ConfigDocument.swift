internal import Foundation

/// A configuration as it was written, with the place of each value, before any type has read it.
public struct ConfigDocument: Sendable {
  /// The file's name, as errors show it.
  public let file: String
  /// The file's text, untouched.
  public let text: String
  /// The overrides applied so far, each `KEY=VALUE`, in order.
  public private(set) var overrides: [String] = []
  /// The files that this one extends, the nearest first.
  package private(set) var bases: [String] = []
  private(set) var root: ConfigNode

  /// Parses YAML text.
  ///
  /// - Parameter file: the name under which errors refer to the text.
  /// - Throws: `syntax`, `repeatedKey`, `keyNotText`, `tooLarge`, `empty` or `topLevelNotMapping`.
  public init(text: String, file: String) throws(ConfigError) {
    func place(_ line: Int?) -> ConfigLocation {
      line.map { .line(file: file, line: $0) } ?? .file(file)
    }
    self.file = file
    self.text = text
    let body = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    guard let root = try YAMLReader.read(body, at: place) else {
      throw ConfigError(.file(file), .empty)
    }
    switch root.content {
    case .mapping: self.root = root.withComments(of: body)
    case .scalar(let scalar) where scalar.isNull: throw ConfigError(.file(file), .empty)
    case .scalar, .list:
      throw ConfigError(root.location, .topLevelNotMapping(found: root.summary))
    }
  }

  /// Reads and parses a YAML file.
  ///
  /// - Throws: `notFound`, `unreadable`, `notUTF8`, `scaleSimConfiguration`, or what
  ///   `init(text:file:)` throws.
  public init(contentsOf path: String) throws(ConfigError) {
    let text = try Self.text(ofFile: path)
    if SectionedFile.isSectioned(text) {
      throw ConfigError(.file(path), .scaleSimConfiguration(path: path))
    }
    try self.init(text: text, file: path)
  }

  /// The text of a file.
  ///
  /// - Throws: `notFound`, `unreadable` or `notUTF8`.
  static func text(ofFile path: String) throws(ConfigError) -> String {
    var isFolder = false
    guard FileManager.default.entryExists(at: path, isFolder: &isFolder) else {
      throw ConfigError(.file(path), .notFound)
    }
    if isFolder { throw ConfigError(.file(path), .unreadable(reason: "it is a folder")) }
    guard FileManager.default.isRegularFile(path) else {
      throw ConfigError(
        .file(path), .unreadable(reason: "it is a pipe or a device, and simtrain reads files"))
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigError(.file(path), .unreadable(reason: "permission denied or a read error"))
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ConfigError(firstLineNotUTF8(data, file: path), .notUTF8)
    }
    return text
  }

  /// The document with the value at a dotted path replaced, or added.
  ///
  /// A path that no type reads, or a value of the wrong type, is an error of `decode`, as strict as
  /// for a key of the file, and names the argument.
  ///
  /// - Parameter value: YAML: a number, a text, `[a, b]`, `{a: 1}`.
  /// - Throws: `syntax` where the value is not YAML; `malformedOverride` for an empty path.
  package func setting(_ path: String, to value: String) throws(ConfigError) -> ConfigDocument {
    let argument = "\(path)=\(value)"
    let location = ConfigLocation.argument(argument)
    let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard keys.allSatisfy({ !$0.isEmpty }) else { throw ConfigError(location, .malformedOverride) }
    let parsed = try YAMLReader.read(value, at: { _ in location })
    let nothing = ConfigNode(
      content: .scalar(.init(text: "", isQuoted: false)), location: location)
    var result = self
    result.root = root.replacing(keys, with: parsed ?? nothing)
    result.overrides.append(argument)
    return result
  }

  /// The document with `KEY=VALUE` overrides applied in order.
  ///
  /// - Throws: `malformedOverride` where there is no `=`; else as `setting(_:to:)`.
  package func applying(overrides: [String]) throws(ConfigError) -> ConfigDocument {
    var result = self
    for override in overrides {
      guard let equals = override.firstIndex(of: "=") else {
        throw ConfigError(.argument(override), .malformedOverride)
      }
      result = try result.setting(
        String(override[..<equals]), to: String(override[override.index(after: equals)...]))
    }
    return result
  }

  /// The document that has of `base` what this one does not state.
  ///
  /// Mappings merge; a list or a scalar takes the place of the base's. Each value keeps its place,
  /// so that errors point at the file and the line where it stands. A file that states no name has
  /// that of the file itself.
  func extending(_ base: ConfigDocument) -> ConfigDocument {
    var result = self
    if case .mapping(let entries) = root.content {
      result.root.content = .mapping(entries.filter { $0.key != Self.extendsKey })
    }
    result.root = result.root.merged(over: base.root)
    // A name is that of one file.
    if root.value(at: ["name"]) == nil, base.root.value(at: ["name"]) != nil {
      let name = URL(filePath: file).deletingPathExtension().lastPathComponent
      var scalar = ConfigNode.Scalar(text: name, isQuoted: false)
      scalar.isQuoted = scalar.string == nil
      result.root = result.root.replacing(
        ["name"], with: ConfigNode(content: .scalar(scalar), location: .file(file)))
    }
    result.bases = [base.file] + base.bases
    return result
  }

  /// Every value with its dotted path, overrides applied, in the order of the file.
  package var settings: [(path: String, value: String)] {
    root.leaves().map { ($0.path.joined(separator: "."), $0.text) }
  }

  /// The scalar at a dotted path as it was written; `nil` if none is there.
  public func text(of path: String) -> String? {
    guard case .scalar(let scalar) = root.value(at: Self.keys(path))?.content, !scalar.isNull else {
      return nil
    }
    return scalar.text
  }

  /// What stands behind the `#` of the line of the key at a dotted path.
  package func comment(of path: String) -> String? {
    let keys = Self.keys(path)
    guard let last = keys.last,
      case .mapping(let entries) = root.value(at: keys.dropLast())?.content
    else { return nil }
    return entries.first { $0.key == last }?.comment
  }

  private static func keys(_ path: String) -> [String] {
    path.split(separator: ".").map(String.init)
  }

  /// Where the value at a dotted path was written; the file as a whole if it is not there.
  package func location(of path: String) -> ConfigLocation {
    root.value(at: Self.keys(path))?.location ?? .file(file)
  }

  private static func firstLineNotUTF8(_ data: Data, file: String) -> ConfigLocation {
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
    return bad.map { .line(file: file, line: $0 + 1) } ?? .file(file)
  }
}
