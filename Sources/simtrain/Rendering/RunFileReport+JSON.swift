internal import DeviceAPI
internal import Reports
internal import RunLog
internal import Units

extension RunFileReport {
  /// One document.
  var json: JSONValue {
    .object([
      .init("kind", .text("run")), .init("path", .text(path)),
      .init("formatVersion", .integer(formatVersion)),
      .init("status", .text(status.rawValue)), .init("failure", .optional(failure)),
      .init("generator", .text(header.generator)),
      .init("commandLine", .list(header.commandLine.map(JSONValue.text))),
      .init("device", .text(header.device)), .init("config", .optional(header.config?.name)),
      .init("model", .text(header.model)), .init("dataset", .text(header.dataset)),
      .init("seed", JSONValue(.unsigned(header.seed))),
      .init("hyperParameters", JSONValue(header.hyperParameters)),
      .init("recipe", .optional(header.recipe)),
      .init("steps", .integer(steps.count)),
      .init("lastStepLoss", .optional(steps.last.map { Double($0.loss) })),
      .init("totalCycles", .optional(steps.totalCycles?.count)),
      .init("energyJoules", .optional(steps.totalEnergy?.joules)),
      .init("epochs", .list(epochs.map(\.json))),
      .init("continues", continuation), .init("chain", chain.json),
      .init("history", .list(chain.epochs.map(\.json))),
      .init("executables", .list(executables.map(json))),
      .init("summary", JSONValue(summary)),
    ])
  }

  /// What the run continues, and why the runs before it are not in the chain, if they are not.
  private var continuation: JSONValue {
    guard let continuation = header.continuation else { return .null }
    return .object([
      .init("runFile", .optional(continuation.runFile)),
      .init("checkpoint", .text(continuation.checkpoint)),
      .init("firstStep", .integer(continuation.firstStep)),
      .init("gap", .optional(chain.gap)),
    ])
  }

  private func json(_ executable: ExecutionProfile) -> JSONValue {
    var members: [JSONValue.Member] = [.init("name", .text(executable.name))]
    if let measured = executable.measured {
      members += [
        .init("measuredExecutions", .integer(measured.executions)),
        .init("measuredSeconds", .real(measured.totalSeconds)),
      ]
    }
    if let cost = executable.simulated {
      members += [
        .init("clockMegahertz", .real(cost.clockMegahertz)),
        .init("steadyCycles", .integer(cost.steady.cycles.count)),
        .init("isSteadyExact", .flag(cost.isSteadyExact)),
        .init("coldCycles", .integer(cost.cold.cycles.count)),
        .init("utilization", .real(cost.utilization)),
        .init("dataDependences", .list(cost.dataDependences.map(\.json))),
        .init(
          "steadyCyclesByCategory",
          .object(
            zip(CycleCategory.allCases, cost.attribution(of: cost.steady)).map {
              .init($0.rawValue, .integer($1.count))
            })),
        .init("ops", .list(Self.longest(cost, count: top).map { Self.json($0, cost) })),
        .init("tensors", .list(Self.busiest(cost, count: top).map(Self.json))),
        .init("units", .list(cost.steady.units.map(Self.json))),
        .init("energyJoulesByComponent", TrainReport.energy(cost.steady.energy)),
      ]
    }
    return .object(members)
  }

  private static func json(_ op: OpCost, _ cost: SimulatedCost) -> JSONValue {
    .object([
      .init("name", .text(op.name)), .init("kind", .text(op.kind)),
      .init(
        "unit",
        cost.unitNames.indices.contains(op.unit) ? .text(cost.unitNames[op.unit]) : .null),
      .init("cycles", .integer(op.cycles.count)), .init("macs", .integer(op.macs)),
      .init("energyJoules", .real(op.energy.total.joules)),
      .init("bytesByLevel", json(op.traffic)),
    ])
  }

  private static func json(_ tensor: TensorCost) -> JSONValue {
    .object([
      .init("name", .text(tensor.name)), .init("bytes", .integer(tensor.bytes.count)),
      .init("elementBytes", .integer(tensor.elementBytes)),
      .init("home", .text(tensor.home.rawValue)), .init("loads", .integer(tensor.loads)),
      .init("stores", .integer(tensor.stores)),
      .init("energyJoules", .real(tensor.energy.total.joules)),
      .init("bytesByLevel", json(tensor.traffic)),
      .init("firstCycle", .optional(tensor.lifetime?.lowerBound)),
      .init("lastCycle", .optional(tensor.lifetime?.upperBound)),
    ])
  }

  private static func json(_ traffic: [MemoryTraffic]) -> JSONValue {
    .object(
      zip(MemoryLevel.allCases, traffic).map { level, moved in
        .init(
          level.rawValue,
          .object([
            .init("read", .integer(moved.read.count)),
            .init("written", .integer(moved.written.count)),
          ]))
      })
  }

  private static func json(_ unit: UnitUsage) -> JSONValue {
    .object([
      .init("name", .text(unit.name)),
      .init(
        "busy",
        .object(zip(BusyKind.allCases, unit.busy).map { .init($0.rawValue, .integer($1.count)) })
      ),
      .init(
        "stalls",
        .object(
          zip(StallCause.allCases, unit.stalls).map { .init($0.rawValue, .integer($1.count)) })),
    ])
  }
}
