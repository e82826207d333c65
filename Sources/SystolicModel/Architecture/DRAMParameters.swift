package import ConfigFiles

/// The off-chip memory (HBM or DDR) of one chip; its cores share it evenly.
package struct DRAMParameters: Hashable, Sendable, Codable, Validatable {
  /// How long copies take.
  package let model: DRAMModelKind
  /// Kind of memory: a key under `dramPicojoulesPerBit` of the chip's energy table.
  package let kind: String
  /// Capacity of the chip, in GiB.
  package let capacityGibibytes: Double
  /// Peak bandwidth of the chip, reads and writes together, in 10⁹ bytes a second.
  package let bandwidthGigabytesPerSecond: Double
  /// Time from a read's address to its first data, in nanoseconds.
  package let latencyNanoseconds: Double
  /// The share of the peak bandwidth that long streams reach in the `simple` model; absent where
  /// none was measured, and then they reach all of it. `banked` works it out.
  package let sustainedShare: Double?
  /// Channels and controllers; the `banked` model needs it, `simple` does not look at it.
  package let banked: BankedDRAMParameters?

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("capacityGibibytes", capacityGibibytes, in: Limits.dramGibibytes)
    try ConfigIssue.requireWholeBytes("capacityGibibytes", capacityGibibytes * 1_073_741_824)
    try ConfigIssue.require(
      "bandwidthGigabytesPerSecond", bandwidthGigabytesPerSecond, in: Limits.gigabytesPerSecond)
    try ConfigIssue.require(
      "latencyNanoseconds", latencyNanoseconds, in: Limits.latencyNanoseconds)
    if let sustainedShare {
      try ConfigIssue.require("sustainedShare", sustainedShare, in: 0.01...1)
    }
    if model == .banked && banked == nil {
      throw ConfigIssue(
        "model",
        "is 'banked', which needs the keys dram.banked.standard, stacks, queueDepth and "
          + "interleaving")
    }
  }
}

/// How long copies take.
package enum DRAMModelKind: String, CaseIterable, Codable, Sendable {
  /// Bytes at the peak bandwidth.
  case simple
  /// Channels, banks and rows with their timings, turnaround and refresh.
  case banked
}

/// How a chip is equipped with DRAM of a standard, and how its controllers work.
package struct BankedDRAMParameters: Hashable, Sendable, Codable, Validatable {
  /// Name of the standard: a file of `Configs/DRAM`, or a path.
  package let standard: String
  /// Stacks (or modules) of the chip. Its bandwidth, divided by what they move in a cycle, gives
  /// their clock.
  package let stacks: Int
  /// Accesses that the controller of a channel knows ahead.
  package let queueDepth: Int
  /// How consecutive accesses go round the channels.
  package let interleaving: Interleaving

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("stacks", stacks, in: 1...Limits.units)
    try ConfigIssue.require("queueDepth", queueDepth, in: 1...Limits.units)
  }
}

extension DRAMParameters: Described {
  package static let notes = [
    "model": KeyNote(
      "How long copies take: `simple`, bytes at the peak bandwidth; `banked`, channels, banks and "
        + "rows with their timings, turnaround and refresh."),
    "kind": KeyNote(
      "Kind of memory: a key under `dramPicojoulesPerBit` of the energy table, and the kind of "
        + "`banked.standard` if that is there."),
    "capacityGibibytes": KeyNote("Capacity of the chip.", unit: "GiB"),
    "bandwidthGigabytesPerSecond": KeyNote(
      "Peak bandwidth of the chip, reads and writes together.", unit: "10⁹ bytes a second"),
    "latencyNanoseconds": KeyNote(
      "Time from a read's address to its first data.", unit: "nanoseconds"),
    "sustainedShare": KeyNote(
      "The share of the peak bandwidth that long streams reach in the `simple` model, where one was "
        + "measured.", absent: "they reach all of it; `banked` works it out"),
    "banked": KeyNote(
      "Channels and controllers; `simple` does not look at it.",
      absent: "the model must be `simple`"),
  ]
}

extension BankedDRAMParameters: Described {
  package static let notes = [
    "standard": KeyNote("Timings: a file of `Configs/DRAM` by name, or a path."),
    "stacks": KeyNote(
      "Stacks (or modules) of the chip; the chip's bandwidth, divided by what they move in a cycle, "
        + "gives their clock."),
    "queueDepth": KeyNote("Accesses that the controller of a channel knows ahead."),
    "interleaving": KeyNote(
      "How consecutive accesses go round the channels: `plain`, the channel is a digit of the "
        + "address; `skewed`, the digits above are added to it, so that strides meet all channels."),
  ]
}
