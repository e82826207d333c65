internal import DeviceAPI
internal import Units

/// What a run cost on a simulated device. The totals are those of the steps of training, or of the
/// executions of a program; evaluation is counted apart, each pass from an idle chip.
struct CostReport {
  /// Of a step.
  let step: SimulatedCost
  /// Steps of this run.
  let steps: Int
  /// What a step is called.
  var stepTitle = "step"
  /// Images in a step, where it is about images.
  var batchSize: Int?
  /// Of an evaluation batch.
  var evaluation: SimulatedCost?
  /// Executions of each evaluation pass.
  var evaluationPasses: [Int] = []

  var clockMegahertz: Double { step.clockMegahertz }

  var totalCycles: Cycles { step.cycles(executions: steps) }

  var simulatedSeconds: Double { totalCycles.seconds(atMegahertz: clockMegahertz) }

  /// Energy of all steps by component.
  var energy: EnergyBreakdown { step.energy(executions: steps) }

  var joulesPerStep: Double { energy.total.joules / Double(max(1, steps)) }

  var joulesPerImage: Double? { batchSize.map { joulesPerStep / Double($0) } }

  /// Bytes that left and entered a memory level in all steps; `nil` for CMEM where the chip has
  /// none.
  func traffic(_ level: MemoryLevel) -> MemoryTraffic? { step.traffic(level, executions: steps) }

  /// The share of the peak that all steps reach, 0 to 1.
  var utilization: Double { step.utilization(executions: steps) }

  /// The cycles of all steps by category; they add up to `totalCycles`.
  var attribution: [Cycles] { step.attribution(executions: steps) }

  var evaluationCycles: Cycles {
    evaluationPasses.reduce(.zero) { $0 + (evaluation?.cycles(executions: $1) ?? .zero) }
  }

  var evaluationEnergy: Picojoules {
    evaluationPasses.reduce(.zero) { $0 + (evaluation?.energy(executions: $1).total ?? .zero) }
  }
}
