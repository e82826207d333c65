internal import DeviceAPI
internal import Reports
internal import RunLog
internal import Units

extension EvaluateReport {
  /// One document. What the device does not model is `null`.
  var json: JSONValue {
    .object([
      .init("checkpoint", .text(checkpoint)), .init("device", .text(device)),
      .init("config", .optional(config)), .init("model", .text(model)),
      .init("dataset", .text(dataset)), .init("steps", .integer(steps)),
      .init("images", .optional(rows.first?.metrics.count)),
      .init("batchSize", .integer(batchSize)), .init("threads", .integer(threads)),
      .init("quantize", .text(quantization?.mode.rawValue ?? "none")),
      .init("weightScales", .optional(quantization?.weights.rawValue)),
      .init("ranges", .optional(quantization?.ranges.name)),
      .init("calibrationImages", .optional(quantization?.ranges.images)),
      .init("rows", .list(rows.map { .object([.init("name", .text($0.name))] + $0.members) })),
    ])
  }

  /// The figures of each row as a run file's summary holds them: `fp32.testAccuracy`.
  var summaryAttributes: [RunAttribute] {
    rows.flatMap { row in
      TrainReport.attributes(JSONValue.Member(row.name, .object(row.members)))
    }
  }
}

extension EvaluationRow {
  fileprivate var members: [JSONValue.Member] {
    [
      .init("testAccuracy", .real(metrics.accuracy)), .init("correct", .integer(metrics.correct)),
      .init("testLoss", .real(metrics.loss)), .init("modelBytes", .integer(modelBytes)),
      .init("executions", .integer(metrics.executions)),
      .init("cyclesPerBatch", .optional(cost?.steady.cycles.count)),
      .init("coldCyclesPerBatch", .optional(cost?.cold.cycles.count)),
      .init("totalCycles", .optional(total?.cycles.count)),
      .init("energyJoulesPerBatch", .optional(cost?.steady.energy.total.joules)),
      .init("energyJoules", .optional(total?.energy.total.joules)),
      .init(
        "energyJoulesByComponent", total.map { TrainReport.energy($0.energy) } ?? .null),
    ]
      + MemoryLevel.allCases.flatMap { level in
        let traffic = cost?.traffic(level)
        return [
          JSONValue.Member(
            "\(level.rawValue)ReadBytesPerBatch", .optional(traffic?.read.count)),
          JSONValue.Member(
            "\(level.rawValue)WrittenBytesPerBatch", .optional(traffic?.written.count)),
        ]
      } + [.init("hostSeconds", .real(metrics.seconds))]
  }
}
