public import ConfigFiles

/// A chip that is ready to be compiled for: its architecture and the energy figures it needs.
public struct Chip: Hashable, Sendable {
  /// The chip.
  package let architecture: ChipArchitecture
  /// The energy table that the chip names.
  package let energyTable: EnergyTable
  /// The table of areas that the chip names; `nil` where it has no `area`.
  package let areaTable: AreaTable?
  /// Energy of a bit of the chip's DRAM, in picojoules.
  package let dramPicojoulesPerBit: PublishedRange
  /// Energy of rows and bits apart, if DRAM is modelled by banks and the table has both.
  package let dramRowEnergies: DRAMRowEnergies?

  /// Reads a chip and its energy table.
  ///
  /// - Parameters:
  ///   - nameOrPath: the name of a file of `Configs/Chips`, or a path.
  ///   - overrides: `KEY=VALUE`, as strict as the file.
  /// - Throws: what is wrong with either file; a kind of DRAM that the table lacks is an error at
  ///   the chip's `dram.kind`.
  public static func load(
    _ nameOrPath: String, overrides: [String] = [], library: ConfigLibrary
  ) throws(ConfigError) -> Chip {
    let document = try library.document(nameOrPath, kind: "Chips").applying(overrides: overrides)
    return try Chip(document: document, library: library)
  }

  /// Decodes a chip that is parsed already, and reads its energy table.
  public init(document: ConfigDocument, library: ConfigLibrary) throws(ConfigError) {
    var architecture = try document.decode(ChipArchitecture.self)
    if let banked = architecture.dram.banked {
      architecture.dramStandard = try library.document(
        named: banked.standard, at: "dram.banked.standard", of: document, kind: .dram
      ).decode(DRAMStandard.self)
      try Self.located(document) { () throws(ConfigIssue) in try architecture.validateChannels() }
    }
    let table = try library.document(
      named: architecture.energy.table, at: "energy.table", of: document, kind: .energy
    ).decode(EnergyTable.self)
    var areas: AreaTable?
    if let area = architecture.area {
      areas = try library.document(named: area.table, at: "area.table", of: document, kind: .area)
        .decode(AreaTable.self)
    }
    try self.init(
      architecture: architecture, energyTable: table, areaTable: areas, document: document)
  }

  /// Turns what is impossible into an error at its place in the document.
  private static func located(
    _ document: ConfigDocument, _ check: () throws(ConfigIssue) -> Void
  ) throws(ConfigError) {
    do {
      try check()
    } catch {
      throw ConfigError(
        document.location(of: error.path), .invalid(path: error.path, reason: error.reason))
    }
  }

  private init(
    architecture: ChipArchitecture, energyTable: EnergyTable, areaTable: AreaTable?,
    document: ConfigDocument
  ) throws(ConfigError) {
    let kind = architecture.dram.kind
    guard let energy = energyTable.dramPicojoulesPerBit(kind: kind) else {
      let known = energyTable.dramPicojoulesPerBit.keys.sorted().joined(separator: ", ")
      throw ConfigError(
        document.location(of: "dram.kind"),
        .invalid(
          path: "dram.kind",
          reason: "is '\(kind)', for which the energy table '\(energyTable.name)' has no figure "
            + "under 'dramPicojoulesPerBit'. Use one of: \(known); or add the figure"))
    }
    if let standard = architecture.dramStandard, standard.kind != kind {
      throw ConfigError(
        document.location(of: "dram.kind"),
        .invalid(
          path: "dram.kind",
          reason: "is '\(kind)', but 'dram.banked.standard' is \(standard.name), which is of kind "
            + "'\(standard.kind)'. Change one of the two"))
    }
    if architecture.cmem != nil && energyTable.cmemPicojoulesPerByte == nil {
      throw ConfigError(
        document.location(of: "cmem"),
        .invalid(
          path: "cmem",
          reason: "needs 'cmemPicojoulesPerByte', which the energy table '\(energyTable.name)' has "
            + "not. Add the figure, or name another table at energy.table"))
    }
    if let area = architecture.area, let areaTable {
      try Self.located(document) { () throws(ConfigIssue) in
        try areaTable.validate(area, memoryKind: kind)
      }
    }
    self.architecture = architecture
    self.energyTable = energyTable
    self.areaTable = areaTable
    dramPicojoulesPerBit = energy
    dramRowEnergies = architecture.dram.model == .banked ? energyTable.dramRows?[kind] : nil
  }
}
