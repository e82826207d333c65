public import ConfigFiles

/// The off-chip memory (HBM or DDR) of one chip; its cores share it evenly.
public struct DRAMParameters: Hashable, Sendable, Codable, Validatable {
  /// Kind of memory: a key under `dramPicojoulesPerBit` of the chip's energy table.
  public let kind: String
  /// Capacity of the chip, in GiB.
  public let capacityGibibytes: Double
  /// Peak bandwidth of the chip, reads and writes together, in 10⁹ bytes a second.
  public let bandwidthGigabytesPerSecond: Double
  /// Time from a read's address to its first data, in nanoseconds.
  public let latencyNanoseconds: Double
  /// The share of the peak bandwidth that long streams reach; absent where none was measured, and
  /// then they reach all of it.
  public let sustainedShare: Double?

  public func validate() throws(ConfigIssue) {
    try ConfigIssue.require("capacityGibibytes", capacityGibibytes, in: Limits.dramGibibytes)
    try ConfigIssue.requireWholeBytes("capacityGibibytes", capacityGibibytes * 1_073_741_824)
    try ConfigIssue.require(
      "bandwidthGigabytesPerSecond", bandwidthGigabytesPerSecond, in: Limits.gigabytesPerSecond)
    try ConfigIssue.require(
      "latencyNanoseconds", latencyNanoseconds, in: Limits.latencyNanoseconds)
    if let sustainedShare {
      try ConfigIssue.require("sustainedShare", sustainedShare, in: 0.01...1)
    }
  }
}
