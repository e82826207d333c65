public import DeviceAPI
public import GraphIR
package import SystolicModel
internal import Units

/// A graph compiled for a chip: what runs, when, and what it costs.
public struct CompiledProgram: Sendable {
  /// What was compiled.
  public let graph: Graph
  /// What the chip runs.
  public let program: Program
  /// Schedules, energy and costs by operation; they do not depend on the data.
  public let cost: SimulatedCost
  package let times: ExecutionTimes
  /// By value of the graph.
  private let accumulations: [ValueID: Accumulation]

  init(graph: Graph, lowered: LoweredGraph, plan: PlanSearch.Plan, chip: Chip, _ timing: ChipTiming)
  {
    self.graph = graph
    program = plan.program
    times = plan.times
    cost = CostBuilder(program: plan.program, chip: chip, timing)
      .cost(plan.times, tensorNames: plan.program.tensorNames(of: graph))
    var accumulations: [ValueID: Accumulation] = [:]
    for (group, made) in zip(lowered.groups, plan.program.groups) {
      if let value = group.productValue, let product = group.product {
        accumulations[value] = made.program.accumulation(of: product, timing.mxu)
      }
    }
    self.accumulations = accumulations
  }

  /// How the array divides the sum over `k` of a product's value; `nil` if the value is no product.
  ///
  /// Tiles never change it: blocks of `k` are whole folds, taken in ascending order.
  package func accumulation(of value: ValueID) -> Accumulation? { accumulations[value] }
}

extension MXUParameters {
  /// The folds of a product's sums: each instruction's rows of the array, one after another; or, where
  /// results stay in the array, all of `k`, for a sum that waits is put back to be gone on with.
  package func accumulation(of product: ProductShape) -> Accumulation {
    Accumulation(
      k: product.k,
      foldDepth: max(1, dataflow == .outputStationary ? product.k : min(rows, product.k)))
  }
}

extension GroupProgram {
  /// Those of the group's product.
  fileprivate func accumulation(of product: ProductShape, _ mxu: MXUParameters) -> Accumulation {
    let block = hasProduct ? tiles.k(0) : product.k
    precondition(
      block == product.k || mxu.dataflow == .outputStationary || block % mxu.rows == 0,
      "blocks of k are whole folds in every mapping")
    return mxu.accumulation(of: product)
  }
}

/// Gathers what `SimulatedCost` holds.
struct CostBuilder {
  let program: Program
  let chip: Chip
  let timing: ChipTiming

  init(program: Program, chip: Chip, _ timing: ChipTiming) {
    self.program = program
    self.chip = chip
    self.timing = timing
  }

  /// - Parameter tensorNames: of the program's values.
  func cost(_ times: ExecutionTimes, tensorNames: [String]) -> SimulatedCost {
    let atRest = [Int](repeating: 0, count: ProgramUnit.allCases.count)
    let cold = recorded(
      MachineState(program), previousEnds: atRest, cycles: times.coldCycles,
      portWait: times.coldPortWait)
    let steady = recorded(
      times.steadyStart, previousEnds: times.previousEnds, cycles: times.period,
      portWait: times.steadyPortWait)
    let ops = opCosts(cold.recorder.opCycles)
    var cost = SimulatedCost(
      clockMegahertz: chip.architecture.clockMegahertz,
      unitNames: units.map(\.name), ops: ops,
      cold: schedule(cold, times.coldCycles, ops),
      steady: schedule(steady, times.period, ops),
      occupancy: occupancy(cold), onChipCapacity: Bytes(chip.architecture.vmem.capacityBytes),
      peakMACsPerCycle: peakMACsPerCycle)
    cost.isSteadyExact = times.isExact
    cost.tensors = tensorCosts(
      tensorNames,
      buffers: program.buffers.indices.map {
        (cold.recorder.firstUse[$0], cold.engine.lastUse[$0])
      })
    return cost
  }

  /// At the rate of the fastest type that the program multiplies.
  private var peakMACsPerCycle: Int {
    let mxu = chip.architecture.mxu
    var fastest = 0.0
    for group in program.groups where group.program.hasProduct {
      fastest = max(fastest, mxu.relativeRates[group.program.problem.operandType] ?? 1)
    }
    return fastest == 0 ? mxu.macsPerCycle : Int(Double(mxu.macsPerCycle) * fastest)
  }

  /// The units that the chip has; the one that it may lack is the last.
  private var units: [ProgramUnit] {
    ProgramUnit.allCases.filter { $0 != .dmaCMEM || chip.architecture.cmem != nil }
  }

  // MARK: Schedules

  /// One execution, written down.
  struct Recorded {
    var engine: TimelineEngine<ScheduleRecorder>
    var usage: [UnitUsage]
    /// Lists every event; not before it is asked for.
    var timeline: Timeline
    var recorder: ScheduleRecorder { engine.recorder }
  }

  private func recorded(
    _ start: MachineState, previousEnds: [Int], cycles: Int, portWait: Int
  ) -> Recorded {
    let ends = previousEnds.map { $0 - start.boundary }
    let engine = engine(start, ends, cycles: cycles, portWait: portWait, listsEvents: false)
    let (program, chip, launchCycles) = (program, chip, timing.launchCycles)
    return Recorded(
      engine: engine, usage: engine.recorder.usage(engine.state, units: units),
      timeline: Timeline {
        // Threads may ask for it that do not share what this one remembers.
        let builder = CostBuilder(
          program: program, chip: chip,
          ChipTiming(chip.architecture, launchCycles: launchCycles))
        return builder.engine(
          start, ends, cycles: cycles, portWait: portWait, listsEvents: true
        ).recorder.rows(cycles: cycles, hostBytes: builder.hostBytes)
      })
  }

  /// - Parameter listsEvents: every tile is run by itself.
  private func engine(
    _ start: MachineState, _ previousEnds: [Int], cycles: Int, portWait: Int, listsEvents: Bool
  ) -> TimelineEngine<ScheduleRecorder> {
    let engine = TimelineEngine(
      program, timing,
      recorder: ScheduleRecorder(
        ops: program.ops.count, buffers: program.buffers.count, listsEvents: listsEvents),
      compresses: !listsEvents)
    var machine = start.relative
    engine.execute(&machine, previousEnds: previousEnds)
    engine.recorder.finish(
      engine.state, previousEnds: previousEnds, cycles: cycles, portWait: portWait)
    return engine
  }

  /// How the units spend the first execution.
  func coldUsage(cycles: Int) -> [UnitUsage] {
    recorded(
      MachineState(program), previousEnds: [Int](repeating: 0, count: ProgramUnit.allCases.count),
      cycles: cycles,
      portWait: 0
    ).usage
  }

  private func schedule(_ recorded: Recorded, _ cycles: Int, _ ops: [OpCost]) -> Schedule {
    var energy = EnergyBreakdown()
    for op in ops { energy += op.energy }
    energy[.idle] = EnergyModel(chip: chip).idleEnergy(cycles: cycles)
    return Schedule(
      cycles: Cycles(cycles), units: recorded.usage, timeline: recorded.timeline, energy: energy)
  }

  /// On-chip bytes in use, by cycle: a buffer counts from the start of the first instruction that
  /// writes it to the end of the last one that uses it.
  private func occupancy(_ recorded: Recorded) -> [OccupancySample] {
    let (first, last) = (recorded.recorder.firstUse, recorded.engine.lastUse)
    var changes: [(cycle: Int, bytes: Int)] = []
    for (index, buffer) in program.buffers.enumerated() where first[index] < last[index] {
      changes.append((first[index], buffer.range.count))
      changes.append((last[index], -buffer.range.count))
    }
    return [OccupancySample](changes)
  }

  // MARK: Operations

  /// What each operation sends over the host link.
  private var hostBytes: [Int] {
    var bytes = [Int](repeating: 0, count: program.ops.count)
    for transfer in program.infeeds + program.outfeeds { bytes[transfer.op] = transfer.bytes }
    return bytes
  }

  /// What each operation does in an execution.
  static func counts(
    of program: Program, chip: Chip, _ timing: ChipTiming
  ) -> [ActionCounts] {
    let model = EnergyModel(chip: chip)
    var counts = [ActionCounts](repeating: ActionCounts(), count: program.ops.count)
    for infeed in program.infeeds {
      model.countHost(bytes: infeed.bytes, isIn: true, in: &counts[infeed.op])
    }
    for outfeed in program.outfeeds {
      model.countHost(bytes: outfeed.bytes, isIn: false, in: &counts[outfeed.op])
    }
    for group in program.groups {
      model.count(group.program, timing, in: &counts[group.op])
      for load in group.loadsBefore + group.loadsAfter {
        model.countCopy(
          load.pattern, load.unit, isWrite: false, times: 1, timing, in: &counts[load.op])
      }
    }
    return counts
  }

  private func opCosts(_ cycles: [Int]) -> [OpCost] {
    let model = EnergyModel(chip: chip)
    let counts = Self.counts(of: program, chip: chip, timing)
    return program.ops.indices.map { index in
      OpCost(
        name: program.ops[index].name, kind: program.ops[index].kind,
        unit: program.ops[index].unit.rawValue, cycles: Cycles(cycles[index]),
        macs: counts[index].macs,
        vectorOperations: counts[index].vector.total, traffic: counts[index].traffic,
        energy: model.energy(of: counts[index]))
    }
  }
}

extension [OccupancySample] {
  /// Bytes in use after each cycle in which they change.
  init(_ changes: [(cycle: Int, bytes: Int)]) {
    self = []
    var bytes = 0
    for change in changes.sorted(by: { ($0.cycle, $0.bytes) < ($1.cycle, $1.bytes) }) {
      bytes += change.bytes
      if last?.cycle == change.cycle { removeLast() }
      append(OccupancySample(cycle: change.cycle, bytes: Bytes(bytes)))
    }
  }
}
