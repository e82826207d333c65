package import ConfigFiles

/// Areas of the parts of a chip, as a file of `Configs/Area` states them.
///
/// Logic and memories are those of one process; on another, logic is larger by the ratio of the
/// processes' densities and memory by that of their cells. Analogue interfaces (PHYs) stay as large.
///
/// - Validity: densities and cells are the best that a process offers; what real designs make of them,
///   and all that is not counted (wires, clocks, control, test, unused area), is in `restShare`.
package struct AreaTable: Hashable, Sendable, Codable, Validatable {
  /// Short name, as in the file's name.
  package let name: String
  /// One line on what it is.
  package let description: String
  /// The process of all figures: a key under `processes`.
  package let referenceProcess: String
  /// Processes by name.
  package let processes: [String: Process]
  /// One processing element of an array with its registers, by what it multiplies.
  package let processingElements: ProcessingElementAreas
  /// One arithmetic unit of vector work.
  package let arithmeticUnits: ArithmeticUnitAreas
  /// On-chip memory, in square millimetres a MiB.
  package let memorySquareMillimetresPerMebibyte: MemoryAreas
  /// What a stack (or module) of DRAM takes on the die, by kind of memory.
  package let memoryInterfaces: [String: MemoryInterface]
  /// One lane of the link to the host.
  package let hostLane: LinkAreas
  /// One link to another chip.
  package let chipLink: LinkAreas
  /// Everything else, as a share of the sum of the parts.
  package let restShare: PublishedRange

  /// A process, in the terms by which areas scale.
  package struct Process: Hashable, Sendable, Codable, Validatable {
    /// Transistors of logic, 10⁶ on a square millimetre.
    package let logicMegatransistorsPerSquareMillimetre: Double
    /// A cell of static memory, in square micrometres.
    package let memoryCellSquareMicrometres: Double

    package func validate() throws(ConfigIssue) {
      try ConfigIssue.require(
        "logicMegatransistorsPerSquareMillimetre", logicMegatransistorsPerSquareMillimetre,
        in: 0.01...10_000)
      try ConfigIssue.require(
        "memoryCellSquareMicrometres", memoryCellSquareMicrometres, in: 0.0001...100)
    }
  }

  /// Areas of a processing element, in square micrometres.
  package struct ProcessingElementAreas: Hashable, Sendable, Codable {
    package let int8SquareMicrometres: PublishedRange
    package let bf16SquareMicrometres: PublishedRange
  }

  /// Areas of arithmetic units, in square micrometres.
  package struct ArithmeticUnitAreas: Hashable, Sendable, Codable {
    package let fp64SquareMicrometres: PublishedRange
    package let fp32SquareMicrometres: PublishedRange
    package let int32SquareMicrometres: PublishedRange
  }

  /// Areas of on-chip memory by how it is managed.
  package struct MemoryAreas: Hashable, Sendable, Codable {
    /// Large, managed by programs.
    package let scratchpad: PublishedRange
    /// Caches with their tags, register files.
    package let cache: PublishedRange
  }

  /// The die's side of a stack (or module) of DRAM.
  package struct MemoryInterface: Hashable, Sendable, Codable, Validatable {
    /// The most that it moves, 10⁹ bytes a second; a chip with more bandwidth has several.
    package let bandwidthGigabytesPerSecond: Double
    package let phySquareMillimetres: PublishedRange
    package let controllerSquareMillimetres: PublishedRange

    package func validate() throws(ConfigIssue) {
      try ConfigIssue.require(
        "bandwidthGigabytesPerSecond", bandwidthGigabytesPerSecond, in: Limits.gigabytesPerSecond)
    }
  }

  /// A serial link.
  package struct LinkAreas: Hashable, Sendable, Codable {
    package let phySquareMillimetres: PublishedRange
    package let controllerSquareMillimetres: PublishedRange
  }

  package func validate() throws(ConfigIssue) {
    if processes[referenceProcess] == nil {
      throw ConfigIssue(
        "referenceProcess",
        "must be a key under 'processes': \(processes.keys.sorted().joined(separator: ", ")); "
          + "found '\(referenceProcess)'")
    }
  }

  /// - Throws: where the table has no figures for a chip.
  func validate(_ chip: AreaParameters, memoryKind: String) throws(ConfigIssue) {
    func missing(_ path: String, _ value: String, _ place: String, _ known: [String]) -> ConfigIssue
    {
      ConfigIssue(
        path,
        "is '\(value)', for which the table of areas '\(name)' has no figures under '\(place)'. Use "
          + "one of: \(known.sorted().joined(separator: ", ")); or add the figures")
    }
    if processes[chip.process] == nil {
      throw missing("area.process", chip.process, "processes", Array(processes.keys))
    }
    if memoryInterfaces[memoryKind] == nil {
      throw missing("dram.kind", memoryKind, "memoryInterfaces", Array(memoryInterfaces.keys))
    }
  }
}
