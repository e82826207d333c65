public import Units

/// What one tensor of a compiled program costs in each execution: a value that has memory on the chip.
public struct TensorCost: Sendable {
  /// Its parameter, its result, or the operation that makes it: `dense1.weight`, `forward/dense1`.
  public var name: String
  /// Its size.
  public var bytes: Bytes
  /// Bytes of an element.
  public var elementBytes: Int
  /// Where it lives while nothing works on it. A value that never leaves on-chip memory lives there.
  public var home: MemoryLevel
  /// Copies of it, or of parts of it, into on-chip memory, and out of it.
  public var loads: Int
  public var stores: Int
  /// Bytes moved for it, one entry a memory level, in the order of `MemoryLevel.allCases`.
  public var traffic: [MemoryTraffic]
  /// Energy of moving them, by component.
  public var energy: EnergyBreakdown
  /// The cycles of the cold execution from the first write of any of it to on-chip memory to the last use
  /// there; `nil` if it is never there.
  public var lifetime: Range<Int>?

  /// The cost of one tensor.
  public init(
    name: String, bytes: Bytes, elementBytes: Int, home: MemoryLevel, loads: Int, stores: Int,
    traffic: [MemoryTraffic], energy: EnergyBreakdown, lifetime: Range<Int>?
  ) {
    self.name = name
    self.bytes = bytes
    self.elementBytes = elementBytes
    self.home = home
    self.loads = loads
    self.stores = stores
    self.traffic = traffic
    self.energy = energy
    self.lifetime = lifetime
  }
}
