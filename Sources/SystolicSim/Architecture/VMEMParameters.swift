public import ConfigFiles

/// The on-chip memory of one core (VMEM; the unified buffer of TPU v1), managed by the program.
public struct VMEMParameters: Hashable, Sendable, Codable, Validatable {
  /// Capacity in MiB; a fraction is allowed where it is a whole number of bytes.
  public let capacityMebibytes: Double
  /// Bytes that all readers together get in a cycle: MXU, VPU and DMA.
  public let readBytesPerCycle: Int
  /// Bytes that all writers together put in a cycle.
  public let writeBytesPerCycle: Int
  /// Cycles from a read's address to its data.
  public let latencyCycles: Int

  /// Capacity in bytes.
  public var capacityBytes: Int { Int(capacityMebibytes * 1_048_576) }

  public func validate() throws(ConfigIssue) {
    try ConfigIssue.require("capacityMebibytes", capacityMebibytes, in: Limits.onChipMebibytes)
    try ConfigIssue.requireWholeBytes("capacityMebibytes", capacityMebibytes * 1_048_576)
    try ConfigIssue.require("readBytesPerCycle", readBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("writeBytesPerCycle", writeBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("latencyCycles", latencyCycles, in: Limits.cycles)
  }
}

extension ConfigIssue {
  /// Complains about a capacity that is not a whole number of bytes.
  static func requireWholeBytes(_ path: String, _ bytes: Double) throws(ConfigIssue) {
    if bytes.rounded() != bytes {
      throw ConfigIssue(path, "must be a whole number of bytes; found \(bytes) bytes")
    }
  }
}
