package import DeviceAPI
package import SystolicModel
package import SystolicSim
internal import Units

/// What a whole program costs, rendered.
package struct WholeProgram {
  package let lines: [String]
  package let json: JSONValue
  /// `nil` where the device refuses the program.
  package let profile: ExecutionProfile?

  package init(lines: [String], json: JSONValue, profile: ExecutionProfile?) {
    self.lines = lines
    self.json = json
    self.profile = profile
  }
}

/// An estimate as a table.
package struct EstimateReport {
  let estimate: WorkloadEstimate
  let workload: Workload
  let chip: Chip
  let config: String
  let options: EstimateOptions
  /// The program whose products the workload is.
  package let program: WholeProgram?

  package init(
    estimate: WorkloadEstimate, workload: Workload, chip: Chip, config: String,
    options: EstimateOptions, program: WholeProgram? = nil
  ) {
    self.estimate = estimate
    self.workload = workload
    self.chip = chip
    self.config = config
    self.options = options
    self.program = program
  }

  package var text: String {
    var lines = [ChipReport(chip: chip).summary(of: options.operandType), settings, ""]
    if !layers.isEmpty { lines += times + [""] + stalls + [""] + traffic + [""] + energy }
    if options.explains {
      for layer in estimate.layers { lines += [""] + ScheduleReport(layer: layer).lines }
    }
    if let program { lines += [""] + program.lines }
    if !notes.isEmpty { lines += ["", "notes"] + notes.map { "  " + $0 } }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The mappings of the layers, as a file.
  package var mappings: String {
    WorkloadMapping(layers: estimate.layers.compactMap(\.mapping)).yaml
  }

  /// Each layer with its figures.
  var layers: [(layer: Workload.Layer, estimate: LayerEstimate)] {
    Array(zip(workload.layers, estimate.layers))
  }

  /// What the reader of the workload left out, and how layers were understood that could be taken
  /// otherwise; such layers have a `*` in the tables.
  private var notes: [String] {
    workload.notes
      + workload.layers.flatMap { layer in layer.notes.map { "* \(layer.name): \($0)" } }
  }

  private var settings: String {
    "\(estimate.name): \(options.operandType.rawValue), resident: \(residentNames)"
      + (options.repeats > 1 ? ", one of \(options.repeats) repeats" : ", one execution")
      + (options.cores > 1 ? ", on \(options.cores) cores" : "")
  }

  /// The operands that lie on chip.
  package var residentNames: String {
    if let resident = options.resident { return Self.names(resident) }
    let sets = Set(estimate.layers.map(\.resident))
    guard let only = sets.first, sets.count == 1 else {
      return "what fits of inputs and outputs, as each layer's 'resident' of --json says"
    }
    return "\(Self.names(only)) (what fits of inputs and outputs)"
  }

  private static func names(_ resident: ResidentOperands) -> String {
    let names = ResidentOperands.names.filter { resident.contains($0.operand) }.map(\.name)
    return names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }

  /// Layers, and a total below them if there are several.
  private var rows: [(name: String, layer: LayerEstimate)] {
    var rows = layers.map { layer, estimate in
      let name = layer.name + (layer.notes.isEmpty ? "" : " *")
      return (layer.count > 1 ? "\(layer.count) x \(name)" : name, estimate)
    }
    if estimate.layers.count > 1 || estimate.layers.contains(where: { $0.count > 1 }) {
      rows.append(("total", estimate.total))
    }
    return rows
  }

  private var times: [String] {
    var table = TextTable([.left, .right, .right, .right, .right, .right, .right, .left])
    table.add([
      "layer", "M x K x N", "array cycles", "cycles", "time", "utilisation", "mapping", "bound",
    ])
    for (name, layer) in rows {
      let divided = layer.split.map { ", \($0.dimension.rawValue) over \($0.cores) cores" } ?? ""
      let gemm = layer.gemm
      let groups = layer.batch > 1 ? "\(layer.batch) x " : ""
      table.add([
        name, layer.batch == 0 ? "" : "\(groups)\(gemm.m) x \(gemm.k) x \(gemm.n)",
        Quantity.grouped(layer.computeCycles.count), Quantity.grouped(layer.totalCycles.count),
        Quantity.engineering(layer.microseconds * 1e-6, "s"),
        Quantity.percent(layer.utilization), Quantity.percent(layer.mappingEfficiency),
        layer.bound.rawValue + divided,
      ])
    }
    return table.lines()
  }

  private var stalls: [String] {
    var table = TextTable([.left] + Array(repeating: .right, count: 11))
    let causes = StallCause.allCases
    table.add(
      ["matrix unit, cycles", "compute", "fill/drain", "weight load"]
        + causes.map { Self.name(of: $0) } + ["VMEM contention"])
    for (name, layer) in rows {
      let busy: [BusyKind] = [.compute, .fillDrain, .weightLoad]
      table.add(
        [name]
          + busy.map { Quantity.grouped(layer.mxu.busy[$0].count) }
          + causes.map { Quantity.grouped(layer.mxu.stalls[$0].count) }
          + [Quantity.grouped(layer.contentionCycles.count)])
    }
    return table.lines()
  }

  static func name(of cause: StallCause) -> String {
    switch cause {
    case .dma: "waits for DMA"
    case .matrixUnit: "for itself"
    case .vectorUnit: "for vector"
    case .memorySpace: "for space"
    case .onChipPorts: "for VMEM ports"
    case .launch: "for launch"
    case .idle: "idle"
    }
  }

  private var traffic: [String] {
    var levels: [(level: MemoryLevel, titles: [String])] = [
      (.offChip, ["DRAM read", "DRAM written"]), (.onChip, ["VMEM read", "VMEM written"]),
      (.accumulators, ["sums read", "sums written"]),
    ]
    if chip.architecture.cmem != nil {
      levels.insert((.cmem, ["CMEM read", "CMEM written"]), at: 1)
    }
    var table = TextTable([.left] + Array(repeating: .right, count: 2 * levels.count + 1))
    table.add(["bytes"] + levels.flatMap(\.titles) + ["FLOP a DRAM byte"])
    for (name, layer) in rows {
      var cells = [name]
      for level in levels {
        let traffic = layer.traffic[level.level.index]
        cells += [
          Quantity.engineering(Double(traffic.read.count), "B"),
          Quantity.engineering(Double(traffic.written.count), "B"),
        ]
      }
      table.add(
        cells + [layer.operationalIntensity.map { Quantity.fixed($0, 1) } ?? "no DRAM traffic"])
    }
    return table.lines()
  }

  private var energy: [String] {
    let components = EnergyComponent.allCases.filter { $0 != .hostLink }
    var table = TextTable([.left] + Array(repeating: .right, count: components.count + 1))
    table.add(["energy", "total"] + components.map(\.rawValue))
    for (name, layer) in rows {
      table.add(
        [name, Quantity.engineering(layer.energyPicojoules * 1e-12, "J")]
          + components.map { Quantity.engineering(layer.energy[$0].joules, "J") })
    }
    return table.lines()
  }
}

extension [Cycles] {
  subscript(kind: BusyKind) -> Cycles {
    BusyKind.allCases.firstIndex(of: kind).map { self[$0] } ?? .zero
  }

  subscript(cause: StallCause) -> Cycles {
    StallCause.allCases.firstIndex(of: cause).map { self[$0] } ?? .zero
  }
}
