internal import DeviceAPI
internal import Reports

extension CostReport {
  /// What the figures of a program depend on; `null` where there is no cost.
  static func dependences(_ cost: CostReport?) -> JSONValue.Member {
    guard let cost else { return .init("dataDependences", .null) }
    return .init("dataDependences", .list(cost.step.dataDependences.map(\.json)))
  }

  /// The figures of a cost; `null` where there is none.
  static func members(_ cost: CostReport?) -> [JSONValue.Member] {
    let attribution = cost?.attribution
    return [
      .init("clockMegahertz", .optional(cost?.clockMegahertz)),
      .init("totalCycles", .optional(cost?.totalCycles.count)),
      .init("cyclesPerStep", .optional(cost?.step.steady.cycles.count)),
      .init("isSteadyExact", cost.map { .flag($0.step.isSteadyExact) } ?? .null),
      .init("coldCyclesPerStep", .optional(cost?.step.cold.cycles.count)),
      .init("simulatedSeconds", .optional(cost?.simulatedSeconds)),
      .init("utilization", .optional(cost?.utilization)),
      .init(
        "cyclesByCategory",
        attribution.map { cycles in
          .object(
            zip(CycleCategory.allCases, cycles).map { .init($0.rawValue, .integer($1.count)) })
        } ?? .null),
      .init("energyJoules", .optional(cost?.energy.total.joules)),
      .init("energyJoulesPerStep", .optional(cost?.joulesPerStep)),
      .init("energyJoulesPerImage", .optional(cost?.joulesPerImage)),
      .init("energyJoulesByComponent", cost.map { TrainReport.energy($0.energy) } ?? .null),
      .init("operationsPerStep", .optional(cost?.step.ops.count)),
      .init("offChipBytes", .optional(cost?.traffic(.offChip)?.total.count)),
      .init("cmemBytes", .optional(cost?.traffic(.cmem)?.total.count)),
      .init("onChipBytes", .optional(cost?.traffic(.onChip)?.total.count)),
      .init("evaluationCycles", .optional(cost?.evaluationCycles.count)),
      .init("evaluationEnergyJoules", .optional(cost?.evaluationEnergy.joules)),
    ]
  }
}
