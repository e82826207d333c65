internal import DeviceAPI
package import SystolicModel

/// A layer's figures in the columns of SCALE-Sim's COMPUTE_REPORT and BANDWIDTH_REPORT.
///
/// A layer is one row: its groups one after another, as often as it occurs. So sums over rows are
/// those of the workload; shares and words a cycle do not depend on how often.
///
/// On a chip with `compatibility: scalesim`, cycles, shares and SRAM words are SCALE-Sim's own, but
/// for the first cycles column and DRAM, which are this model's everywhere.
///
/// - Source: SCALE-Sim 3.0.0, `simulator.py` and `single_layer_sim.py`.
/// - Validity: DRAM reads are divided between input and filter by their sizes where either is read
///   more than once.
package struct LayerReport: Hashable, Sendable {
  /// Cycles from the first transfer to the last.
  package let cyclesWithPrefetch: Int
  /// Cycles with stalls.
  package let cycles: Int
  package let stallCycles: Int
  package let overallUtilizationPercent: Double
  package let mappingEfficiencyPercent: Double
  /// Multiply-accumulates over those that the array could do if it never waited for memory.
  package let computeUtilizationPercent: Double
  /// Words a cycle from and to on-chip memory: input, filter, output.
  package let sramWordsPerCycle: [Double]
  /// Words a cycle from and to DRAM: input, filter, output.
  package let dramWordsPerCycle: [Double]

  package init(
    _ estimate: LayerEstimate, of layer: Workload.Layer, chip: Chip, options: EstimateOptions
  ) {
    let mxu = chip.architecture.mxu
    let isCompatible = mxu.compatibility == .scalesim && mxu.count == 1
    let report = SystolicArray(
      rows: mxu.rows, columns: mxu.columns, dataflow: mxu.dataflow, overlap: .none,
      accumulatorRows: GEMMShape.extents.upperBound, compatibility: .scalesim
    ).scaleSimReport(of: estimate.gemm)
    let total = estimate.totalCycles.count
    cyclesWithPrefetch = estimate.count * total
    mappingEfficiencyPercent = report.mappingEfficiencyPercent
    let wordCycles: Int
    if isCompatible {
      wordCycles = report.computeCycles * estimate.batch
      stallCycles = 0
      overallUtilizationPercent = report.overallUtilizationPercent
      computeUtilizationPercent =
        report.mappingEfficiencyPercent * Self.streamingShare(estimate.gemm, mxu)
    } else {
      wordCycles = total
      stallCycles = estimate.count * max(0, total - estimate.computeCycles.count)
      overallUtilizationPercent = 100 * estimate.utilization
      let rate = mxu.relativeRates[options.operandType] ?? 1
      let possible =
        Double(estimate.computeCycles.count) * Double(mxu.macsPerCycle * options.cores) * rate
      computeUtilizationPercent = possible == 0 ? 0 : 100 * Double(estimate.macs) / possible
    }
    cycles = estimate.count * wordCycles
    let accesses = [report.inputReads, report.filterReads, report.resultWrites]
    sramWordsPerCycle = accesses.map {
      Double($0) * Double(estimate.batch) / Double(max(wordCycles, 1))
    }
    dramWordsPerCycle = Self.dramWords(estimate, layer, options).map { $0 / Double(max(total, 1)) }
  }

  /// The share of a fold's cycles in which values stream, in SCALE-Sim's counting.
  private static func streamingShare(_ gemm: GEMMShape, _ mxu: MXUParameters) -> Double {
    let steps = mxu.dataflow.mapping(of: gemm).steps
    let sides = mxu.rows + mxu.columns
    let others = mxu.dataflow == .outputStationary ? sides - 2 : 2 * sides - 3
    return Double(steps) / Double(steps + others)
  }

  /// Words that cross the DRAM's interface: input, filter, output.
  private static func dramWords(
    _ estimate: LayerEstimate, _ layer: Workload.Layer, _ options: EstimateOptions
  ) -> [Double] {
    let traffic = estimate.traffic[MemoryLevel.offChip.index]
    let word = Double(options.operandType.byteCount)
    let (read, written) = (Double(traffic.read.count) / word, Double(traffic.written.count) / word)
    let input = estimate.resident.contains(.inputs) ? 0 : Double(layer.shape.inputElements)
    let filter =
      estimate.resident.contains(.weights)
      ? 0 : Double(estimate.batch * estimate.gemm.k * estimate.gemm.n)
    let both = max(input + filter, 1)
    return [read * input / both, read * filter / both, written]
  }
}

extension Workload.Layer.Shape {
  /// Elements of the input.
  var inputElements: Int {
    switch self {
    case .gemm(let gemm): gemm.m * gemm.k
    case .convolution(let shape): shape.inputElements
    case .patches(let product): product.inputElements
    }
  }
}
