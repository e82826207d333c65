internal import DeviceAPI
internal import Units

extension TrainReport {
  /// The report as lines for a person.
  var text: String {
    var lines = [headline, ""]
    lines += resultLines
    if let cost {
      lines += [""] + Self.timeLines(cost, config: config ?? device)
      lines += [""] + Self.cycleLines(cost)
      lines += [""] + Self.trafficLines(cost)
      lines += [""] + Self.energyLines(cost)
    }
    lines += [""] + hostLines
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    let place = config.map { "\(device) (\($0))" } ?? device
    return "\(model) on \(place), \(dataset): \(epochsCompleted) of \(epochs) epochs, "
      + "\(Quantity.grouped(summary.stepsExecuted)) steps of \(batchSize) images"
      + (stepsCompleted > summary.stepsExecuted
        ? " (\(Quantity.grouped(stepsCompleted)) in all)" : "")
      + (summary.isInterrupted ? ", interrupted" : "")
  }

  private var resultLines: [String] {
    var table = TextTable([.left, .left])
    if let epoch = lastEpoch {
      let evaluation = epoch.evaluation
      table.add([
        "test accuracy",
        Quantity.percent(evaluation.accuracy, decimals: 2)
          + " (\(Quantity.grouped(evaluation.correct)) of \(Quantity.grouped(evaluation.count)))",
      ])
      table.add(["test loss", Quantity.fixed(evaluation.loss, 4)])
      table.add(["train loss", Quantity.fixed(epoch.trainLoss, 4) + " (mean of the last epoch)"])
    } else {
      table.add(["test accuracy", "not measured: no epoch has ended"])
    }
    table.add(["precision", precisionText])
    if let lossScale {
      table.add(["loss scale", Quantity.fixed(Double(lossScale.scale), 0)])
      table.add([
        "skipped steps",
        Quantity.grouped(lossScale.skippedSteps) + " (a gradient was infinite or undefined)",
      ])
    }
    if fusion != .on { table.add(["fusion", fusion.rawValue]) }
    if let lastLoss { table.add(["last step's loss", Quantity.fixed(lastLoss, 4)]) }
    return ["Result"] + table.lines(indent: "  ")
  }

  private var precisionText: String {
    precision.policy.rawValue
      + (precision.usesStochasticRounding ? ", new state rounded by chance" : "")
      + (quantizeAware ? ", quantization-aware: evaluated as if in int8" : "")
  }

  private static func timeLines(_ cost: CostReport, config: String) -> [String] {
    var table = TextTable([.left, .left])
    let clock = Quantity.engineering(cost.clockMegahertz * 1e6, "Hz")
    table.add(["total", "\(Quantity.grouped(cost.totalCycles.count)) cycles"])
    table.add([
      "a step",
      "\(Quantity.grouped(cost.step.steady.cycles.count)) cycles \(cost.step.steadyTitle), "
        + "\(Quantity.grouped(cost.step.cold.cycles.count)) cold (the first)",
    ])
    table.add([
      "simulated time", Quantity.engineering(cost.simulatedSeconds, "s") + " at \(clock)",
    ])
    table.add([
      "MXU utilisation",
      Quantity.percent(cost.utilization, decimals: 2)
        + " of \(Quantity.grouped(cost.step.peakMACsPerCycle)) multiply-accumulates a cycle",
    ])
    let passes = cost.evaluationPasses.count
    table.add([
      "evaluation",
      "\(Quantity.grouped(cost.evaluationCycles.count)) cycles, "
        + Quantity.engineering(cost.evaluationEnergy.joules, "J")
        + " in \(passes) \(passes == 1 ? "pass" : "passes"), not in the totals",
    ])
    return ["Simulated time (\(config), training steps)"] + table.lines(indent: "  ")
  }

  private static func cycleLines(_ cost: CostReport) -> [String] {
    var table = TextTable([.left, .right, .right, .right])
    table.add(["", "total", "share", "a steady step"])
    let steady = cost.step.attribution(of: cost.step.steady)
    let total = max(1, cost.totalCycles.count)
    for (index, category) in CycleCategory.allCases.enumerated() {
      let cycles = cost.attribution[index].count
      table.add([
        category.title, Quantity.grouped(cycles),
        Quantity.percent(Double(cycles) / Double(total)),
        Quantity.grouped(steady[index].count),
      ])
    }
    return ["Where the cycles went"] + table.lines(indent: "  ")
  }

  private static func trafficLines(_ cost: CostReport) -> [String] {
    var table = TextTable([.left, .right, .right, .right])
    table.add(["", "read", "written", "a step"])
    for (title, level) in [
      (EnergyComponent.offChip.title(cost.step), MemoryLevel.offChip), ("CMEM", .cmem),
      (cost.step.hasCMEM ? "VMEM" : EnergyComponent.onChip.title(cost.step), .onChip),
    ] {
      guard let total = cost.traffic(level), let step = cost.step.traffic(level) else { continue }
      table.add([
        title, Quantity.engineering(Double(total.read.count), "B"),
        Quantity.engineering(Double(total.written.count), "B"),
        Quantity.engineering(Double(step.total.count), "B"),
      ])
    }
    return ["Memory traffic (\(Quantity.grouped(cost.step.ops.count)) operations a step)"]
      + table.lines(indent: "  ")
  }

  private static func energyLines(_ cost: CostReport) -> [String] {
    var table = TextTable([.left, .right, .right, .right, .right])
    table.add(["", "total", "a step", "an image", "share"])
    let steps = Double(max(1, cost.steps))
    func add(_ title: String, _ joules: Double) {
      let share = joules / max(cost.energy.total.joules, .leastNormalMagnitude)
      table.add([
        title, Quantity.engineering(joules, "J"), Quantity.engineering(joules / steps, "J"),
        Quantity.engineering(joules / steps / Double(cost.batchSize), "J"),
        Quantity.percent(share),
      ])
    }
    for component in EnergyComponent.allCases {
      add(component.title(cost.step), cost.energy[component].joules)
    }
    add("total", cost.energy.total.joules)
    return ["Energy"] + table.lines(indent: "  ")
  }

  private var hostLines: [String] {
    var table = TextTable([.left, .left])
    table.add([
      "time",
      Quantity.engineering(hostSeconds, "s")
        + " (training steps \(Quantity.engineering(summary.trainSeconds, "s")), "
        + "compilation of the step \(Quantity.engineering(compileSeconds, "s")) before)",
    ])
    table.add(["rate", Quantity.engineering(samplesPerSecond, "samples/s")])
    if let slowdown {
      table.add(["slowdown", Self.factor(slowdown) + " the simulated time"])
    }
    table.add(["peak memory", Bytes(peakMemoryBytes).description])
    if let runFile {
      table.add(["run file", runFile + (runFileBytes.map { " (\(Bytes($0)))" } ?? "")])
    }
    if let checkpoint { table.add(["checkpoint", checkpoint]) }
    return ["Host"] + table.lines(indent: "  ")
  }

  /// `12.3 x`.
  private static func factor(_ value: Double) -> String {
    (value < 1000 ? Quantity.fixed(value, value < 10 ? 2 : 1) : Quantity.grouped(Int(value)))
      + " x"
  }
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
