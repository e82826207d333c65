/// One systolic array: what its timing and its numerics depend on.
public struct SystolicArray: Hashable, Sendable {
  /// Processing elements down the array.
  public let rows: Int
  /// Processing elements across the array.
  public let columns: Int
  /// Which matrix stays in the array.
  public let dataflow: Dataflow
  /// What consecutive folds may do at the same time.
  public let overlap: Overlap
  /// Values that the accumulator below each column holds, at least 1: the longest stream of one
  /// fold. Unused when the results stay in the array.
  public let accumulatorRows: Int

  public init(
    rows: Int, columns: Int, dataflow: Dataflow, overlap: Overlap, accumulatorRows: Int
  ) {
    precondition(
      rows > 0 && columns > 0 && accumulatorRows > 0, "an array has at least one of each")
    self.rows = rows
    self.columns = columns
    self.dataflow = dataflow
    self.overlap = overlap
    self.accumulatorRows = accumulatorRows
  }
}

extension MXUParameters {
  /// One of the unit's arrays; its accumulators hold fp32.
  public var array: SystolicArray {
    SystolicArray(
      rows: rows, columns: columns, dataflow: dataflow, overlap: overlap,
      accumulatorRows: accumulatorBytes / (4 * columns))
  }
}
