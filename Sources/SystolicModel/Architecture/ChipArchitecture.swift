package import ConfigFiles

/// A chip, as a file of `Configs/Chips` states it.
///
/// A program runs on one core, with that core's share of the DRAM.
package struct ChipArchitecture: Hashable, Sendable, Codable, Validatable {
  /// Short name, as in the file's name.
  package let name: String
  /// One line on what the chip is.
  package let description: String
  /// Clock of all units on the chip, in megahertz.
  package let clockMegahertz: Double
  /// Cores of a chip.
  package let cores: Int
  /// Matrix units of one core.
  package let mxu: MXUParameters
  /// Vector unit of one core.
  package let vpu: VPUParameters
  /// On-chip memory of one core.
  package let vmem: VMEMParameters
  /// Second on-chip memory of the chip; absent where there is none.
  package let cmem: CMEMParameters?
  /// Off-chip memory of the chip.
  package let dram: DRAMParameters
  /// DRAM to VMEM copies of one core.
  package let dma: DMAParameters
  /// Link between the host and the chip.
  package let hostLink: HostLinkParameters
  /// Cost of starting a program.
  package let program: ProgramParameters
  /// Energy table and idle power.
  package let energy: EnergyParameters
  /// Process and links of the die; absent where nothing is said of its area.
  package let area: AreaParameters?
  /// The DRAM's standard, from the file that `dram.banked` names; `nil` only where it names none.
  package private(set) var dramStandard: DRAMStandard?

  private enum CodingKeys: String, CodingKey {
    case name, description, clockMegahertz, cores, mxu, vpu, vmem, cmem, dram, dma, hostLink
    case program, energy, area
  }

  /// Decodes a chip, and reads the standard of its DRAM.
  ///
  /// - Throws: what is wrong with either file; channels that the chip's cores and bandwidth do not fit.
  package init(document: ConfigDocument, library: ConfigLibrary) throws(ConfigError) {
    self = try document.decode(ChipArchitecture.self)
    guard let banked = dram.banked else { return }
    dramStandard = try library.document(
      named: banked.standard, at: "dram.banked.standard", of: document, kind: .dram
    ).decode(DRAMStandard.self)
    try document.located { () throws(ConfigIssue) in try validateChannels() }
  }

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("clockMegahertz", clockMegahertz, in: Limits.clockMegahertz)
    try ConfigIssue.require("cores", cores, in: 1...Limits.units)
    let operandBytes = 2 * mxu.columns
    if vmem.capacityBytes < 2 * operandBytes {
      throw ConfigIssue(
        "vmem." + vmem.capacity.key,
        "must hold two bf16 rows of \(mxu.columns) columns, \(2 * operandBytes) bytes; "
          + "found \(vmem.capacityBytes) bytes")
    }
    if dramBytesPerCyclePerCore > Double(Limits.bytesPerCycle.upperBound) {
      throw ConfigIssue(
        "dram.bandwidthGigabytesPerSecond", "is more than a core can take at this clock")
    }
  }
}

extension ChipArchitecture: Described {
  package static let notes = [
    "name": KeyNote("Short name, as in the file's name."),
    "description": KeyNote("One line on what the chip is."),
    "clockMegahertz": KeyNote("Clock of all units on the chip.", unit: "MHz"),
    "cores": KeyNote(
      "Cores of a chip; a program runs on one, with its share of the DRAM, unless --cores says on how many."
    ),
    "mxu": KeyNote("The matrix units of one core: systolic arrays of equal shape."),
    "vpu": KeyNote("The vector unit of one core: lanes x sublanes positions, on fp32."),
    "vmem": KeyNote("The on-chip memory of one core, managed by the program."),
    "cmem": KeyNote(
      "A second on-chip memory of the chip, between VMEM and DRAM.", absent: "the chip has none"),
    "dram": KeyNote("The off-chip memory of the chip; its cores share it evenly."),
    "dma": KeyNote("The engines of one core that copy between DRAM and VMEM while it computes."),
    "hostLink": KeyNote("The link between the host's memory and the chip's DRAM."),
    "program": KeyNote("What starting a program costs."),
    "energy": KeyNote("Where the chip's energy figures come from."),
    "area": KeyNote(
      "Where the figures of the die's area come from, and what is on it beside the cores.",
      absent: "no area is worked out"),
  ]
}
