/// The area of a die: its parts counted, each times a published figure, scaled to its process.
package struct AreaModel: Sendable {
  private let table: AreaTable
  private let interface: AreaTable.MemoryInterface
  /// How much larger logic, and how much larger memory is than in the table's process.
  private let logicScale: Double
  private let memoryScale: Double

  /// - Returns: `nil` if the table has no such process or kind of DRAM.
  package init?(table: AreaTable, process: String, memoryKind: String) {
    guard let reference = table.processes[table.referenceProcess],
      let process = table.processes[process], let interface = table.memoryInterfaces[memoryKind]
    else { return nil }
    self.table = table
    self.interface = interface
    logicScale =
      reference.logicMegatransistorsPerSquareMillimetre
      / process.logicMegatransistorsPerSquareMillimetre
    memoryScale = process.memoryCellSquareMicrometres / reference.memoryCellSquareMicrometres
  }

  /// The parts that the die has, and the rest.
  package func area(of die: DieInventory) -> AreaBreakdown {
    var parts: [AreaBreakdown.Part] = []
    func add(_ name: String, _ title: String, _ areas: [PublishedRange]) {
      let area = PublishedRange.sum(of: areas)
      if area.typical > 0 { parts.append(.init(name: name, title: title, squareMillimetres: area)) }
    }
    add("mxu", "matrix units", [logic(die.processingElements, element(die.elementType))])
    let units = table.arithmeticUnits
    add(
      "vpu", "vector units",
      [
        logic(die.fp64Units, units.fp64SquareMicrometres),
        logic(die.fp32Units, units.fp32SquareMicrometres),
        logic(die.int32Units, units.int32SquareMicrometres),
      ])
    let memory = table.memorySquareMillimetresPerMebibyte
    add("accumulators", "accumulators", [self.memory(die.accumulatorBytes, memory.scratchpad)])
    add("vmem", "VMEM", [self.memory(die.vmemBytes, memory.scratchpad)])
    add("cmem", "CMEM", [self.memory(die.cmemBytes, memory.scratchpad)])
    add("cache", "caches and registers", [self.memory(die.cacheBytes, memory.cache)])
    let stacks = Double(die.memoryStacks)
    add("dramPHY", "\(die.memoryKind) PHYs", [stacks * interface.phySquareMillimetres])
    add(
      "dramController", "\(die.memoryKind) controllers",
      [stacks * logicScale * interface.controllerSquareMillimetres])
    let (links, lanes) = (Double(die.chipLinks), Double(die.hostLanes))
    add("chipLinkPHY", "PHYs of links to chips", [links * table.chipLink.phySquareMillimetres])
    add(
      "chipLinkController", "controllers of links to chips",
      [links * logicScale * table.chipLink.controllerSquareMillimetres])
    add(
      "hostLink", "link to the host",
      [
        lanes * table.hostLane.phySquareMillimetres,
        lanes * logicScale * table.hostLane.controllerSquareMillimetres,
      ])
    let sum = PublishedRange.sum(of: parts.map(\.squareMillimetres))
    let rest = PublishedRange(
      typical: sum.typical * table.restShare.typical, low: sum.low * table.restShare.low,
      high: sum.high * table.restShare.high)
    add("rest", "the rest", [rest])
    return AreaBreakdown(parts: parts)
  }

  private func element(_ type: AreaParameters.ProcessingElement) -> PublishedRange {
    switch type {
    case .int8: table.processingElements.int8SquareMicrometres
    case .bf16: table.processingElements.bf16SquareMicrometres
    }
  }

  private func logic(_ count: Int, _ squareMicrometres: PublishedRange) -> PublishedRange {
    Double(count) * logicScale * 1e-6 * squareMicrometres
  }

  private func memory(_ bytes: Int, _ perMebibyte: PublishedRange) -> PublishedRange {
    Double(bytes) / 1_048_576 * memoryScale * perMebibyte
  }
}

extension Chip {
  /// The area of the chip's die; `nil` where its file has no `area`.
  package var area: AreaBreakdown? {
    guard let table = areaTable, let parameters = architecture.area,
      let interface = table.memoryInterfaces[architecture.dram.kind]
    else { return nil }
    let model = AreaModel(
      table: table, process: parameters.process, memoryKind: architecture.dram.kind)
    return model?.area(of: DieInventory(of: architecture, parameters, interface))
  }
}
