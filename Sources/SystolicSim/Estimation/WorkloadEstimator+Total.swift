internal import DeviceAPI
internal import SystolicModel
internal import Units

extension WorkloadEstimator {
  /// Sums over layers, each as often as it occurs.
  func total(_ layers: [LayerEstimate], name: String) -> LayerEstimate {
    var total = LayerEstimate(
      name: name, count: 1, batch: 0, gemm: GEMMShape(m: 0, n: 0, k: 0), resident: [],
      macs: 0,
      computeCycles: .zero,
      totalCycles: .zero, microseconds: 0, utilization: 0, mappingEfficiency: 0, bound: .latency,
      inCMEM: [],
      mxu: UnitUsage(
        name: ProgramUnit.mxu.name, busy: BusyKind.allCases.map { _ in .zero },
        stalls: StallCause.allCases.map { _ in .zero }),
      demands: [:], contentionCycles: .zero,
      traffic: MemoryLevel.allCases.map { _ in MemoryTraffic() },
      energy: EnergyBreakdown(), split: nil, splits: [], schedules: [], forbidden: [])
    var macs = 0.0
    for layer in layers { add(layer, to: &total, &macs) }
    let architecture = chip.architecture
    let rate = architecture.mxu.relativeRates[options.operandType] ?? 1
    let peak = Double(architecture.mxu.macsPerCycle) * rate * Double(options.cores)
    let cycles = Double(total.totalCycles.count)
    total.microseconds = cycles / architecture.clockMegahertz
    total.utilization = cycles == 0 ? 0 : macs / (cycles * peak)
    total.mappingEfficiency = macs == 0 ? 0 : total.mappingEfficiency / macs
    total.bound = Bound.deciding(total.demands, total: total.totalCycles)
    total.macs = Int(macs)
    return total
  }

  private func add(_ layer: LayerEstimate, to total: inout LayerEstimate, _ macs: inout Double) {
    let count = layer.count
    let layerMACs = Double(count) * Double(layer.macs)
    macs += layerMACs
    total.computeCycles += count * layer.computeCycles
    total.totalCycles += count * layer.totalCycles
    total.contentionCycles += count * layer.contentionCycles
    total.mappingEfficiency += layer.mappingEfficiency * layerMACs
    for index in total.mxu.busy.indices {
      total.mxu.busy[index] += count * layer.mxu.busy[index]
    }
    for index in total.mxu.stalls.indices {
      total.mxu.stalls[index] += count * layer.mxu.stalls[index]
    }
    for (bound, cycles) in layer.demands {
      total.demands[bound, default: .zero] += count * cycles
    }
    for index in total.traffic.indices {
      total.traffic[index].read += count * layer.traffic[index].read
      total.traffic[index].written += count * layer.traffic[index].written
    }
    for component in EnergyComponent.allCases {
      total.energy[component] += Double(count) * layer.energy[component]
    }
  }
}
