public import DeviceAPI
public import SystolicModel
public import Units

/// What limits a layer.
package enum Bound: String, CaseIterable, Sendable {
  /// The arrays are busy most of the time.
  case compute
  /// VMEM's ports, CMEM or the vector unit.
  case onChipBandwidth
  /// The DRAM's bandwidth.
  case hbm
  /// No unit is busy for half of the time: launch, latencies, waits of one unit for another.
  case latency
}

/// What one layer costs.
public struct LayerEstimate: Sendable {
  /// The layer's name in the workload.
  public var name: String
  /// Times that the layer occurs in the workload; all figures are those of one.
  public var count: Int
  /// Products of one shape that the layer is made of: the groups of a convolution.
  public var batch: Int
  /// The shape of each product.
  public var gemm: GEMMShape
  /// Operands that lay in VMEM before the layer, or stayed there after it.
  package var resident: ResidentOperands
  /// Multiply-accumulates.
  package var macs: Int
  /// Cycles of the arrays if every operand is on chip and in time: the array model alone.
  public var computeCycles: Cycles
  /// Cycles from the start of the layer to its end.
  public var totalCycles: Cycles
  package var microseconds: Double
  /// Multiply-accumulates done, of those that the arrays could do in `totalCycles` at the rate of
  /// the operands' type; 0 to 1.
  package var utilization: Double
  /// Share of the processing elements that have work, averaged over folds; 0 to 1.
  package var mappingEfficiency: Double
  package var bound: Bound
  /// Operands that were asked to stay on chip and lie in CMEM.
  package var inCMEM: ResidentOperands
  /// What the matrix units did and what they waited for.
  package var mxu: UnitUsage
  /// Cycles in which each of these was busy; the largest decides `bound`.
  package var demands: [Bound: Cycles]
  /// Cycles that the unit that lost most to others at VMEM's ports waited for them.
  package var contentionCycles: Cycles
  /// Bytes by memory level, in the order of `MemoryLevel.allCases`.
  public var traffic: [MemoryTraffic]
  /// Energy by component.
  public var energy: EnergyBreakdown
  /// How the layer is divided over cores; `nil` on one core.
  public var split: CoreSplit?
  /// The ways to divide it over cores that were compared, the fastest first; empty unless asked for.
  package var splits: [CoreSplitChoice]
  /// Tiles and order that the compiler chose, then the fastest of all others; empty unless asked for.
  package var schedules: [ScheduleChoice]
  /// Faster ones that a capacity forbids; empty unless asked for.
  package var forbidden: [ForbiddenSchedule]

  /// Tiles, loops and places; `nil` on several cores and where patches are copied first.
  package var mapping: LayerMapping?

  /// Energy in total.
  package var energyPicojoules: Double { energy.total.value }

  /// Floating-point operations for each byte that crosses the off-chip memory's interface; `nil` if
  /// none does.
  package var operationalIntensity: Double? {
    let offChip = traffic[MemoryLevel.offChip.index]
    let bytes = offChip.read.count + offChip.written.count
    return bytes == 0 ? nil : 2 * Double(macs) / Double(bytes)
  }
}

/// One way to divide a layer into tiles, as `--explain` shows it.
package struct ScheduleChoice: Hashable, Sendable {
  /// Extents of a full tile.
  package var tile: GEMMShape
  /// The loop over `m` is outside the loop over `n`.
  package var isRowMajor: Bool
  /// The loops over tiles, outermost first: `m x 4`.
  package var loops: [String]
  /// Where sums wait that are not complete: `accumulators`, `vmem` or `dram`.
  package var sumsIn: String
  /// The whole left or right operand stays in VMEM once its parts are loaded.
  package var keepsInputs: Bool
  package var keepsWeights: Bool
  /// VMEM that it takes.
  package var vmemBytes: Int
  /// Bytes over the DRAM's interface.
  package var dramBytes: Int
  /// No schedule of these tiles is faster, by the closed formula.
  package var boundCycles: Cycles
  /// Cycles by the timeline.
  package var simulatedCycles: Cycles
  /// What limits it.
  package var bound: Bound
}

/// A schedule that is faster than all that fit, and what forbids it.
package struct ForbiddenSchedule: Hashable, Sendable {
  /// A memory that is too small.
  package enum Capacity: String, CaseIterable, Sendable {
    case vmem, accumulators
  }

  /// The best one without the limit.
  package var schedule: ScheduleChoice
  /// The limits that were lifted.
  package var capacities: [Capacity]
  /// VMEM that the layer may take beside operands that stay.
  package var vmemBytesFree: Int
}

/// What a workload costs: its layers one after another.
public struct WorkloadEstimate: Sendable {
  /// The workload's name.
  public var name: String
  /// One entry a layer, in the workload's order.
  public var layers: [LayerEstimate]
  /// Sums over all layers, each as often as it occurs; shares are weighted averages. Its shape is
  /// that of no product and all zero.
  public var total: LayerEstimate
}
