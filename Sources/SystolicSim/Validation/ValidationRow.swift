/// One published figure beside ours.
public struct ValidationRow: Hashable, Sendable, Codable {
  /// What was measured: `512x4096x4096`.
  public let name: String
  /// The quantity, with its unit: `us`, `TOPS`, `cycles`.
  public let quantity: String
  /// The published figure.
  public let measured: Double
  /// Ours.
  public let modelled: Double

  public init(name: String, quantity: String, measured: Double, modelled: Double) {
    self.name = name
    self.quantity = quantity
    self.measured = measured
    self.modelled = modelled
  }

  /// How far ours is above the published figure, in percent of that; infinite if only that is zero.
  public var errorPercent: Double {
    measured == modelled ? 0 : 100 * (modelled - measured) / abs(measured)
  }
}
