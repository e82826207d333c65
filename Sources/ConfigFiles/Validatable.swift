/// A configuration type that knows which of its values make no sense.
///
/// Decoding calls `validate()` on each value as soon as it is decoded, the innermost first, and turns
/// an issue into a `ConfigError` that carries the file and line.
public protocol Validatable {
  /// - Throws: the first value that is impossible.
  func validate() throws(ConfigIssue)
}

/// An impossible value: which key, and why. It becomes the sentence `'key' reason.`
public struct ConfigIssue: Error, Hashable, Sendable {
  /// Dotted path of the key, from the type that complains: `rows`, or `mxu.rows`.
  public let path: String
  /// The rest of the sentence after the key: `must be at least 1; found 0`.
  public let reason: String

  /// `path` is relative to the value that is checked; `reason` completes "'path' ...".
  public init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  /// Complains unless `value` lies in `range`.
  package static func require<Value: Comparable>(
    _ path: String, _ value: Value, in range: ClosedRange<Value>
  ) throws(ConfigIssue) {
    if !range.contains(value) {
      throw ConfigIssue(
        path, "must be from \(range.lowerBound) to \(range.upperBound); found \(value)")
    }
  }
}
