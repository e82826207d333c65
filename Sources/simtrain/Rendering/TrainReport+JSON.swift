internal import DeviceAPI
internal import Reports
internal import RunLog

extension TrainReport {
  /// One document. What the device does not model, or no epoch has measured yet, is `null`.
  var json: JSONValue {
    .object(
      [
        .init("device", .text(device)), .init("config", .optional(config)),
        .init("model", .text(model)), .init("dataset", .text(dataset)),
        .init("optimizer", .text(optimizer)),
        .init("precision", .text(precision.policy.rawValue)),
        .init("stochasticRounding", .flag(precision.usesStochasticRounding)),
        .init("quantizeAware", .flag(quantizeAware)),
        .init("lossScale", .optional(lossScale.map { Double($0.scale) })),
        .init("skippedSteps", .optional(lossScale?.skippedSteps)),
        .init("fusion", .text(fusion.rawValue)), .init("batchSize", .integer(batchSize)),
        .init("shards", .integer(shards)), .init("cores", .optional(cores)),
        .init("seed", seed <= UInt64(Int.max) ? .integer(Int(seed)) : .text("\(seed)")),
        .init("threads", .integer(threads)), .init("epochs", .integer(epochs)),
        .init("epochsCompleted", .integer(epochsCompleted)),
        .init("interrupted", .flag(summary.isInterrupted)),
        .init("history", .list(history.map(\.json))),
        .init("testAccuracy", .optional(lastEpoch?.evaluation.accuracy)),
        .init("testLoss", .optional(lastEpoch?.evaluation.loss)),
        .init("trainLoss", .optional(lastEpoch?.trainLoss)),
        .init("lastStepLoss", .optional(lastLoss)),
        .init("steps", .integer(summary.stepsExecuted)),
        .init("stepsCompleted", .integer(stepsCompleted)),
      ] + CostReport.members(cost) + hostMembers)
  }

  private var hostMembers: [JSONValue.Member] {
    [
      .init("hostSeconds", .real(hostSeconds)),
      .init("trainSeconds", .real(summary.trainSeconds)),
      .init("compileSeconds", .real(compileSeconds)),
      .init("samplesPerSecond", .real(samplesPerSecond)),
      .init("slowdown", .optional(slowdown)),
      .init("peakMemoryBytes", .integer(peakMemoryBytes)),
      .init("loggingSeconds", .optional(loggingSeconds)),
      .init("runFile", .optional(runFile)), .init("runFileBytes", .optional(runFileBytes)),
      .init("checkpoint", .optional(checkpoint)),
    ]
  }

  static func energy(_ energy: EnergyBreakdown) -> JSONValue {
    .object(EnergyComponent.allCases.map { .init($0.rawValue, .real(energy[$0].joules)) })
  }

  /// The figures of the whole run, as the run file's summary holds them: the numbers of `json`,
  /// save what is known only when the file is finished.
  var summaryAttributes: [RunAttribute] {
    guard case .object(let members) = json else { return [] }
    let later = ["runFile", "runFileBytes", "loggingSeconds", "checkpoint"]
    return members.filter { !later.contains($0.key) }.flatMap { Self.attributes($0) }
  }

  static func attributes(_ member: JSONValue.Member) -> [RunAttribute] {
    switch member.value {
    case .integer(let value): [RunAttribute(member.key, .integer(Int64(value)))]
    case .real(let value): [RunAttribute(member.key, .real(value))]
    case .flag(let value): [RunAttribute(member.key, .flag(value))]
    case .object(let members):
      members.flatMap { inner in
        attributes(JSONValue.Member("\(member.key).\(inner.key)", inner.value))
      }
    case .text, .null, .list: []
    }
  }
}
