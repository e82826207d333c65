internal import DeviceAPI
internal import RunLog
internal import Units

extension RunFileReport {
  /// One document.
  var json: JSONValue {
    .object([
      .init("path", .text(path)), .init("formatVersion", .integer(formatVersion)),
      .init("status", .text(status.rawValue)), .init("failure", .optional(failure)),
      .init("generator", .text(header.generator)),
      .init("commandLine", .list(header.commandLine.map(JSONValue.text))),
      .init("device", .text(header.device)), .init("config", .optional(header.config?.name)),
      .init("model", .text(header.model)), .init("dataset", .text(header.dataset)),
      .init("seed", Self.value(.unsigned(header.seed))),
      .init("hyperParameters", Self.object(header.hyperParameters)),
      .init("steps", .integer(steps.count)),
      .init("lastStepLoss", .optional(steps.last.map { Double($0.loss) })),
      .init("totalCycles", .optional(totalCycles?.count)),
      .init("energyJoules", .optional(totalEnergy?.joules)),
      .init("epochs", .list(epochs.map(Self.json))),
      .init("executables", .list(executables.map(json))),
      .init("summary", Self.object(summary)),
    ])
  }

  private static func json(_ epoch: EpochRecord) -> JSONValue {
    .object([
      .init("epoch", .integer(epoch.epoch)), .init("trainLoss", .real(epoch.trainLoss)),
      .init("testLoss", .real(epoch.testLoss)), .init("testAccuracy", .real(epoch.testAccuracy)),
      .init("seconds", .real(epoch.seconds)),
      .init("samplesPerSecond", .real(epoch.samplesPerSecond)),
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
        .init(
          "steadyCyclesByCategory",
          .object(
            zip(CycleCategory.allCases, cost.attribution(of: cost.steady)).map {
              .init($0.rawValue, .integer($1.count))
            })),
        .init("ops", .list(Self.longest(cost, count: top).map { Self.json($0, cost) })),
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
    ])
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

  private static func object(_ attributes: [RunAttribute]) -> JSONValue {
    .object(attributes.map { .init($0.name, value($0.value)) })
  }

  private static func value(_ value: RunValue) -> JSONValue {
    switch value {
    case .text(let value): .text(value)
    case .integer(let value): .integer(Int(value))
    case .unsigned(let value): Int(exactly: value).map(JSONValue.integer) ?? .text("\(value)")
    case .real(let value): .real(value)
    case .flag(let value): .flag(value)
    case .texts(let values): .list(values.map(JSONValue.text))
    case .integers(let values): .list(values.map { .integer(Int($0)) })
    case .reals(let values): .list(values.map(JSONValue.real))
    }
  }
}
