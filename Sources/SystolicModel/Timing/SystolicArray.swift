/// One systolic array: what its timing and its numerics depend on.
package struct SystolicArray: Hashable, Sendable {
  /// Processing elements down the array.
  package let rows: Int
  /// Processing elements across the array.
  package let columns: Int
  /// Which matrix stays in the array.
  package let dataflow: Dataflow
  /// What consecutive folds may do at the same time.
  package let overlap: Overlap
  /// Values that the accumulator below each column holds, at least 1: the longest stream of one
  /// fold. Unused when the results stay in the array.
  package let accumulatorRows: Int
  /// Values of a stream that enter each row in a cycle.
  package let streamRate: Double
  /// The simulator whose accounting is taken over; `nil` counts as the golden model does.
  package let compatibility: Compatibility?

  package init(
    rows: Int, columns: Int, dataflow: Dataflow, overlap: Overlap, accumulatorRows: Int,
    streamRate: Double = 1, compatibility: Compatibility? = nil
  ) {
    precondition(
      rows > 0 && columns > 0 && accumulatorRows > 0 && streamRate > 0,
      "an array has at least one of each")
    self.streamRate = streamRate
    self.compatibility = compatibility
    self.rows = rows
    self.columns = columns
    self.dataflow = dataflow
    self.overlap = overlap
    self.accumulatorRows = accumulatorRows
  }
}

extension MXUParameters {
  /// One of the unit's arrays; its accumulators hold fp32.
  package var array: SystolicArray { array(for: .bf16) }

  /// One of the unit's arrays as it multiplies `type`, whose sums have 32 bits. A type that the
  /// chip lacks streams like bf16; who takes a type from a user asks `relativeRates` first.
  package func array(for type: OperandType) -> SystolicArray {
    SystolicArray(
      rows: rows, columns: columns, dataflow: dataflow, overlap: overlap,
      accumulatorRows: accumulatorBytes / (4 * columns),
      streamRate: (relativeRates[type] ?? 1) * (sustainedShare ?? 1), compatibility: compatibility)
  }
}
