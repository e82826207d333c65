extension ConfigDocument {
  /// The document as a value of `type`: every key of the file read, every key of the type present.
  ///
  /// - Throws: the first problem in the order in which the type asks for its keys; then keys that
  ///   nothing asked for; then what `Validatable` types complain about, the innermost first.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws(ConfigError) -> T {
    let decoder = StrictDecoder(node: root, path: [], document: self)
    do {
      return try decoder.value(type)
    } catch let error as ConfigError {
      throw error
    } catch {
      throw ConfigError(
        .file(file), .invalid(path: "", reason: "cannot be decoded: \(error)"))
    }
  }
}

/// Reads one value of a document; knows which of its keys were asked for.
final class StrictDecoder: Decoder {
  let node: ConfigNode
  let path: [String]
  let document: ConfigDocument
  /// Keys that the type asked for, in order.
  private(set) var asked: [String] = []
  /// Decoders of values below this one that the type reads without a type of their own.
  private var nested: [StrictDecoder] = []

  init(node: ConfigNode, path: [String], document: ConfigDocument) {
    self.node = node
    self.path = path
    self.document = document
  }

  var codingPath: [any CodingKey] { path.map { PathKey(stringValue: $0) } }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .mapping(let entries) = node.content else { throw wrongType("a mapping") }
    return KeyedDecodingContainer(StrictKeyedContainer<Key>(decoder: self, entries: entries))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let items) = node.content else { throw wrongType("a list") }
    return StrictListContainer(decoder: self, items: items)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    StrictValueContainer(decoder: self)
  }

  func ask(_ key: String) {
    if !asked.contains(key) { asked.append(key) }
  }

  func child(_ key: String, _ node: ConfigNode) -> StrictDecoder {
    StrictDecoder(node: node, path: path + [key], document: document)
  }

  /// Decodes this node, then checks that nothing in it was left unread or makes no sense.
  func value<T: Decodable>(_ type: T.Type) throws -> T {
    try checkChoice(type)
    let value: T
    do {
      value = try T(from: self)
    } catch let error as DecodingError {
      throw ConfigError(
        node.location, .invalid(path: dotted, reason: "cannot be decoded: \(error)"))
    }
    try checkAllRead()
    if let validatable = value as? any Validatable { try check(validatable) }
    return value
  }

  /// The decoder of a value below, whose keys are checked together with this one's.
  func nestedChild(_ key: String, _ node: ConfigNode) -> StrictDecoder {
    let decoder = child(key, node)
    nested.append(decoder)
    return decoder
  }

  private func checkAllRead() throws(ConfigError) {
    if case .mapping(let entries) = node.content,
      let unread = entries.first(where: { !asked.contains($0.key) })
    {
      throw unknownKey(unread)
    }
    for decoder in nested { try decoder.checkAllRead() }
  }

  /// A value that is one of a closed set of texts: says which.
  private func checkChoice<T>(_ type: T.Type) throws {
    guard let closed = type as? any (CaseIterable & RawRepresentable).Type else { return }
    let choices = Self.choices(closed)
    guard !choices.isEmpty else { return }
    guard case .scalar(let scalar) = node.content, choices.contains(scalar.text) else {
      var sorted = choices
      if case .scalar(let scalar) = node.content {
        sorted = Spelling.nearestFirst(scalar.text, among: choices)
      }
      throw ConfigError(
        node.location, .unknownChoice(path: dotted, found: node.summary, choices: sorted))
    }
  }

  private static func choices<T: CaseIterable & RawRepresentable>(_: T.Type) -> [String] {
    T.allCases.compactMap { $0.rawValue as? String }
  }

  private func check(_ value: some Validatable) throws {
    do {
      try value.validate()
    } catch {
      let below = error.path.split(separator: ".").map(String.init)
      let location = node.value(at: below)?.location ?? node.location
      let full = (path + below).joined(separator: ".")
      throw ConfigError(location, .invalid(path: full, reason: error.reason))
    }
  }
}

/// A key of a path.
struct PathKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
