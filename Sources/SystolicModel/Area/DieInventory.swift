/// What is on a die, counted.
package struct DieInventory: Hashable, Sendable {
  /// Processing elements of matrix units.
  package var processingElements = 0
  /// What they multiply.
  package var elementType = AreaParameters.ProcessingElement.bf16
  /// Arithmetic units of vector work.
  package var fp64Units = 0
  package var fp32Units = 0
  package var int32Units = 0
  /// Bytes of the accumulators of arrays.
  package var accumulatorBytes = 0
  /// Bytes of VMEM.
  package var vmemBytes = 0
  /// Bytes of CMEM.
  package var cmemBytes = 0
  /// Bytes of caches and register files.
  package var cacheBytes = 0
  /// Kind of DRAM, and its stacks (or modules).
  package var memoryKind = ""
  package var memoryStacks = 0
  /// Lanes of the link to the host.
  package var hostLanes = 0
  /// Links to other chips.
  package var chipLinks = 0

  package init() {}

  /// The whole chip, all cores.
  ///
  /// A position of the vector unit has a floating-point and an integer unit for each of its ALUs. DRAM
  /// has the stacks that the chip states under `dram.banked`, or as many more as its bandwidth needs.
  init(of chip: ChipArchitecture, _ area: AreaParameters, _ interface: AreaTable.MemoryInterface) {
    elementType = area.processingElement
    processingElements = chip.cores * chip.mxu.macsPerCycle
    fp32Units = chip.cores * chip.vpu.registerElements * chip.vpu.alusPerSublane
    int32Units = fp32Units
    accumulatorBytes = chip.cores * chip.mxu.count * chip.mxu.accumulatorBytes
    vmemBytes = chip.cores * chip.vmem.capacityBytes
    cmemBytes = chip.cores * chip.cmemBytesPerCore
    memoryKind = chip.dram.kind
    let needed =
      chip.dram.bandwidthGigabytesPerSecond / interface.bandwidthGigabytesPerSecond
    memoryStacks = max(chip.dram.banked?.stacks ?? 1, Int(needed.rounded(.up)))
    hostLanes = area.hostLanes
    chipLinks = area.chipLinks
  }
}
