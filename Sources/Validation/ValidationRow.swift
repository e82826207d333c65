/// One published figure beside ours.
package struct ValidationRow: Hashable, Sendable, Codable {
  /// What was measured: `512x4096x4096`.
  package let name: String
  /// The quantity, with its unit: `us`, `TOPS`, `cycles`.
  package let quantity: String
  /// The published figure.
  package let measured: Double
  /// Ours.
  package let modelled: Double
  /// How far below and above the published figure ours may be, in percent of it; `nil` where the suite
  /// has one bound for all rows.
  package let limitsPercent: ClosedRange<Double>?

  package init(
    name: String, quantity: String, measured: Double, modelled: Double,
    limitsPercent: ClosedRange<Double>? = nil
  ) {
    self.name = name
    self.quantity = quantity
    self.measured = measured
    self.modelled = modelled
    self.limitsPercent = limitsPercent
  }

  /// Whether the error is within the row's own limits; without any it is.
  package var isWithinLimits: Bool { limitsPercent?.contains(errorPercent) ?? true }

  /// How far ours is above the published figure, in percent of that; infinite if only that is zero.
  package var errorPercent: Double {
    measured == modelled ? 0 : 100 * (modelled - measured) / abs(measured)
  }
}
