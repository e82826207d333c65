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
  /// Banks; each serves its ports' words in every cycle.
  public let banks: Int
  /// Bytes of a word: what a port of a bank moves in a cycle.
  public let bankWidthBytes: Int
  /// Words that a bank reads in a cycle.
  public let readPortsPerBank: Int
  /// Words that a bank writes in a cycle.
  public let writePortsPerBank: Int
  /// How consecutive words go round the banks.
  public let interleaving: Interleaving

  /// Capacity in bytes.
  public var capacityBytes: Int { Int(capacityMebibytes * 1_048_576) }

  public func validate() throws(ConfigIssue) {
    try ConfigIssue.require("capacityMebibytes", capacityMebibytes, in: Limits.onChipMebibytes)
    try ConfigIssue.requireWholeBytes("capacityMebibytes", capacityMebibytes * 1_048_576)
    try ConfigIssue.require("readBytesPerCycle", readBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("writeBytesPerCycle", writeBytesPerCycle, in: Limits.bytesPerCycle)
    try ConfigIssue.require("latencyCycles", latencyCycles, in: Limits.cycles)
    try ConfigIssue.require("banks", banks, in: 1...Limits.arraySide)
    try ConfigIssue.require("bankWidthBytes", bankWidthBytes, in: 1...Limits.arraySide)
    try ConfigIssue.require("readPortsPerBank", readPortsPerBank, in: 1...Limits.units)
    try ConfigIssue.require("writePortsPerBank", writePortsPerBank, in: 1...Limits.units)
    try requireBandwidth("readBytesPerCycle", readBytesPerCycle, ports: readPortsPerBank, "read")
    try requireBandwidth(
      "writeBytesPerCycle", writeBytesPerCycle, ports: writePortsPerBank, "write")
  }

  /// Complains about a bandwidth that the banks cannot have.
  private func requireBandwidth(
    _ key: String, _ stated: Int, ports: Int, _ direction: String
  ) throws(ConfigIssue) {
    let most = banks * bankWidthBytes * ports
    if stated > most {
      throw ConfigIssue(
        key,
        "is \(stated), but \(banks) banks of \(bankWidthBytes) bytes with \(ports) \(direction) "
          + "port\(ports == 1 ? "" : "s") each move at most \(most) bytes a cycle. Lower it, or raise "
          + "vmem.banks, vmem.bankWidthBytes or vmem.\(direction)PortsPerBank")
    }
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
