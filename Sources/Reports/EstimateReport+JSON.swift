internal import DeviceAPI
internal import SystolicSim
internal import Units

extension EstimateReport {
  /// The estimate as one document: `layers`, and `total` with the same keys.
  package var json: JSONValue {
    .object(
      [
        .init("workload", .text(estimate.name)),
        .init("config", .text(config)),
        .init("dtype", .text(options.operandType.rawValue)),
        .init("repeats", .integer(options.repeats)),
        .init("cores", .integer(options.cores)),
        .init("notes", .list(workload.notes.map { .text($0) })),
        .init("layers", .list(layers.map { member($1, notes: $0.notes) })),
        .init("total", member(estimate.total, notes: [])),
      ] + (program.map { [.init("program", $0.json)] } ?? []))
  }

  private func member(_ layer: LayerEstimate, notes: [String]) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .text(layer.name)),
      .init("count", .integer(layer.count)),
      .init("batch", .integer(layer.batch)),
      .init("m", .integer(layer.gemm.m)),
      .init("k", .integer(layer.gemm.k)),
      .init("n", .integer(layer.gemm.n)),
      .init("resident", .list(names(layer.resident))),
      .init("macs", .integer(layer.macs)),
      .init("computeCycles", .integer(layer.computeCycles.count)),
      .init("totalCycles", .integer(layer.totalCycles.count)),
      .init("microseconds", .real(layer.microseconds)),
      .init("utilization", .real(layer.utilization)),
      .init("mappingEfficiency", .real(layer.mappingEfficiency)),
      .init("bound", .text(layer.bound.rawValue)),
      .init("operationalIntensity", .optional(layer.operationalIntensity)),
      .init("energyPicojoules", .real(layer.energyPicojoules)),
      .init("mxuCycles", cycles(layer.mxu)),
      .init("mostContentionCycles", .integer(layer.contentionCycles.count)),
      .init("inCMEM", .list(names(layer.inCMEM))),
      .init("bytes", bytes(layer.traffic)),
      .init("energyByComponent", energy(layer.energy)),
      .init("notes", .list(notes.map { .text($0) })),
    ]
    if options.cores > 1 {
      members.append(.init("split", split(layer.split)))
      if options.explains {
        members.append(
          .init(
            "splits",
            .list(
              layer.splits.map {
                .object([
                  .init("split", split($0.split)), .init("cycles", .integer($0.cycles.count)),
                  .init("dramBytes", .integer($0.dramBytes)),
                ])
              })))
      }
    }
    if options.explains {
      members.append(.init("schedules", .list(layer.schedules.map(schedule))))
      members.append(.init("forbidden", .list(layer.forbidden.map(forbidden))))
    }
    return .object(members)
  }

  /// Of one core: no dimension is divided.
  private func split(_ split: CoreSplit?) -> JSONValue {
    .object([
      .init("dimension", .text(split?.dimension.rawValue ?? "none")),
      .init("cores", .integer(split?.cores ?? 1)),
    ])
  }

  private func names(_ resident: ResidentOperands) -> [JSONValue] {
    ResidentOperands.names.filter { resident.contains($0.operand) }.map { .text($0.name) }
  }

  private func cycles(_ usage: UnitUsage) -> JSONValue {
    let busy: [BusyKind] = [.compute, .fillDrain, .weightLoad]
    return .object([
      .init(
        "busy",
        .object(busy.map { .init($0.rawValue, .integer(usage.busy[$0].count)) })),
      .init(
        "stalls",
        .object(
          StallCause.allCases.map { .init($0.rawValue, .integer(usage.stalls[$0].count)) })),
    ])
  }

  private func bytes(_ traffic: [MemoryTraffic]) -> JSONValue {
    .object(
      [MemoryLevel.offChip, .cmem, .onChip, .accumulators].map { level in
        .init(
          level.rawValue,
          .object([
            .init("read", .integer(traffic[level.index].read.count)),
            .init("written", .integer(traffic[level.index].written.count)),
          ]))
      })
  }

  private func energy(_ energy: EnergyBreakdown) -> JSONValue {
    .object(
      EnergyComponent.allCases.filter { $0 != .hostLink }.map {
        .init($0.rawValue, .real(energy[$0].value))
      })
  }

  /// A faster schedule that does not fit, and the capacities that forbid it.
  private func forbidden(_ faster: ForbiddenSchedule) -> JSONValue {
    .object([
      .init("capacities", .list(faster.capacities.map { .text($0.rawValue) })),
      .init("vmemBytesFree", .integer(faster.vmemBytesFree)),
      .init("schedule", schedule(faster.schedule)),
    ])
  }

  private func schedule(_ choice: ScheduleChoice) -> JSONValue {
    .object([
      .init("m", .integer(choice.tile.m)), .init("k", .integer(choice.tile.k)),
      .init("n", .integer(choice.tile.n)), .init("isRowMajor", .flag(choice.isRowMajor)),
      .init("loops", .list(choice.loops.map { .text($0) })),
      .init("sumsIn", .text(choice.sumsIn)),
      .init("keepsInputs", .flag(choice.keepsInputs)),
      .init("keepsWeights", .flag(choice.keepsWeights)),
      .init("vmemBytes", .integer(choice.vmemBytes)),
      .init("dramBytes", .integer(choice.dramBytes)),
      .init("boundCycles", .integer(choice.boundCycles.count)),
      .init("simulatedCycles", .integer(choice.simulatedCycles.count)),
      .init("bound", .text(choice.bound.rawValue)),
    ])
  }
}
