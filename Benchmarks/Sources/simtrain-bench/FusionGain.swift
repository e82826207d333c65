internal import DeviceAPI
internal import GraphPasses
internal import SystolicModel
internal import SystolicSim
internal import Training

/// What operator fusion brings: host time of training on the CPU, and cycles, bytes and energy of a
/// step on the simulated chip.
struct FusionGain {
  let executable: String
  let configs: String
  let rounds: Int

  private static let models = [("mlp", 32), ("lenet5", 64), ("cnn", 64)]
  private static let modes = FusionMode.allCases
  private static let chip = "tpu-v3"
  /// Images of an epoch: enough to time, and an unfused net takes long.
  private static let trainLimit = 12_800

  func measure(into report: inout Report) throws {
    report.heading("Operator fusion on the CPU, ms for \(Self.trainLimit) images, 1 thread")
    var rows: [[String]] = []
    for (model, batchSize) in Self.models {
      let times = try hostTimes(model, batchSize)
      rows.append(
        [model, "\(batchSize)"]
          + times.map { $0.mapped { 1000 * $0 }.median.fixed(0) }
          + times.dropFirst().map { $0.ratios(to: times[0]).median.fixed(2) })
    }
    let names = Self.modes.map(\.rawValue)
    report.table(["", "batch"] + names + names.dropFirst().map { "\($0) / on" }, rows)
    report.remark(
      "\(rounds) rounds, each mode in turn; the ratio is the median of the rounds' ratios.")
    try measureSteps(into: &report)
  }

  private func hostTimes(
    _ model: String, _ batchSize: Int
  ) throws(BenchmarkError) -> [Measurement] {
    var contestants: [Contestant] = []
    defer { for contestant in contestants { contestant.end() } }
    for mode in Self.modes {
      contestants.append(
        try Contestant(
          name: mode.rawValue,
          command: [
            executable, "contest", "--configs", configs, "--model", model, "--batch-size",
            String(batchSize), "--fusion", mode.rawValue, "--train-limit",
            String(Self.trainLimit),
          ], threads: 1))
    }
    return try Contestant.race(contestants, rounds: rounds)
  }

  private func measureSteps(into report: inout Report) throws {
    report.heading("Operator fusion on \(Self.chip), a steady training step")
    let library = try configLibrary(configs)
    let device = SystolicDevice(chip: try Chip.load(Self.chip, library: library))
    var rows: [[String]] = []
    for (model, batchSize) in Self.models {
      let program = try benchmarkProgram(model: model, batchSize: batchSize, library: library)
      var fused: SimulatedCost?
      for mode in Self.modes {
        let executable = try device.compile(program.step, options: CompileOptions(fusion: mode))
        guard let cost = executable.profile?.simulated else {
          throw BenchmarkError.cannotMeasure("The executable for '\(model)' has no schedule.")
        }
        if fused == nil { fused = cost }
        rows.append(row(model, mode, cost, beside: fused ?? cost))
      }
    }
    report.table(
      ["", "fusion", "ops", "cycles", "x on", "HBM bytes", "on-chip bytes", "x on", "µJ", "x on"],
      rows)
  }

  private func row(
    _ model: String, _ mode: FusionMode, _ cost: SimulatedCost, beside fused: SimulatedCost
  ) -> [String] {
    func bytes(_ cost: SimulatedCost, _ level: MemoryLevel) -> Double {
      Double(cost.ops.reduce(0) { $0 + $1.traffic[level.index].total.count })
    }
    func cycles(_ cost: SimulatedCost) -> Double { Double(cost.steady.cycles.count) }
    func energy(_ cost: SimulatedCost) -> Double { 1e6 * cost.steady.energy.total.joules }
    let onChip = bytes(cost, .onChip)
    return [
      model, mode.rawValue, "\(cost.ops.count)", cycles(cost).grouped,
      (cycles(cost) / cycles(fused)).fixed(2), bytes(cost, .offChip).grouped, onChip.grouped,
      (onChip / bytes(fused, .onChip)).fixed(2), energy(cost).fixed(0),
      (energy(cost) / energy(fused)).fixed(2),
    ]
  }
}
