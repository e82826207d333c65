extension StrictDecoder {
  /// The path of this value, dotted.
  var dotted: String { path.joined(separator: ".") }

  func dotted(_ key: String) -> String { (path + [key]).joined(separator: ".") }

  func wrongType(_ expected: String) -> ConfigError {
    if path.isEmpty {
      return ConfigError(node.location, .topLevelNotMapping(found: node.summary))
    }
    return ConfigError(
      node.location, .wrongType(path: dotted, expected: expected, found: node.summary))
  }

  /// A key that is not there; a near miss among the keys that no one reads is named instead.
  func missing<Key: CodingKey>(
    _ key: Key, among entries: [ConfigNode.Entry]
  ) -> ConfigError {
    let strangers = entries.filter { Key(stringValue: $0.key) == nil }
    if let meant = Spelling.suggestion(for: key.stringValue, among: strangers.map(\.key)),
      let entry = strangers.first(where: { $0.key == meant })
    {
      return ConfigError(
        entry.keyLocation,
        .unknownKey(
          path: dotted(meant), suggestion: dotted(key.stringValue), valid: asked))
    }
    return ConfigError(node.location, .missingKey(path: dotted(key.stringValue)))
  }

  /// A key that nothing reads: the nearest sibling, else the same name elsewhere in the document.
  func unknownKey(_ entry: ConfigNode.Entry) -> ConfigError {
    let siblings = asked.filter { $0 != entry.key }
    let suggestion =
      Spelling.suggestion(for: entry.key, among: siblings).map { dotted($0) }
      ?? document.root.leaves().map(\.path)
      .first { $0.last == entry.key && $0.count > path.count + 1 }?
      .joined(separator: ".")
    return ConfigError(
      entry.keyLocation,
      .unknownKey(path: dotted(entry.key), suggestion: suggestion, valid: asked))
  }
}

extension StrictDecoder {
  func scalar(_ expected: String) throws(ConfigError) -> ConfigNode.Scalar {
    guard case .scalar(let scalar) = node.content else { throw wrongType(expected) }
    return scalar
  }

  func bool() throws(ConfigError) -> Bool {
    let expected = "true or false"
    guard let value = try scalar(expected).bool else { throw wrongType(expected) }
    return value
  }

  func string() throws(ConfigError) -> String {
    let expected = "text (in quotes where it looks like something else)"
    guard let value = try scalar(expected).string else { throw wrongType(expected) }
    return value
  }

  func integer<T: FixedWidthInteger>(_: T.Type) throws(ConfigError) -> T {
    let expected = "a whole number"
    let scalar = try scalar(expected)
    guard scalar.number != nil, scalar.text.allSatisfy({ "+-0123456789".contains($0) }) else {
      throw wrongType(expected)
    }
    guard let value = T(scalar.text) else { throw outOfRange() }
    return value
  }

  func number<T: BinaryFloatingPoint>(_: T.Type) throws(ConfigError) -> T {
    let expected = "a number"
    guard let value = try scalar(expected).number else { throw wrongType(expected) }
    guard T(value).isFinite else { throw outOfRange() }
    return T(value)
  }

  private func outOfRange() -> ConfigError {
    ConfigError(node.location, .outOfRange(path: dotted, found: node.summary))
  }
}
