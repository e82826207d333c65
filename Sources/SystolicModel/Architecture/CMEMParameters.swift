package import ConfigFiles

/// The second on-chip memory of a chip (CMEM), between VMEM and DRAM. Its cores have an even share of
/// the capacity each.
package struct CMEMParameters: Hashable, Sendable, Codable, Validatable {
  /// Capacity of the chip in MiB; absent where `capacityKibibytes` states it.
  package let capacityMebibytes: Double?
  /// Capacity of the chip in KiB; absent where `capacityMebibytes` states it.
  package let capacityKibibytes: Double?
  /// Bytes that a core reads in a cycle.
  package let readBytesPerCycle: Int
  /// Bytes that a core writes in a cycle.
  package let writeBytesPerCycle: Int
  /// Cycles from a read's address to its data; they add to `dma.setupCycles`.
  package let latencyCycles: Int

  private var capacity: OnChipCapacity {
    OnChipCapacity(stem: "capacity", mebibytes: capacityMebibytes, kibibytes: capacityKibibytes)
  }

  /// Capacity of the chip in bytes.
  package var capacityBytes: Int { capacity.bytes }

  package func validate() throws(ConfigIssue) {
    try capacity.validate(kibibytesIn: Limits.memoryKibibytes)
    try ConfigIssue.require("readBytesPerCycle", readBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("writeBytesPerCycle", writeBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("latencyCycles", latencyCycles, in: Limits.cycles)
  }
}

extension CMEMParameters: Described {
  package static let notes = [
    "readBytesPerCycle": KeyNote("What a core reads at most.", unit: "bytes a cycle"),
    "writeBytesPerCycle": KeyNote("What a core writes at most.", unit: "bytes a cycle"),
    "latencyCycles": KeyNote(
      "Time from a read's address to its data; it adds to `dma.setupCycles`.", unit: "cycles"),
  ].merging(
    OnChipCapacity.notes(
      "capacity", "Capacity of the chip; its cores have an even share each.")
  ) { note, _ in note }
}
