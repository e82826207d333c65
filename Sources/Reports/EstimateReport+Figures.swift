internal import SystolicModel
internal import SystolicSim

/// What a run file keeps of an estimate.
extension EstimateReport {
  /// What the workload is called.
  package var name: String { workload.name }

  /// The word for the operands' type.
  package var operandType: String { options.operandType.rawValue }

  package var repeats: Int { options.repeats }

  /// The word for how a convolution becomes a product.
  package var convolution: String { options.convolution.rawValue }

  /// The figures of all layers.
  package var totals: [JSONValue.Member] {
    let total = estimate.total
    return [
      .init("layers", .integer(estimate.layers.count)), .init("macs", .integer(total.macs)),
      .init("totalCycles", .integer(total.totalCycles.count)),
      .init("computeCycles", .integer(total.computeCycles.count)),
      .init("simulatedSeconds", .real(total.microseconds * 1e-6)),
      .init("energyJoules", .real(total.energyPicojoules * 1e-12)),
      .init("utilization", .real(total.utilization)),
    ]
  }
}
