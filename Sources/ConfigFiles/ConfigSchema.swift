/// The keys that a configuration type reads: found by decoding it from nothing, so that they cannot
/// differ from those that a file may have.
package struct ConfigSchema: Sendable {
  /// All keys, blocks before what is in them, in the order in which the type asks.
  package let keys: [ConfigKey]
  /// Notes of types for keys that they do not read, as `Type.key`.
  package let strayNotes: [String]

  /// The keys of a type.
  ///
  /// - Precondition: it reads keyed values, lists and scalars as synthesized conformances do.
  package init<T: Decodable>(of type: T.Type) throws {
    let recorder = SchemaRecorder()
    recorder.add(notesOf: type)
    _ = try T(from: SchemaDecoder(path: [], owner: type, recorder: recorder))
    keys = recorder.keys
    strayNotes = recorder.notes.subtracting(recorder.read).sorted()
  }
}

/// What one walk over a type finds.
private final class SchemaRecorder {
  var keys: [ConfigKey] = []
  var notes: Set<String> = []
  var read: Set<String> = []
  private var known: Set<String> = []

  func add<T>(notesOf type: T.Type) {
    guard let described = type as? any Described.Type else { return }
    notes.formUnion(described.notes.keys.map { "\(type).\($0)" })
  }

  /// Adds a key that `owner` reads, where it stands: before the keys of its block.
  func add(_ path: [String], _ value: ConfigKey.Value, isRequired: Bool, owner: Any.Type) {
    let name = path.joined(separator: ".")
    guard let last = path.last, known.insert(name).inserted else { return }
    read.insert("\(owner).\(last)")
    keys.append(
      ConfigKey(
        path: name, value: value, isRequired: isRequired,
        note: (owner as? any Described.Type)?.notes[last]))
  }
}

/// Answers what a type asks with values that mean nothing.
private struct SchemaDecoder: Decoder {
  let path: [String]
  let owner: Any.Type
  let recorder: SchemaRecorder

  var codingPath: [any CodingKey] { path.map { PathKey(stringValue: $0) } }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(SchemaKeys<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw Self.unsupported(path)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    throw Self.unsupported(path)
  }

  static func unsupported(_ path: [String]) -> ConfigError {
    ConfigError(
      .file(path.joined(separator: ".")),
      .invalid(path: path.joined(separator: "."), reason: "is read in a way that has no reference"))
  }
}

/// Notes each key that is asked for.
private final class SchemaKeys<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: SchemaDecoder
  private var optional: Set<String> = []

  init(decoder: SchemaDecoder) { self.decoder = decoder }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool {
    optional.insert(key.stringValue)
    return true
  }

  func decodeNil(forKey key: Key) throws -> Bool { false }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let path = decoder.path + [key.stringValue]
    func add(_ value: ConfigKey.Value) {
      decoder.recorder.add(
        path, value, isRequired: !optional.contains(key.stringValue), owner: decoder.owner)
    }
    if let closed = type as? any (CaseIterable & RawRepresentable).Type,
      let first = Self.choices(closed).first, let value = first.value as? T
    {
      add(.choice(Self.choices(closed).map(\.name)))
      return value
    }
    let scalars: [(ConfigKey.Value, any Decodable)] = [
      (.truth, false), (.text, ""), (.number, 1.0), (.wholeNumber, 1), (.list, [String]()),
      (.list, [Int]()), (.list, [Double]()),
    ]
    for (kind, value) in scalars {
      if let value = value as? T, Swift.type(of: value) == type {
        add(kind)
        return value
      }
    }
    add(.block)
    decoder.recorder.add(notesOf: type)
    return try T(from: SchemaDecoder(path: path, owner: type, recorder: decoder.recorder))
  }

  private static func choices<C: CaseIterable & RawRepresentable>(
    _: C.Type
  ) -> [(name: String, value: Any)] {
    C.allCases.compactMap { value in (value.rawValue as? String).map { ($0, value) } }
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    throw SchemaDecoder.unsupported(decoder.path + [key.stringValue])
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw SchemaDecoder.unsupported(decoder.path + [key.stringValue])
  }

  func superDecoder() throws -> any Decoder { decoder }

  func superDecoder(forKey key: Key) throws -> any Decoder { decoder }
}
