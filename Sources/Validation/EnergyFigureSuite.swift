internal import ConfigFiles
internal import SystolicModel

extension ValidationSuite {
  /// Every figure of the energy tables that has one source, and idle power.
  package static let energyFigures = ValidationSuite(
    name: "energy-figures", title: "Energy tables and idle power against their sources",
    bound: .meanAbsolutePercentageError(1),
    notes: [
      "What each typical figure of `Configs/Energy` derives from; differences are rounding. Figures "
        + "that the tables mark as assumed have nothing to be compared with."
    ]
  ) { library throws(ValidationError) in
    var rows: [ValidationRow] = []
    for row in try ReferenceTable("energy_figures.csv", library: library).rows {
      let (name, figure) = (try row.text("table"), try row.text("figure"))
      let table = try ValidationError.at(name) {
        try library.document(name, kind: "Energy").decode(EnergyTable.self)
      }
      guard let (value, unit) = table.figure(figure) else {
        throw ValidationError(
          "\(row.file):\(row.line)", "the table '\(name)' has no figure '\(figure)'")
      }
      rows.append(
        ValidationRow(
          name: "\(name) \(figure)", quantity: unit, measured: try row.number("picojoules"),
          modelled: value.typical))
    }
    for row in try ReferenceTable("idle_power.csv", library: library).rows {
      let name = try row.text("chip")
      let chip = try ValidationError.at(name) { try Chip.load(name, library: library) }
      rows.append(
        ValidationRow(
          name: "\(name) idle", quantity: "W", measured: try row.number("watts"),
          modelled: chip.architecture.energy.idleWatts))
    }
    return rows
  }
}

extension EnergyTable {
  /// A figure by a name in two words, with its unit: `mac int8`, `dram HBM2`.
  fileprivate func figure(_ name: String) -> (PublishedRange, unit: String)? {
    switch name {
    case "mac int8": return (macPicojoules.int8, "pJ")
    case "mac bf16": return (macPicojoules.bf16, "pJ")
    case "mac fp16": return (macPicojoules.fp16, "pJ")
    case "mac fp32": return (macPicojoules.fp32, "pJ")
    case "vector add": return (vectorPicojoules.add, "pJ")
    case "vector multiply": return (vectorPicojoules.multiply, "pJ")
    case "vmem read": return (vmemPicojoulesPerByte.read, "pJ a byte")
    case "accumulator read": return (accumulatorPicojoulesPerByte.read, "pJ a byte")
    default:
      guard name.hasPrefix("dram ") else { return nil }
      return dramPicojoulesPerBit(kind: String(name.dropFirst(5))).map { ($0, "pJ a bit") }
    }
  }
}
