/// Areas of the parts of a die, in square millimetres, each with the range of its sources.
package struct AreaBreakdown: Hashable, Sendable {
  /// One part.
  package struct Part: Hashable, Sendable {
    /// As a key: `mxu`, `dramPHY`.
    package let name: String
    /// In words: `matrix units`.
    package let title: String
    package let squareMillimetres: PublishedRange
  }

  /// Those that the die has, `rest` last.
  package let parts: [Part]

  /// The whole die.
  package var squareMillimetres: PublishedRange {
    .sum(of: parts.map(\.squareMillimetres))
  }

  /// The area of a part; `nil` if there is none of that name.
  package subscript(name: String) -> PublishedRange? {
    parts.first { $0.name == name }?.squareMillimetres
  }
}

extension PublishedRange {
  static func * (factor: Double, range: PublishedRange) -> PublishedRange {
    PublishedRange(
      typical: factor * range.typical, low: factor * range.low, high: factor * range.high)
  }

  /// All at their lowest, and all at their highest.
  static func sum(of ranges: [PublishedRange]) -> PublishedRange {
    ranges.reduce(PublishedRange(typical: 0, low: 0, high: 0)) {
      PublishedRange(
        typical: $0.typical + $1.typical, low: $0.low + $1.low, high: $0.high + $1.high)
    }
  }
}
