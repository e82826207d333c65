public import Units

/// What one operation of a compiled program costs in each execution.
public struct OpCost: Sendable {
  /// Where it comes from: `forward/dense1`.
  public var name: String
  /// What it computes, fused parts joined: `dot_general+add+maximum`.
  public var kind: String
  /// Index into `SimulatedCost.unitNames` of the unit that computes it.
  public var unit: Int
  /// Cycles for which that unit is busy with it.
  public var cycles: Cycles
  /// Multiply-accumulates; 0 for anything but a product.
  public var macs: Int
  /// Elementwise operations of the vector unit.
  public var vectorOperations: Int
  /// Bytes moved, one entry a memory level, in the order of `MemoryLevel.allCases`.
  public var traffic: [MemoryTraffic]
  /// Dynamic energy by component; idle power belongs to no operation.
  public var energy: EnergyBreakdown

  /// The cost of one operation.
  public init(
    name: String, kind: String, unit: Int, cycles: Cycles, macs: Int, vectorOperations: Int,
    traffic: [MemoryTraffic], energy: EnergyBreakdown
  ) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.cycles = cycles
    self.macs = macs
    self.vectorOperations = vectorOperations
    self.traffic = traffic
    self.energy = energy
  }
}

/// A level of the memory hierarchy whose traffic is counted.
public enum MemoryLevel: String, Hashable, Sendable, CaseIterable {
  /// The link to the host.
  case host
  /// HBM or DDR.
  case offChip
  /// VMEM, the unified buffer.
  case onChip
  /// The matrix unit's accumulators.
  case accumulators
  /// CMEM, a second on-chip memory between VMEM and HBM.
  case cmem

  /// Its place in `allCases`.
  public var index: Int {
    switch self {
    case .host: 0
    case .offChip: 1
    case .onChip: 2
    case .accumulators: 3
    case .cmem: 4
    }
  }
}

/// Bytes that left a memory level and bytes that entered it.
public struct MemoryTraffic: Hashable, Sendable {
  /// Bytes that left the level.
  public var read: Bytes
  /// Bytes that entered it.
  public var written: Bytes

  /// Traffic in each direction; none unless given.
  public init(read: Bytes = .zero, written: Bytes = .zero) {
    self.read = read
    self.written = written
  }

  /// Bytes in both directions.
  public var total: Bytes { read + written }

  /// Adds direction by direction.
  public static func += (a: inout MemoryTraffic, b: MemoryTraffic) {
    a.read += b.read
    a.written += b.written
  }
}

/// Energy by component, in the order of `EnergyComponent.allCases`.
public struct EnergyBreakdown: Hashable, Sendable {
  private var parts = [Picojoules](repeating: .zero, count: EnergyComponent.allCases.count)

  /// No energy yet.
  public init() {}

  /// The energy of one component.
  public subscript(component: EnergyComponent) -> Picojoules {
    get { parts[component.index] }
    set { parts[component.index] = newValue }
  }

  /// The energy of all components.
  public var total: Picojoules { parts.reduce(.zero, +) }

  /// Adds component by component.
  public static func += (a: inout EnergyBreakdown, b: EnergyBreakdown) {
    for index in a.parts.indices { a.parts[index] += b.parts[index] }
  }
}

/// Where energy goes.
public enum EnergyComponent: String, Hashable, Sendable, CaseIterable {
  /// Multiply-accumulates and the registers between processing elements.
  case mxu
  /// The matrix unit's accumulators.
  case accumulators
  /// The vector unit.
  case vpu
  /// VMEM, the unified buffer, and CMEM.
  case onChip
  /// HBM or DDR.
  case offChip
  /// The link to the host.
  case hostLink
  /// Leakage, clock and everything else that is paid by the second.
  case idle

  /// Its place in `allCases`.
  public var index: Int {
    switch self {
    case .mxu: 0
    case .accumulators: 1
    case .vpu: 2
    case .onChip: 3
    case .offChip: 4
    case .hostLink: 5
    case .idle: 6
    }
  }
}
