internal import SystolicModel
internal import Units

/// What follows from an architecture.
struct ChipReport {
  let chip: Chip

  /// One line of key figures; the peak is that of products of one type.
  func summary(of type: OperandType = .bf16) -> String {
    let a = chip.architecture
    let peak = a.peakFlopsPerSecond * (a.mxu.relativeRates[type] ?? 1)
    return "\(a.name): \(a.cores) \(a.cores == 1 ? "core" : "cores"), "
      + "\(a.mxu.count) MXU of \(a.mxu.rows) x \(a.mxu.columns) a core at "
      + Quantity.engineering(a.clockHertz, "Hz") + ", peak "
      + Quantity.engineering(peak, type == .int8 ? "OP/s" : "FLOP/s") + " \(type.rawValue)"
  }

  /// Derived quantities as YAML comments, so that the whole stays a configuration.
  var comments: String {
    let a = chip.architecture
    var table = TextTable([.left, .left])
    func add(_ title: String, _ value: String) { table.add([title, value]) }
    add("peak of the chip", Quantity.engineering(a.peakFlopsPerSecond, "FLOP/s"))
    add(
      "peak of a core",
      Quantity.engineering(a.peakFlopsPerSecondPerCore, "FLOP/s")
        + ", \(Quantity.grouped(a.mxu.macsPerCycle)) multiply-accumulates a cycle")
    add(
      "ridge point",
      Quantity.fixed(a.ridgeFlopsPerByte, 1) + " FLOP a byte of \(a.dram.kind)")
    add("VMEM of a core", Bytes(a.vmem.capacityBytes).description)
    if a.cmem != nil { add("CMEM of a core", Bytes(a.cmemBytesPerCore).description) }
    add(
      "\(a.dram.kind) of a core",
      "\(Bytes(a.dramBytesPerCore)), \(Quantity.fixed(a.dramBytesPerCyclePerCore, 1)) bytes a "
        + "cycle, latency \(Quantity.grouped(a.dramLatencyCycles)) cycles")
    add(
      "host link",
      "\(Quantity.fixed(a.hostLinkBytesPerCycle, 1)) bytes a cycle, latency "
        + "\(Quantity.grouped(a.hostLinkLatencyCycles)) cycles")
    add("launch of a program", "\(Quantity.grouped(a.launchOverheadCycles)) cycles")
    add(
      "idle power of a core",
      Quantity.engineering(a.idleWattsPerCore, "W") + ", "
        + Quantity.engineering(a.idlePicojoulesPerCycle * 1e-12, "J") + " a cycle")
    add(
      "power of the chip",
      Quantity.engineering(a.energy.idleWatts, "W") + " idle; busy arrays add "
        + Quantity.engineering(chip.busyArrayWatts, "W") + ", \(a.dram.kind) at full bandwidth "
        + Quantity.engineering(chip.busyDRAMWatts, "W"))
    add("energy table", chip.energyTable.name)
    return (["# Derived:"] + table.lines(indent: "#   ") + area).joined(separator: "\n") + "\n"
  }

  /// The die's area by part, as comments; none where the chip's file says nothing of it.
  private var area: [String] {
    guard let area = chip.area, let parameters = chip.architecture.area else { return [] }
    var table = TextTable([.left, .right, .right, .right])
    table.add(["", "mm2", "low", "high"])
    func add(_ title: String, _ range: PublishedRange) {
      table.add([title] + [range.typical, range.low, range.high].map { Quantity.fixed($0, 1) })
    }
    for part in area.parts { add(part.title, part.squareMillimetres) }
    add("the die", area.squareMillimetres)
    return ["# Area of the die, \(parameters.process), by the figures of \(parameters.table):"]
      + table.lines(indent: "#   ")
  }

  /// A table of architectures.
  static func listing(_ chips: [(name: String, chip: Chip)]) -> String {
    var table = TextTable([.left, .right, .left, .left, .left])
    table.add(["name", "peak", "VMEM of a core", "memory", "description"])
    for (name, chip) in chips {
      let a = chip.architecture
      table.add([
        name, Quantity.engineering(a.peakFlopsPerSecond, "FLOP/s"),
        Bytes(a.vmem.capacityBytes).description,
        "\(Bytes(a.dramBytesPerCore * a.cores)) \(a.dram.kind) at "
          + Quantity.engineering(a.dram.bandwidthGigabytesPerSecond * 1e9, "B/s"),
        a.description,
      ])
    }
    return table.lines().joined(separator: "\n") + "\n"
  }
}
