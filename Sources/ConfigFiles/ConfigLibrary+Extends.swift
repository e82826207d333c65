internal import Foundation

extension ConfigDocument {
  /// The key at the top of a file by which it names the one that it extends.
  package static let extendsKey = "extends"

  /// What the file extends, as it is written there, and where; `nil` for a file on its own.
  ///
  /// - Throws: `wrongType`.
  var base: (name: String, location: ConfigLocation)? {
    get throws(ConfigError) {
      guard let node = root.value(at: [Self.extendsKey]) else { return nil }
      guard case .scalar(let scalar) = node.content, let name = scalar.string else {
        throw ConfigError(
          node.location,
          .wrongType(
            path: Self.extendsKey, expected: "the name of a configuration or a file",
            found: node.summary))
      }
      return (name, node.location)
    }
  }
}

extension ConfigLibrary {
  /// The configuration given by name or by path, read and parsed, over those that it extends.
  ///
  /// - Throws: what is wrong with one of the files; a base that is not there, that is of another
  ///   kind, or that leads back to the file is an error at the line that names it.
  public func document(_ nameOrPath: String, kind: String) throws(ConfigError) -> ConfigDocument {
    try document(atPath: path(of: nameOrPath, kind: kind), kind: ConfigKind(rawValue: kind))
  }

  /// The configuration that `document` names at `key`, over those that it extends.
  ///
  /// - Throws: what is wrong with the file; a name that leads nowhere, or to a file of another
  ///   kind, is an error at the key.
  public func document(
    named name: String, at key: String, of document: ConfigDocument, kind: ConfigKind
  ) throws(ConfigError) -> ConfigDocument {
    let location = document.location(of: key)
    let path = try path(of: name, kind: kind, at: key, location)
    let found = try self.document(atPath: path, kind: kind)
    try Self.require(kind, of: found, named: name, at: key, location)
    return found
  }

  /// - Parameter chain: the files that extend this one, the nearest last.
  private func document(
    atPath path: String, kind hint: ConfigKind?, chain: [String] = []
  ) throws(ConfigError) -> ConfigDocument {
    let document = try ConfigDocument(contentsOf: path)
    let key = ConfigDocument.extendsKey
    guard let base = try document.base else { return document }
    let own = ConfigKind(of: document)
    // A file with few keys may not say what it is; then its base does.
    let named = [own ?? hint, ConfigKind(named: base.name, in: self)].compactMap { $0 }
    let kind = named.first { names(of: $0.rawValue).contains(base.name) } ?? named.first ?? .chips
    let beside =
      Self.isPath(base.name)
      ? Self.absolute(base.name, from: URL(filePath: path).deletingLastPathComponent().path)
      : base.name
    let basePath = try self.path(of: beside, kind: kind, at: key, base.location)
    let files = chain + [path]
    if files.contains(where: { Self.resolved($0) == Self.resolved(basePath) }) {
      let circle = (files + [basePath]).map { URL(filePath: $0).lastPathComponent }
      throw ConfigError(
        base.location,
        .invalid(
          path: key,
          reason: "goes in a circle: \(circle.joined(separator: " extends ")). One of them must "
            + "stand on its own"))
    }
    let below = try self.document(atPath: basePath, kind: kind, chain: files)
    if let own { try Self.require(own, of: below, named: base.name, at: key, base.location) }
    return document.extending(below)
  }

  /// A path for a name that a file states; a name that leads nowhere is an error there.
  private func path(
    of name: String, kind: ConfigKind, at key: String, _ location: ConfigLocation
  ) throws(ConfigError) -> String {
    do {
      return try path(of: name, kind: kind.rawValue)
    } catch {
      let problem: ConfigProblem =
        switch error.problem {
        case .unknownName(let name, let names, _, _):
          .unknownChoice(
            path: key,
            found: "'\(name)'"
              + (ConfigKind(named: name, in: self).map { ", which is \($0.noun)" } ?? ""),
            choices: names)
        default: .invalid(path: key, reason: "is '\(name)', and no such file is there")
        }
      throw ConfigError(location, problem)
    }
  }

  private static func require(
    _ kind: ConfigKind, of document: ConfigDocument, named name: String, at key: String,
    _ location: ConfigLocation
  ) throws(ConfigError) {
    guard let other = ConfigKind(of: document), other != kind else { return }
    throw ConfigError(
      location,
      .invalid(path: key, reason: "is '\(name)', which is \(other.noun), not \(kind.noun)"))
  }
}
