public import DeviceAPI
internal import Units

/// A graph compiled for a chip: what runs, when, and what it costs.
public struct CompiledProgram: Sendable {
  public let graph: Graph
  public let program: Program
  /// Schedules, energy and costs by operation; they do not depend on the data.
  public let cost: SimulatedCost
  let times: ExecutionTimes
  private let mxu: MXUParameters

  init(graph: Graph, program: Program, timeline: TimelineEngine, chip: Chip) {
    let times = timeline.executionTimes()
    self.graph = graph
    self.program = program
    self.times = times
    mxu = chip.architecture.mxu
    cost = CostBuilder(timeline: timeline, chip: chip).cost(times)
  }

  /// How the array divides the sum over `k` of a product's value; `nil` if the value is no product.
  ///
  /// Tiles never change it: blocks of `k` are whole folds, taken in ascending order.
  public func accumulation(of value: ValueID) -> Accumulation? {
    graph.accumulation(of: value, mxu: mxu)
  }
}

/// Gathers what `SimulatedCost` holds.
struct CostBuilder {
  let timeline: TimelineEngine
  let chip: Chip

  private var program: Program { timeline.program }

  func cost(_ times: ExecutionTimes) -> SimulatedCost {
    let coldCycles = times.cold.reduce(0) { max($0, $1.end) } + times.coldPortWait
    let atRest = [Int](repeating: 0, count: ProgramUnit.allCases.count)
    let builder = ScheduleBuilder(program: program, durations: timeline.durations)
    let ops = opCosts(builder.schedule(times.cold, cycles: coldCycles, previousEnds: atRest))
    var cost = SimulatedCost(
      clockMegahertz: chip.architecture.clockMegahertz,
      unitNames: units.map(\.name), ops: ops,
      cold: schedule(builder, times.cold, coldCycles, atRest, times.coldPortWait, ops),
      steady: schedule(
        builder, times.steady, times.period, times.previousEnds, times.steadyPortWait, ops),
      occupancy: builder.occupancy(times.cold),
      onChipCapacity: Bytes(chip.architecture.vmem.capacityBytes),
      peakMACsPerCycle: peakMACsPerCycle)
    cost.isSteadyExact = times.isExact
    return cost
  }

  /// At the rate of the fastest type that the program multiplies.
  private var peakMACsPerCycle: Int {
    let mxu = chip.architecture.mxu
    let rates = program.instructions.map { instruction in
      if case .matmul(let tile) = instruction.work {
        mxu.relativeRates[tile.operandType] ?? 1
      } else {
        0.0
      }
    }
    let fastest = rates.max() ?? 0
    return fastest == 0 ? mxu.macsPerCycle : Int(Double(mxu.macsPerCycle) * fastest)
  }

  /// The units that the chip has; the one that it may lack is the last.
  private var units: [ProgramUnit] {
    ProgramUnit.allCases.filter { $0 != .dmaCMEM || chip.architecture.cmem != nil }
  }

  private func schedule(
    _ builder: ScheduleBuilder, _ times: [InstructionTime], _ cycles: Int, _ previousEnds: [Int],
    _ portWait: Int, _ ops: [OpCost]
  ) -> Schedule {
    let (usage, events) = builder.schedule(
      times, cycles: cycles, previousEnds: previousEnds, portWait: portWait)
    var energy = EnergyBreakdown()
    for op in ops { energy += op.energy }
    energy[.idle] = EnergyModel(chip: chip).idleEnergy(cycles: cycles)
    return Schedule(
      cycles: Cycles(cycles), units: Array(usage.prefix(units.count)), timeline: events,
      energy: energy)
  }

  private func opCosts(
    _ cold: (units: [UnitUsage], timeline: [TimelineEvent])
  ) -> [OpCost] {
    let model = EnergyModel(chip: chip)
    var counts = [ActionCounts](repeating: ActionCounts(), count: program.ops.count)
    var cycles = [Int](repeating: 0, count: program.ops.count)
    for (index, instruction) in program.instructions.enumerated() {
      model.count(instruction.work, in: &counts[instruction.op])
      if instruction.unit == program.ops[instruction.op].unit && instruction.unit != .mxu {
        cycles[instruction.op] += timeline.durations[index].occupied
      }
    }
    // What a product loads first and drains last is in its cycles where nothing hides it.
    for event in cold.timeline
    where event.unit == ProgramUnit.mxu.rawValue && program.ops[event.op].unit == .mxu {
      cycles[event.op] += event.end - event.start
    }
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
