package import ConfigFiles

/// The link between the host's memory and the chip's DRAM.
package struct HostLinkParameters: Hashable, Sendable, Codable, Validatable {
  /// Bandwidth each way, in 10⁹ bytes a second.
  package let bandwidthGigabytesPerSecond: Double
  /// Time from asking for a copy to its first byte, in microseconds.
  package let latencyMicroseconds: Double

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require(
      "bandwidthGigabytesPerSecond", bandwidthGigabytesPerSecond, in: Limits.gigabytesPerSecond)
    try ConfigIssue.require(
      "latencyMicroseconds", latencyMicroseconds, in: Limits.latencyMicroseconds)
  }
}

extension HostLinkParameters: Described {
  package static let notes = [
    "bandwidthGigabytesPerSecond": KeyNote("Bandwidth each way.", unit: "10⁹ bytes a second"),
    "latencyMicroseconds": KeyNote(
      "Time from asking for a copy to its first byte.", unit: "microseconds"),
  ]
}
