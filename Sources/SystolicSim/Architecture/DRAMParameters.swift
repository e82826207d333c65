public import ConfigFiles

/// The off-chip memory (HBM or DDR) of one chip; its cores share it evenly.
public struct DRAMParameters: Hashable, Sendable, Codable, Validatable {
  /// How long copies take.
  public let model: DRAMModelKind
  /// Kind of memory: a key under `dramPicojoulesPerBit` of the chip's energy table.
  public let kind: String
  /// Capacity of the chip, in GiB.
  public let capacityGibibytes: Double
  /// Peak bandwidth of the chip, reads and writes together, in 10⁹ bytes a second.
  public let bandwidthGigabytesPerSecond: Double
  /// Time from a read's address to its first data, in nanoseconds.
  public let latencyNanoseconds: Double
  /// The share of the peak bandwidth that long streams reach in the `simple` model; absent where
  /// none was measured, and then they reach all of it. `banked` works it out.
  public let sustainedShare: Double?
  /// Channels and controllers; the `banked` model needs it, `simple` does not look at it.
  public let banked: BankedDRAMParameters?

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
    if model == .banked && banked == nil {
      throw ConfigIssue(
        "model",
        "is 'banked', which needs the keys dram.banked.standard, stacks, queueDepth and "
          + "interleaving")
    }
  }
}

/// How long copies take.
public enum DRAMModelKind: String, CaseIterable, Codable, Sendable {
  /// Bytes at the peak bandwidth.
  case simple
  /// Channels, banks and rows with their timings, turnaround and refresh.
  case banked
}

/// How a chip is equipped with DRAM of a standard, and how its controllers work.
public struct BankedDRAMParameters: Hashable, Sendable, Codable, Validatable {
  /// Name of the standard: a file of `Configs/DRAM`, or a path.
  public let standard: String
  /// Stacks (or modules) of the chip. Its bandwidth, divided by what they move in a cycle, gives
  /// their clock.
  public let stacks: Int
  /// Accesses that the controller of a channel knows ahead.
  public let queueDepth: Int
  /// How consecutive accesses go round the channels.
  public let interleaving: Interleaving

  public func validate() throws(ConfigIssue) {
    try ConfigIssue.require("stacks", stacks, in: 1...Limits.units)
    try ConfigIssue.require("queueDepth", queueDepth, in: 1...Limits.units)
  }
}

extension DRAMParameters: Described {
  public static let notes = [
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
  public static let notes = [
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
