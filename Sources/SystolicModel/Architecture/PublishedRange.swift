package import ConfigFiles

/// A published figure with the range that sources span; the unit is in the name of the key.
package struct PublishedRange: Hashable, Sendable, Codable, Validatable {
  /// The figure that totals use.
  package let typical: Double
  /// The lowest that a source gives.
  package let low: Double
  /// The highest that a source gives.
  package let high: Double

  package init(typical: Double, low: Double, high: Double) {
    self.typical = typical
    self.low = low
    self.high = high
  }

  package func validate() throws(ConfigIssue) {
    guard typical > 0 else { throw ConfigIssue("typical", "must be above 0; found \(typical)") }
    guard low > 0, low <= typical else {
      throw ConfigIssue("low", "must be above 0 and at most typical, \(typical); found \(low)")
    }
    guard high >= typical else {
      throw ConfigIssue("high", "must be at least typical, \(typical); found \(high)")
    }
  }
}
