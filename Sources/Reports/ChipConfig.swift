package import ConfigFiles
internal import SystolicModel

/// A configuration that chips are made of, as `simtrain config` shows it.
package struct ChipConfig {
  private enum Content {
    case chip(Chip)
    case energy(EnergyTable)
    case memory(DRAMStandard)
    case area(AreaTable)
  }

  private let content: Content

  /// Decodes `document`; `nil` if its kind is none of a chip's.
  ///
  /// - Throws: what is wrong with it.
  package init?(
    _ document: ConfigDocument, kind: ConfigKind, library: ConfigLibrary
  ) throws(ConfigError) {
    switch kind {
    case .chips: content = .chip(try Chip(document: document, library: library))
    case .energy: content = .energy(try document.decode(EnergyTable.self))
    case .dram: content = .memory(try document.decode(DRAMStandard.self))
    case .area: content = .area(try document.decode(AreaTable.self))
    case .models: return nil
    }
  }

  /// What it is, in one line.
  package var summary: String {
    switch content {
    case .chip(let chip): ChipReport(chip: chip).summary()
    case .energy(let table): "\(table.name): \(table.description)"
    case .memory(let standard): "\(standard.name): \(standard.description)"
    case .area(let table): "\(table.name): \(table.description)"
    }
  }

  /// What follows from it, as YAML comments; empty if nothing does.
  package var comments: String {
    if case .chip(let chip) = content { ChipReport(chip: chip).comments } else { "" }
  }

  /// What a list of its kind says of it in JSON.
  package var members: [JSONValue.Member] {
    switch content {
    case .chip(let chip):
      let area = chip.area
      let chip = chip.architecture
      return [
        .init("description", .text(chip.description)),
        .init("cores", .integer(chip.cores)),
        .init("peakFlopsPerSecond", .real(chip.peakFlopsPerSecond)),
        .init("clockHertz", .real(chip.clockHertz)),
        .init("vmemBytesPerCore", .integer(chip.vmem.capacityBytes)),
        .init("memory", .text(chip.dram.kind)),
        .init("memoryBytes", .integer(chip.dramBytesPerCore * chip.cores)),
        .init("memoryBytesPerSecond", .real(chip.dram.bandwidthGigabytesPerSecond * 1e9)),
        .init(
          "areaSquareMillimetres", area.map { .real($0.squareMillimetres.typical) } ?? .null),
      ]
    case .energy(let table):
      return [
        .init("description", .text(table.description)),
        .init("processNanometres", .real(table.processNanometres)),
      ]
    case .memory(let standard):
      return [
        .init("description", .text(standard.description)),
        .init("clockMegahertz", .real(standard.clockMegahertz)),
      ]
    case .area(let table):
      return [
        .init("description", .text(table.description)),
        .init("referenceProcess", .text(table.referenceProcess)),
        .init("processes", .list(table.processes.keys.sorted().map { .text($0) })),
      ]
    }
  }

  /// Configurations of one kind as a table.
  package static func listing(
    _ configs: [(name: String, config: ChipConfig)], of kind: ConfigKind
  ) -> String {
    if kind == .chips {
      return ChipReport.listing(
        configs.compactMap { name, config in
          if case .chip(let chip) = config.content { (name, chip) } else { nil }
        })
    }
    var table = TextTable([.left, .right, .left, .left])
    table.add(["name", kind == .dram ? "clock" : "process", "description"])
    for (name, config) in configs {
      switch config.content {
      case .chip: break
      case .energy(let energy):
        table.add([name, Quantity.fixed(energy.processNanometres, 0) + " nm", energy.description])
      case .memory(let standard):
        let clock = Quantity.engineering(standard.clockMegahertz * 1e6, "Hz")
        table.add([name, clock, standard.description])
      case .area(let areas):
        table.add([name, areas.referenceProcess, areas.description])
      }
    }
    return table.lines().joined(separator: "\n") + "\n"
  }
}
