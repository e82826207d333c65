package import ConfigFiles

/// The on-chip memory of one core (VMEM; the unified buffer of TPU v1), managed by the program.
package struct VMEMParameters: Hashable, Sendable, Codable, Validatable {
  /// Capacity in MiB; absent where `capacityKibibytes` states it.
  package let capacityMebibytes: Double?
  /// Capacity in KiB; absent where `capacityMebibytes` states it.
  package let capacityKibibytes: Double?
  /// Bytes that all readers together get in a cycle: MXU, VPU and DMA.
  package let readBytesPerCycle: Int
  /// Bytes that all writers together put in a cycle.
  package let writeBytesPerCycle: Int
  /// Cycles from a read's address to its data.
  package let latencyCycles: Int
  /// Banks; each serves its ports' words in every cycle.
  package let banks: Int
  /// Bytes of a word: what a port of a bank moves in a cycle.
  package let bankWidthBytes: Int
  /// Words that a bank reads in a cycle.
  package let readPortsPerBank: Int
  /// Words that a bank writes in a cycle.
  package let writePortsPerBank: Int
  /// How consecutive words go round the banks.
  package let interleaving: Interleaving

  var capacity: OnChipCapacity {
    OnChipCapacity(stem: "capacity", mebibytes: capacityMebibytes, kibibytes: capacityKibibytes)
  }

  /// Capacity in bytes.
  package var capacityBytes: Int { capacity.bytes }

  package func validate() throws(ConfigIssue) {
    try capacity.validate(kibibytesIn: Limits.memoryKibibytes)
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

extension VMEMParameters: Described {
  package static let notes = [
    "readBytesPerCycle": KeyNote(
      "What all readers together get: MXU, VPU and copies. At most what the banks' read ports move.",
      unit: "bytes a cycle"),
    "writeBytesPerCycle": KeyNote(
      "What all writers together put. At most what the banks' write ports move.",
      unit: "bytes a cycle"),
    "latencyCycles": KeyNote("Time from a read's address to its data.", unit: "cycles"),
    "banks": KeyNote("Banks; each serves its ports' words in every cycle."),
    "bankWidthBytes": KeyNote("A word: what a port of a bank moves in a cycle.", unit: "bytes"),
    "readPortsPerBank": KeyNote("Words that a bank reads in a cycle."),
    "writePortsPerBank": KeyNote("Words that a bank writes in a cycle."),
    "interleaving": KeyNote(
      "How consecutive words go round the banks: `plain`, the bank is a digit of the address; "
        + "`skewed`, the digits above are added to it, so that strides meet all banks."),
  ].merging(
    OnChipCapacity.notes("capacity", "Capacity of one core's memory.")
  ) { note, _ in note }
}
