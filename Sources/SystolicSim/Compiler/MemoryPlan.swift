/// What distinguishes the plans that the compiler compares.
struct PlanOptions: Hashable, Sendable {
  /// VMEM that the plan may use, in bytes.
  var budget: Int
  /// Tiles of a group at least, where it can be divided: more overlap, more overhead.
  var minimumTiles: Int
  /// DRAM bytes that count as much as one array cycle when tiles are chosen. Not the chip's rate;
  /// see `TileSearch`.
  var assumedBytesPerCycle: Double
}

/// Where things are in VMEM, when they get there, and which tiles the groups run in.
struct MemoryPlan: Hashable, Sendable {
  /// How a group finds an input or leaves an output.
  enum Placement: Hashable, Sendable {
    /// All of it stays in one buffer, from group to group.
    case resident(buffer: Int)
    /// Tiles pass through these buffers.
    case slots([Int])
  }

  /// A buffer before it has an address: lives from the start of one group to the end of another.
  struct Lifetime: Hashable, Sendable {
    var label: String
    var bytes: Int
    var first: Int
    var last: Int
  }

  /// A copy of a whole value from DRAM.
  struct Load: Hashable, Sendable {
    var value: Int
    var buffer: Int
    /// The first group that reads it.
    var firstUse: Int
  }

  var tilings: [Tiling]
  var inputs: [[Placement]]
  var outputs: [[Placement]]
  var lifetimes: [Lifetime]
  /// For each group, values to load whole when it starts, in the order of their first use.
  var loads: [[Load]]
  /// Address of each buffer.
  var addresses: [Int]
  /// Bytes from address 0 to the end of the highest buffer.
  var peakBytes: Int
}

/// Why a plan could not be made.
struct PlanFailure: Error {
  /// The group that does not fit.
  var group: Int
  /// Bytes that it needs with the smallest tiles.
  var wantedBytes: Int
}
