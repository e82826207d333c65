internal import DeviceAPI
internal import Units

/// What a run cost on a simulated device. The totals are those of the training steps; evaluation
/// is counted apart.
///
/// The first step finds the chip idle and costs its cold schedule; every later one costs the
/// steady schedule. Each evaluation pass counts as one cold execution and steady ones after it.
struct CostReport {
  /// Of the training step.
  let step: SimulatedCost
  /// Of an evaluation batch.
  let evaluation: SimulatedCost
  /// Training steps of this run.
  let steps: Int
  let batchSize: Int
  /// Executions of each evaluation pass.
  let evaluationPasses: [Int]

  var clockMegahertz: Double { step.clockMegahertz }

  var totalCycles: Cycles { step.total(executions: steps).cycles }

  var simulatedSeconds: Double { totalCycles.seconds(atMegahertz: clockMegahertz) }

  /// Energy of all steps by component.
  var energy: EnergyBreakdown { step.total(executions: steps).energy }

  var joulesPerStep: Double { energy.total.joules / Double(max(1, steps)) }

  var joulesPerImage: Double { joulesPerStep / Double(batchSize) }

  /// Bytes that left and entered a memory level in all steps; `nil` for CMEM where the chip has
  /// none.
  func traffic(_ level: MemoryLevel) -> MemoryTraffic? {
    step.traffic(level).map {
      MemoryTraffic(read: Bytes(steps * $0.read.count), written: Bytes(steps * $0.written.count))
    }
  }

  /// The share of the peak that all steps reach, 0 to 1.
  var utilization: Double {
    totalCycles.count == 0
      ? 0
      : Double(step.macs) * Double(steps)
        / (Double(totalCycles.count) * Double(step.peakMACsPerCycle))
  }

  /// The cycles of all steps by category; they add up to `totalCycles`.
  var attribution: [Cycles] {
    let cold = step.attribution(of: step.cold)
    let steady = step.attribution(of: step.steady)
    return zip(cold, steady).map { steps == 0 ? .zero : $0 + (steps - 1) * $1 }
  }

  var evaluationCycles: Cycles {
    evaluationPasses.reduce(.zero) { $0 + evaluation.total(executions: $1).cycles }
  }

  var evaluationEnergy: Picojoules {
    evaluationPasses.reduce(.zero) {
      $0 + evaluation.total(executions: $1).energy.total
    }
  }
}

extension SimulatedCost {
  /// One cold execution and `executions - 1` steady ones.
  func total(executions: Int) -> (cycles: Cycles, energy: EnergyBreakdown) {
    guard executions > 0 else { return (.zero, EnergyBreakdown()) }
    var energy = EnergyBreakdown()
    for component in EnergyComponent.allCases {
      energy[component] =
        cold.energy[component] + Double(executions - 1) * steady.energy[component]
    }
    return (cold.cycles + (executions - 1) * steady.cycles, energy)
  }
}
