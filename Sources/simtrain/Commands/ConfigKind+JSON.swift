internal import ConfigFiles
internal import SystolicModel
internal import Training

extension ConfigKind {
  /// The key of the kind's list in JSON.
  var listName: String {
    switch self {
    case .chips: "architectures"
    case .models: "models"
    case .energy: "energyTables"
    case .dram: "memoryStandards"
    }
  }

  /// The named configurations of the kind.
  ///
  /// - Throws: what is wrong with one of them.
  func json(library: ConfigLibrary) throws -> JSONValue {
    .list(
      try library.names(of: rawValue).map { name in
        let path = try library.path(of: name, kind: rawValue)
        let document = try library.document(name, kind: rawValue)
        return .object(
          [.init("name", .text(name)), .init("file", .text(path))]
            + (try members(document, library: library)))
      })
  }

  private func members(
    _ document: ConfigDocument, library: ConfigLibrary
  ) throws -> [JSONValue.Member] {
    switch self {
    case .chips:
      let chip = try Chip(document: document, library: library).architecture
      return [
        .init("description", .text(chip.description)),
        .init("cores", .integer(chip.cores)),
        .init("peakFlopsPerSecond", .real(chip.peakFlopsPerSecond)),
        .init("clockHertz", .real(chip.clockHertz)),
        .init("vmemBytesPerCore", .integer(chip.vmem.capacityBytes)),
        .init("memory", .text(chip.dram.kind)),
        .init("memoryBytes", .integer(chip.dramBytesPerCore * chip.cores)),
        .init("memoryBytesPerSecond", .real(chip.dram.bandwidthGigabytesPerSecond * 1e9)),
      ]
    case .models:
      let description = try document.decode(ModelDescription.self).description
      return [
        .init("description", .text(description)),
        .init("parameters", .integer(try Self.parameterCount(document))),
      ]
    case .energy:
      let table = try document.decode(EnergyTable.self)
      return [
        .init("description", .text(table.description)),
        .init("processNanometres", .real(table.processNanometres)),
      ]
    case .dram:
      let standard = try document.decode(DRAMStandard.self)
      return [
        .init("description", .text(standard.description)),
        .init("clockMegahertz", .real(standard.clockMegahertz)),
      ]
    }
  }
}
