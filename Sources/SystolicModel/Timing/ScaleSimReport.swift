internal import Units

/// The figures that SCALE-Sim 3 prints for one product on one array, in its own definitions.
///
/// - Source: SCALE-Sim 3.0.0, as published; its definitions in our words, found by comparing its
///   reports with its source.
package struct ScaleSimReport: Hashable, Sendable {
  /// "Compute cycles": the index of the last cycle, one less than the number of cycles.
  package let computeCycles: Int
  /// "Overall utilisation", in percent: multiply-accumulates over processing elements times
  /// `computeCycles`. As that is an index, the share is too high by one part in `computeCycles`;
  /// where it is 0, SCALE-Sim divides by zero and we by 1.
  package let overallUtilizationPercent: Double
  /// "Mapping efficiency", in percent: the share of processing elements that a fold uses, averaged
  /// over the folds.
  package let mappingEfficiencyPercent: Double
  /// Reads of the left operand from its SRAM, in elements.
  package let inputReads: Int
  /// Reads of the right operand from its SRAM, in elements.
  package let filterReads: Int
  /// Writes to the SRAM of results, in elements. Partial sums of every k fold are written, and none
  /// is ever read back; output stationary folds write `rows + columns` elements more than they have
  /// results.
  package let resultWrites: Int
}

extension SystolicArray {
  /// What SCALE-Sim 3 would print for `gemm`; the array must have its `compatibility`, and
  /// accumulators that hold a whole stream.
  package func scaleSimReport(of gemm: GEMMShape) -> ScaleSimReport {
    precondition(compatibility == .scalesim, "only an array that counts as SCALE-Sim does")
    let cost = cost(of: gemm)
    let mapping = dataflow.mapping(of: gemm)
    let cycles = cost.total.count - 1
    let elements = Double(rows * columns)
    let reads: (input: Int, filter: Int) =
      switch dataflow {
      case .weightStationary: (cost.streamedElements, cost.stationaryElements)
      case .inputStationary: (cost.stationaryElements, cost.streamedElements)
      case .outputStationary:
        (
          gemm.m * gemm.k * gemm.n.dividedRoundingUp(by: columns),
          gemm.n * gemm.k * gemm.m.dividedRoundingUp(by: rows)
        )
      }
    let excess = dataflow == .outputStationary ? cost.folds * (rows + columns) : 0
    return ScaleSimReport(
      computeCycles: cycles,
      overallUtilizationPercent: 100 * Double(cost.macs) / (Double(max(cycles, 1)) * elements),
      mappingEfficiencyPercent: 100 * Double(mapping.rows * mapping.columns)
        / (Double(cost.folds) * elements),
      inputReads: reads.input, filterReads: reads.filter,
      resultWrites: cost.accumulatorWrites + excess)
  }
}
