public import ConfigFiles

/// The second on-chip memory of a chip (CMEM), between VMEM and DRAM. Its cores have an even share of
/// the capacity each.
public struct CMEMParameters: Hashable, Sendable, Codable, Validatable {
  /// Capacity of the chip in MiB; a fraction is allowed where it is a whole number of bytes.
  public let capacityMebibytes: Double
  /// Bytes that a core reads in a cycle.
  public let readBytesPerCycle: Int
  /// Bytes that a core writes in a cycle.
  public let writeBytesPerCycle: Int
  /// Cycles from a read's address to its data; they add to `dma.setupCycles`.
  public let latencyCycles: Int

  public func validate() throws(ConfigIssue) {
    try ConfigIssue.require("capacityMebibytes", capacityMebibytes, in: Limits.onChipMebibytes)
    try ConfigIssue.requireWholeBytes("capacityMebibytes", capacityMebibytes * 1_048_576)
    try ConfigIssue.require("readBytesPerCycle", readBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("writeBytesPerCycle", writeBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("latencyCycles", latencyCycles, in: Limits.cycles)
  }
}
