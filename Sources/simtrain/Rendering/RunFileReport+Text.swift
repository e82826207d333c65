internal import DeviceAPI
internal import Reports
internal import RunLog
internal import Units

extension RunFileReport {
  /// The summary for a person.
  var text: String {
    var lines = headerLines
    if chain.parts.count > 1 { lines += [""] + chain.lines }
    if !chain.epochs.isEmpty { lines += [""] + epochLines }
    if !hasTraining { lines += [""] + summaryLines }
    for executable in executables {
      if let cost = executable.simulated {
        lines += [""] + Self.costLines(executable.name, cost)
        lines += [""] + opLines(cost)
        if !cost.tensors.isEmpty { lines += [""] + tensorLines(cost) }
        lines += [""] + Self.unitLines(cost)
        lines += [""] + Self.energyLines(cost)
      } else if let measured = executable.measured {
        lines += ["", Self.measuredLine(executable.name, measured)]
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headerLines: [String] {
    var table = TextTable([.left, .left])
    table.add(["status", status.title + (failure.map { ": " + $0 } ?? "")])
    table.add(["written by", header.generator])
    table.add(["command", header.commandLine.map(ResumeHint.quoted).joined(separator: " ")])
    table.add(["device", header.device + (header.config.map { " (\($0.name))" } ?? "")])
    table.add(["model", header.model + " on " + header.dataset])
    table.add(["seed", "\(header.seed)"])
    table.add([
      "settings", header.hyperParameters.map { "\($0.name) \($0.value)" }.joined(separator: ", "),
    ])
    if hasTraining {
      table.add([
        "steps",
        Quantity.grouped(steps.count)
          + (steps.last.map { ", last loss \(Quantity.fixed(Double($0.loss), 4))" } ?? ""),
      ])
    }
    if let cycles = steps.totalCycles { table.add(["cycles", Quantity.grouped(cycles.count)]) }
    if let energy = steps.totalEnergy {
      table.add(["energy", Quantity.engineering(energy.joules, "J")])
    }
    if let continuation = header.continuation {
      table.add([
        "continues",
        (continuation.runFile ?? continuation.checkpoint)
          + " from step \(Quantity.grouped(continuation.firstStep)) on",
      ])
    }
    if let gap = chain.gap { table.add(["not shown", "what was before: \(gap)"]) }
    return [path] + table.lines(indent: "  ")
  }

  private var epochLines: [String] {
    var table = TextTable([.right, .right, .right, .right, .right, .right])
    table.add(["epoch", "train loss", "test loss", "test accuracy", "time", "rate"])
    for epoch in chain.epochs {
      table.add([
        "\(epoch.epoch)", Quantity.fixed(epoch.trainLoss, 4), Quantity.fixed(epoch.testLoss, 4),
        Quantity.percent(epoch.testAccuracy, decimals: 2),
        Quantity.engineering(epoch.seconds, "s"),
        Quantity.engineering(epoch.samplesPerSecond, "samples/s"),
      ])
    }
    return [chain.parts.count > 1 ? "Metrics of all runs" : "Metrics"] + table.lines(indent: "  ")
  }

  private static func costLines(_ name: String, _ cost: SimulatedCost) -> [String] {
    let attribution = cost.attribution(of: cost.steady)
    let total = max(1, cost.steady.cycles.count)
    let parts = zip(CycleCategory.allCases, attribution).filter { $1 > .zero }.map {
      "\($0.title) \(Quantity.percent(Double($1.count) / Double(total)))"
    }
    return [
      "Executable '\(name)': \(Quantity.grouped(cost.steady.cycles.count)) cycles \(cost.steadyTitle), "
        + "\(Quantity.grouped(cost.cold.cycles.count)) cold, "
        + "at \(Quantity.engineering(cost.clockMegahertz * 1e6, "Hz")), MXU utilisation "
        + Quantity.percent(cost.utilization, decimals: 2),
      "  " + parts.joined(separator: ", "),
    ] + cost.dependenceLines.map { "  " + $0 }
  }

  private func opLines(_ cost: SimulatedCost) -> [String] {
    var table = TextTable([.left, .left, .left, .right, .right, .right, .right])
    table.add(["operation", "kind", "unit", "busy cycles", "MACs", "DRAM bytes", "energy"])
    for op in Self.longest(cost, count: top) {
      table.add([
        op.name, Self.shortened(op.kind, to: 40),
        cost.unitNames.indices.contains(op.unit) ? cost.unitNames[op.unit] : "\(op.unit)",
        Quantity.grouped(op.cycles.count), Quantity.grouped(op.macs),
        Quantity.grouped(Self.offChipBytes(op.traffic)),
        Quantity.engineering(op.energy.total.joules, "J"),
      ])
    }
    let rest = cost.ops.count - min(top, cost.ops.count)
    return ["  Cycles by operation"] + table.lines(indent: "    ")
      + (rest > 0 ? ["    and \(rest) more"] : [])
  }

  private func tensorLines(_ cost: SimulatedCost) -> [String] {
    var table = TextTable([.left, .right, .left, .right, .right, .right, .right, .right, .right])
    table.add([
      "tensor", "bytes", "lives in", "loads", "stores", "DRAM bytes", "on-chip bytes", "energy",
      "on chip in cycles",
    ])
    for tensor in Self.busiest(cost, count: top) {
      table.add([
        Self.shortened(tensor.name, to: 40), Quantity.grouped(tensor.bytes.count),
        tensor.home.title, Quantity.grouped(tensor.loads), Quantity.grouped(tensor.stores),
        Quantity.grouped(Self.offChipBytes(tensor.traffic)),
        Quantity.grouped(tensor.traffic[MemoryLevel.onChip.index].total.count),
        Quantity.engineering(tensor.energy.total.joules, "J"),
        tensor.lifetime.map {
          "\(Quantity.grouped($0.lowerBound)) to \(Quantity.grouped($0.upperBound))"
        } ?? "never",
      ])
    }
    let rest = cost.tensors.count - min(top, cost.tensors.count)
    return ["  Bytes by tensor, cycles of the cold execution"] + table.lines(indent: "    ")
      + (rest > 0 ? ["    and \(rest) more"] : [])
  }

  private static func unitLines(_ cost: SimulatedCost) -> [String] {
    var table = TextTable([.left, .right, .left, .left])
    table.add(["unit", "busy", "at work on", "waiting for"])
    let total = max(1, cost.steady.cycles.count)
    func shares(_ names: [String], _ cycles: [Cycles]) -> String {
      zip(names, cycles).filter { $1 > .zero }.map {
        "\($0) \(Quantity.percent(Double($1.count) / Double(total)))"
      }.joined(separator: ", ")
    }
    for unit in cost.steady.units {
      table.add([
        unit.name, Quantity.percent(Double(unit.busyCycles.count) / Double(total)),
        shares(BusyKind.allCases.map(\.rawValue), unit.busy),
        shares(StallCause.allCases.map(\.rawValue), unit.stalls),
      ])
    }
    return ["  Units in a steady execution"] + table.lines(indent: "    ")
  }

  private static func energyLines(_ cost: SimulatedCost) -> [String] {
    var table = TextTable([.left, .right, .right])
    let energy = cost.steady.energy
    let total = max(energy.total.joules, .leastNormalMagnitude)
    for component in EnergyComponent.allCases {
      let joules = energy[component].joules
      table.add([
        component.title(cost), Quantity.engineering(joules, "J"),
        Quantity.percent(joules / total),
      ])
    }
    table.add(["total", Quantity.engineering(energy.total.joules, "J"), "100.0 %"])
    return ["  Energy of a steady execution"] + table.lines(indent: "    ")
  }

  private static func measuredLine(_ name: String, _ measured: MeasuredCost) -> String {
    "Executable '\(name)': \(Quantity.grouped(measured.executions)) executions in "
      + Quantity.engineering(measured.totalSeconds, "s") + ", "
      + Quantity.engineering(
        measured.totalSeconds / Double(max(1, measured.executions)), "s") + " each"
  }

  private static func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }
}

extension RunStatus {
  /// In reports.
  var title: String {
    switch self {
    case .running: "running, or killed"
    case .finished: "finished"
    case .interrupted: "interrupted"
    case .failed: "failed"
    }
  }
}

extension MemoryLevel {
  /// In reports.
  var title: String {
    switch self {
    case .host: "host"
    case .offChip: "DRAM"
    case .onChip: "VMEM"
    case .accumulators: "accumulators"
    case .cmem: "CMEM"
    }
  }
}
