internal import HDF5

/// How far an operation's value on one device is from that on another.
package struct DeviationRecord: Hashable, Sendable {
  package var operation: String
  /// Where it stands in the program.
  package var place: String
  /// Relative to the largest magnitude, with the reference's operands.
  package var onEqualInputs: Double
  /// The same with the device's own.
  package var accumulated: Double

  package init(operation: String, place: String, onEqualInputs: Double, accumulated: Double) {
    self.operation = operation
    self.place = place
    self.onEqualInputs = onEqualInputs
    self.accumulated = accumulated
  }
}

/// The table `deviations`: one row an operation, in program order.
enum DeviationTable {
  static func encode(_ records: [DeviationRecord]) -> HDF5Table {
    HDF5Table([
      .init("operation", .text(records.map(\.operation))),
      .init("place", .text(records.map(\.place))),
      .init("onEqualInputs", .float64(records.map(\.onEqualInputs))),
      .init("accumulated", .float64(records.map(\.accumulated))),
    ])
  }
}
