public import ConfigFiles

/// A chip that is ready to be compiled for: its architecture and the energy figures it needs.
public struct Chip: Hashable, Sendable {
  /// The chip.
  public let architecture: ChipArchitecture
  /// The energy table that the chip names.
  public let energyTable: EnergyTable
  /// Energy of a bit of the chip's DRAM, in picojoules.
  public let dramPicojoulesPerBit: EnergyRange
  /// Energy of rows and bits apart, if DRAM is modelled by banks and the table has both.
  public let dramRowEnergies: DRAMRowEnergies?

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
      architecture.dramStandard = try Self.document(
        banked.standard, kind: .dram, key: "dram.banked.standard", document, library
      ).decode(DRAMStandard.self)
      try Self.located(document) { () throws(ConfigIssue) in try architecture.validateChannels() }
    }
    let table = try Self.document(
      architecture.energy.table, kind: .energy, key: "energy.table", document, library
    ).decode(EnergyTable.self)
    try self.init(architecture: architecture, energyTable: table, document: document)
  }

  /// A file that the chip names; a name that leads nowhere, or to a file of another kind, is an
  /// error at the chip's key.
  private static func document(
    _ name: String, kind: ConfigKind, key: String, _ document: ConfigDocument,
    _ library: ConfigLibrary
  ) throws(ConfigError) -> ConfigDocument {
    let path = try path(name, kind: kind, key: key, document, library)
    let found = try ConfigDocument(contentsOf: path)
    if let other = ConfigKind(of: found), other != kind {
      throw ConfigError(
        document.location(of: key),
        .invalid(path: key, reason: "is '\(name)', which is \(other.noun), not \(kind.noun)"))
    }
    return found
  }

  private static func path(
    _ name: String, kind: ConfigKind, key: String, _ document: ConfigDocument,
    _ library: ConfigLibrary
  ) throws(ConfigError) -> String {
    do {
      return try library.path(of: name, kind: kind.rawValue)
    } catch {
      let problem: ConfigProblem =
        switch error.problem {
        case .unknownName(let name, let names, _, _):
          .unknownChoice(
            path: key,
            found: "'\(name)'"
              + (ConfigKind(named: name, in: library).map { ", which is \($0.noun)" } ?? ""),
            choices: names)
        default: .invalid(path: key, reason: "is '\(name)', and no such file is there")
        }
      throw ConfigError(document.location(of: key), problem)
    }
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
    architecture: ChipArchitecture, energyTable: EnergyTable, document: ConfigDocument
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
    if architecture.cmem != nil && energyTable.cmemPicojoulesPerByte == nil {
      throw ConfigError(
        document.location(of: "cmem"),
        .invalid(
          path: "cmem",
          reason: "needs 'cmemPicojoulesPerByte', which the energy table '\(energyTable.name)' has "
            + "not. Add the figure, or name another table at energy.table"))
    }
    self.architecture = architecture
    self.energyTable = energyTable
    dramPicojoulesPerBit = energy
    dramRowEnergies = architecture.dram.model == .banked ? energyTable.dramRows?[kind] : nil
  }
}
