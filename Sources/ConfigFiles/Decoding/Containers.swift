/// The keys of a mapping; each decoded value goes through `StrictDecoder.value`.
struct StrictKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: StrictDecoder
  let entries: [ConfigNode.Entry]

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { entries.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool {
    decoder.ask(key.stringValue)
    return entries.contains { $0.key == key.stringValue }
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    guard case .scalar(let scalar) = try child(key).node.content else { return false }
    return scalar.isNull
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try child(key).value(type)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try nestedChild(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try nestedChild(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }

  func superDecoder(forKey key: Key) throws -> any Decoder { try nestedChild(key) }

  private func child(_ key: Key) throws -> StrictDecoder {
    decoder.child(key.stringValue, try node(key))
  }

  private func nestedChild(_ key: Key) throws -> StrictDecoder {
    decoder.nestedChild(key.stringValue, try node(key))
  }

  private func node(_ key: Key) throws -> ConfigNode {
    decoder.ask(key.stringValue)
    guard let entry = entries.first(where: { $0.key == key.stringValue }) else {
      throw decoder.missing(key, among: entries)
    }
    return entry.value
  }
}

/// The items of a list, in order.
struct StrictListContainer: UnkeyedDecodingContainer {
  let decoder: StrictDecoder
  let items: [ConfigNode]
  private(set) var currentIndex = 0

  init(decoder: StrictDecoder, items: [ConfigNode]) {
    self.decoder = decoder
    self.items = items
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex == items.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, case .scalar(let scalar) = items[currentIndex].content, scalar.isNull else {
      return false
    }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().value(type) }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try nestedNext().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try nestedNext().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try nestedNext() }

  private mutating func next() throws -> StrictDecoder {
    decoder.child(String(currentIndex), try nextNode())
  }

  private mutating func nestedNext() throws -> StrictDecoder {
    decoder.nestedChild(String(currentIndex), try nextNode())
  }

  private mutating func nextNode() throws -> ConfigNode {
    guard !isAtEnd else {
      throw ConfigError(
        decoder.node.location,
        .invalid(path: decoder.dotted, reason: "has only \(items.count) items"))
    }
    defer { currentIndex += 1 }
    return items[currentIndex]
  }
}

/// One scalar.
struct StrictValueContainer: SingleValueDecodingContainer {
  let decoder: StrictDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool {
    guard case .scalar(let scalar) = decoder.node.content else { return false }
    return scalar.isNull
  }

  func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
  func decode(_ type: String.Type) throws -> String { try decoder.string() }
  func decode(_ type: Double.Type) throws -> Double { try decoder.number(type) }
  func decode(_ type: Float.Type) throws -> Float { try decoder.number(type) }
  func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value(type) }
}
