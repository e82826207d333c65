public import Units

/// What one execution of a compiled graph costs, on a simulated or a real device.
public struct ExecutionProfile: Sendable {
  /// The name of the graph.
  public var name: String
  /// The simulated schedule and energy; `nil` on a real device.
  public var simulated: SimulatedCost?
  /// What the clock said; `nil` on a simulated device.
  public var measured: MeasuredCost?

  /// What is known of the executions of one graph.
  public init(name: String, simulated: SimulatedCost? = nil, measured: MeasuredCost? = nil) {
    self.name = name
    self.simulated = simulated
    self.measured = measured
  }
}

/// Wall-clock time of the executions so far.
public struct MeasuredCost: Sendable {
  /// Executions that were timed.
  public var executions: Int
  /// Seconds of all of them together.
  public var totalSeconds: Double

  /// So many executions in so many seconds.
  public init(executions: Int, totalSeconds: Double) {
    self.executions = executions
    self.totalSeconds = totalSeconds
  }
}

/// What a timing and energy model says about one executable. It does not depend on the data, but for how
/// often loops turn and which branches are taken: see `dataDependences`.
public struct SimulatedCost: Sendable {
  /// The clock that all cycles count, 10⁶ a second.
  public var clockMegahertz: Double
  /// Units in the order in which `TimelineEvent.unit` counts them.
  public var unitNames: [String]
  /// The operations of the compiled program, in program order.
  public var ops: [OpCost]
  /// The tensors of the compiled program. What they move adds up to what the operations move.
  public var tensors: [TensorCost] = []
  /// The first execution: everything idle, nothing prefetched.
  public var cold: Schedule
  /// One of many executions back to back, from the end of the one before to its own end.
  public var steady: Schedule
  /// Executions settled, so that `steady` repeats exactly; otherwise it is merely the last of many
  /// that were run.
  public var isSteadyExact = true
  /// On-chip bytes in use, by cycle of the cold execution; ascending.
  public var occupancy: [OccupancySample]
  /// Bytes of on-chip memory there are.
  public var onChipCapacity: Bytes
  /// The most multiply-accumulates that the modelled core can do in a cycle.
  public var peakMACsPerCycle: Int
  /// Loops and branches that run as the data want, in program order, and what was counted of each: what
  /// the last execution did, or an assumption before any.
  public var dataDependences: [DataDependence] = []

  /// A cost whose schedule is exact in the steady state.
  public init(
    clockMegahertz: Double, unitNames: [String], ops: [OpCost], cold: Schedule, steady: Schedule,
    occupancy: [OccupancySample], onChipCapacity: Bytes, peakMACsPerCycle: Int
  ) {
    self.clockMegahertz = clockMegahertz
    self.unitNames = unitNames
    self.ops = ops
    self.cold = cold
    self.steady = steady
    self.occupancy = occupancy
    self.onChipCapacity = onChipCapacity
    self.peakMACsPerCycle = peakMACsPerCycle
  }

  /// Multiply-accumulates of one execution.
  public var macs: Int { ops.reduce(0) { $0 + $1.macs } }

  /// The share of the peak that the products of one steady execution reach, 0 to 1.
  public var utilization: Double {
    steady.cycles.count == 0
      ? 0 : Double(macs) / (Double(steady.cycles.count) * Double(peakMACsPerCycle))
  }
}

/// A loop or a branch whose course depends on data, and what a cost counts of it.
public struct DataDependence: Hashable, Sendable {
  /// Where it is: `while.body/case`.
  public var name: String
  /// A loop; otherwise a branch.
  public var isLoop: Bool
  /// Times that it was reached.
  public var entries: Int
  /// Turns of a loop; or how often each branch was taken.
  public var runs: [Int]
  /// Nothing has run yet: a turn for each time, or the most expensive branch.
  public var isAssumed: Bool

  /// So many runs of a loop, or of branches.
  public init(name: String, isLoop: Bool, entries: Int, runs: [Int], isAssumed: Bool) {
    self.name = name
    self.isLoop = isLoop
    self.entries = entries
    self.runs = runs
    self.isAssumed = isAssumed
  }
}

/// One execution on the time axis.
public struct Schedule: Sendable {
  /// From the start of the window to the end of the last instruction.
  public var cycles: Cycles
  /// One entry a unit, in the order of `SimulatedCost.unitNames`.
  public var units: [UnitUsage]
  /// What every unit does and when. In the steady schedule cycle 0 is the end of the execution
  /// before, so prefetched instructions start below 0.
  public var timeline: Timeline
  /// Energy of the window by component; idle power is one of them.
  public var energy: EnergyBreakdown

  /// A schedule of these parts.
  public init(
    cycles: Cycles, units: [UnitUsage], timeline: Timeline, energy: EnergyBreakdown
  ) {
    self.cycles = cycles
    self.units = units
    self.timeline = timeline
    self.energy = energy
  }
}

/// How one unit spent the cycles of a schedule. Busy and stalls add up to the schedule's cycles.
public struct UnitUsage: Hashable, Sendable {
  /// The unit's name, as in `SimulatedCost.unitNames`.
  public var name: String
  /// Cycles by what the unit did, in the order of `BusyKind.allCases`.
  public var busy: [Cycles]
  /// Cycles by what the unit waited for, in the order of `StallCause.allCases`.
  public var stalls: [Cycles]

  /// A unit's cycles by kind and by cause.
  public init(name: String, busy: [Cycles], stalls: [Cycles]) {
    self.name = name
    self.busy = busy
    self.stalls = stalls
  }

  package var busyCycles: Cycles { busy.reduce(.zero, +) }
  package var stallCycles: Cycles { stalls.reduce(.zero, +) }
}

/// What a unit does in a busy cycle.
public enum BusyKind: String, Hashable, Sendable, CaseIterable {
  /// Operands stream through the array and every cycle brings new products.
  case compute
  /// The array fills or drains.
  case fillDrain
  /// The array waits for its stationary operand to shift in.
  case weightLoad
  /// The vector unit works.
  case vector
  /// A transfer is under way.
  case transfer
  /// Start-up of a program or of a transfer.
  case overhead
}

/// What a unit waits for in a cycle without work.
public enum StallCause: String, Hashable, Sendable, CaseIterable {
  /// A transfer that brings operands or takes results away.
  case dma
  /// Results of the matrix unit.
  case matrixUnit
  /// Results of the vector unit.
  case vectorUnit
  /// Room in on-chip memory.
  case memorySpace
  /// The ports of on-chip memory, which the units want more of than there is.
  case onChipPorts
  /// The launch of the program.
  case launch
  /// Nothing: the unit has no instruction left in this execution.
  case idle
}

/// One instruction on the time axis.
public struct TimelineEvent: Hashable, Sendable {
  /// Index into `SimulatedCost.unitNames`.
  public var unit: Int
  /// Index into `SimulatedCost.ops`.
  public var op: Int
  /// What the unit does.
  public var kind: BusyKind
  /// The first busy cycle.
  public var start: Int
  /// The first cycle after the last busy one.
  public var end: Int
  /// What the unit waited for just before `start`; `nil` if it did not wait.
  public var waitedFor: StallCause?
  /// Index into `SimulatedCost.tensors` of what a transfer moves; `nil` for other events, for sums that
  /// wait, and for what is no tensor.
  public var tensor: Int?
  /// Bytes that a transfer moves; none of other events.
  public var bytes: Bytes

  /// An event of these parts.
  public init(
    unit: Int, op: Int, kind: BusyKind, start: Int, end: Int, waitedFor: StallCause?,
    tensor: Int? = nil, bytes: Bytes = .zero
  ) {
    self.tensor = tensor
    self.bytes = bytes
    self.unit = unit
    self.op = op
    self.kind = kind
    self.start = start
    self.end = end
    self.waitedFor = waitedFor
  }
}

/// On-chip bytes in use from a cycle on.
public struct OccupancySample: Hashable, Sendable {
  /// The first cycle with that many bytes.
  public var cycle: Int
  /// Bytes in use until the next sample.
  public var bytes: Bytes

  /// So many bytes from a cycle on.
  public init(cycle: Int, bytes: Bytes) {
    self.cycle = cycle
    self.bytes = bytes
  }
}
