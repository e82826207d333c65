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

  package init(name: String, quantity: String, measured: Double, modelled: Double) {
    self.name = name
    self.quantity = quantity
    self.measured = measured
    self.modelled = modelled
  }

  /// How far ours is above the published figure, in percent of that; infinite if only that is zero.
  package var errorPercent: Double {
    measured == modelled ? 0 : 100 * (modelled - measured) / abs(measured)
  }
}
