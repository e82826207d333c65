package import ConfigFiles

/// The engines of one core that copy between DRAM and VMEM while the core computes.
package struct DMAParameters: Hashable, Sendable, Codable, Validatable {
  /// Copies that can be in flight at the same time; they share the DRAM's bandwidth.
  package let queues: Int
  /// Cycles from issuing a copy to its first request at the DRAM, and back to its completion flag;
  /// they add to the DRAM's own latency and do not occupy the DRAM.
  package let setupCycles: Int

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("queues", queues, in: 1...Limits.units)
    try ConfigIssue.require("setupCycles", setupCycles, in: Limits.cycles)
  }
}

extension DMAParameters: Described {
  package static let notes = [
    "queues": KeyNote(
      "Copies that can be in flight at the same time; they share the DRAM's bandwidth."),
    "setupCycles": KeyNote(
      "Time from issuing a copy to its first request at the DRAM, and back to its completion flag; "
        + "it adds to the DRAM's latency and does not occupy the DRAM.", unit: "cycles"),
  ]
}
