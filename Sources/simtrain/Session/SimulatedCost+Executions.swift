import DeviceAPI
import Units

/// What several executions one after another cost: the first finds the device idle and costs
/// `cold`, each later one costs `steady`.
extension SimulatedCost {
  /// The schedule of an execution.
  ///
  /// - Parameter number: executions before it.
  func schedule(ofExecution number: Int) -> Schedule { number == 0 ? cold : steady }

  /// When `executions` of them have ended, which is when the next one starts.
  func cycles(executions: Int) -> Cycles {
    executions > 0 ? cold.cycles + (executions - 1) * steady.cycles : .zero
  }

  /// Energy of `executions` of them by component.
  func energy(executions: Int) -> EnergyBreakdown {
    var energy = EnergyBreakdown()
    guard executions > 0 else { return energy }
    for component in EnergyComponent.allCases {
      energy[component] =
        cold.energy[component] + Double(executions - 1) * steady.energy[component]
    }
    return energy
  }

  /// The cycles of `executions` of them by category, in the order of `CycleCategory.allCases`.
  func attribution(executions: Int) -> [Cycles] {
    zip(attribution(of: cold), attribution(of: steady)).map {
      executions == 0 ? .zero : $0 + (executions - 1) * $1
    }
  }

  /// The share of the peak that the products of `executions` of them reach, 0 to 1.
  func utilization(executions: Int) -> Double {
    let cycles = cycles(executions: executions)
    return cycles.count == 0
      ? 0
      : Double(macs) * Double(executions) / (Double(cycles.count) * Double(peakMACsPerCycle))
  }

  /// Bytes that leave and enter a memory level in `executions` of them; `nil` for CMEM where the
  /// chip has none.
  func traffic(_ level: MemoryLevel, executions: Int) -> MemoryTraffic? {
    traffic(level).map {
      MemoryTraffic(
        read: Bytes(executions * $0.read.count), written: Bytes(executions * $0.written.count))
    }
  }
}
