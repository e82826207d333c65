internal import DeviceAPI
internal import Reports
internal import Units

extension CostReport {
  /// The tables of a report, with an empty line above each.
  func lines(title: String) -> [String] {
    [timeLines(title), step.dependenceLines, cycleLines, trafficLines, energyLines]
      .filter { !$0.isEmpty }.flatMap { [""] + $0 }
  }

  private func timeLines(_ title: String) -> [String] {
    var table = TextTable([.left, .left])
    let clock = Quantity.engineering(clockMegahertz * 1e6, "Hz")
    table.add(["total", "\(Quantity.grouped(totalCycles.count)) cycles"])
    table.add([
      "\(article) \(stepTitle)",
      "\(Quantity.grouped(step.steady.cycles.count)) cycles \(step.steadyTitle), "
        + "\(Quantity.grouped(step.cold.cycles.count)) cold (the first)",
    ])
    table.add([
      "simulated time", Quantity.engineering(simulatedSeconds, "s") + " at \(clock)",
    ])
    table.add([
      "MXU utilisation",
      Quantity.percent(utilization, decimals: 2)
        + " of \(Quantity.grouped(step.peakMACsPerCycle)) multiply-accumulates a cycle",
    ])
    if evaluation != nil {
      let passes = evaluationPasses.count
      table.add([
        "evaluation",
        "\(Quantity.grouped(evaluationCycles.count)) cycles, "
          + Quantity.engineering(evaluationEnergy.joules, "J")
          + " in \(passes) \(passes == 1 ? "pass" : "passes"), not in the totals",
      ])
    }
    return ["Simulated time (\(title))"] + table.lines(indent: "  ")
  }

  private var cycleLines: [String] {
    var table = TextTable([.left, .right, .right, .right])
    table.add(["", "total", "share", "a steady \(stepTitle)"])
    let steady = step.attribution(of: step.steady)
    let total = max(1, totalCycles.count)
    for (index, category) in CycleCategory.allCases.enumerated() {
      let cycles = attribution[index].count
      table.add([
        category.title, Quantity.grouped(cycles),
        Quantity.percent(Double(cycles) / Double(total)),
        Quantity.grouped(steady[index].count),
      ])
    }
    return ["Where the cycles went"] + table.lines(indent: "  ")
  }

  private var trafficLines: [String] {
    var table = TextTable([.left, .right, .right, .right])
    table.add(["", "read", "written", "\(article) \(stepTitle)"])
    for (title, level) in [
      (EnergyComponent.offChip.title(step), MemoryLevel.offChip), ("CMEM", .cmem),
      (step.hasCMEM ? "VMEM" : EnergyComponent.onChip.title(step), .onChip),
    ] {
      guard let total = traffic(level), let step = step.traffic(level) else { continue }
      table.add([
        title, Quantity.engineering(Double(total.read.count), "B"),
        Quantity.engineering(Double(total.written.count), "B"),
        Quantity.engineering(Double(step.total.count), "B"),
      ])
    }
    return [
      "Memory traffic (\(Quantity.grouped(step.ops.count)) operations \(article) \(stepTitle))"
    ]
      + table.lines(indent: "  ")
  }

  private var energyLines: [String] {
    var table = TextTable([.left, .right, .right] + (batchSize == nil ? [] : [.right]) + [.right])
    table.add(
      ["", "total", "\(article) \(stepTitle)"] + (batchSize == nil ? [] : ["an image"]) + ["share"])
    let steps = Double(max(1, steps))
    func add(_ title: String, _ joules: Double) {
      let share = joules / max(energy.total.joules, .leastNormalMagnitude)
      table.add(
        [title, Quantity.engineering(joules, "J"), Quantity.engineering(joules / steps, "J")]
          + (batchSize.map { [Quantity.engineering(joules / steps / Double($0), "J")] } ?? [])
          + [Quantity.percent(share)])
    }
    for component in EnergyComponent.allCases {
      add(component.title(step), energy[component].joules)
    }
    add("total", energy.total.joules)
    return ["Energy"] + table.lines(indent: "  ")
  }

  private var article: String { stepTitle.first.map { "aeiou".contains($0) } ?? false ? "an" : "a" }
}

extension CycleCategory {
  /// In reports.
  var title: String {
    switch self {
    case .compute: "compute (MXU)"
    case .fillDrain: "fill and drain"
    case .weightLoad: "weight load"
    case .vector: "vector unit"
    case .dma: "DMA stall"
    case .launch: "launch"
    case .hostLink: "host link"
    case .idle: "idle"
    }
  }
}

extension EnergyComponent {
  /// In reports of that cost: the energy of on-chip memory is that of VMEM and of CMEM.
  func title(_ cost: SimulatedCost) -> String {
    switch self {
    case .mxu: "MXU"
    case .accumulators: "accumulators"
    case .vpu: "vector unit"
    case .onChip: cost.hasCMEM ? "VMEM and CMEM" : "on-chip memory"
    case .offChip: "off-chip memory"
    case .hostLink: "host link"
    case .idle: "idle power"
    }
  }
}
