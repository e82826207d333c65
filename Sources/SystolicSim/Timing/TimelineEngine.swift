internal import DeviceAPI

/// When one instruction of one execution ran.
struct InstructionTime: Hashable, Sendable {
  /// Its dependences are done and its memory is free; a copy starts its lead.
  var issue = 0
  /// The unit begins to work on it: a copy's lead counts once the unit has nothing else to do.
  var begin = 0
  /// The first data move, or the first cycle of work.
  var dataStart = 0
  /// The first cycle after the last.
  var end = 0
  /// What held it back longest before `begin`.
  var cause = StallCause.idle
}

/// Runs a program on the time axis: every unit, and the DRAM's bus, serves instructions in program
/// order, each as soon as what it waits for is there.
///
/// An instruction's start is thus a maximum over sums of durations: no duration that shrinks can
/// make anything later.
struct TimelineEngine: Sendable {
  let program: Program
  let durations: [InstructionDuration]
  /// Copies in flight at most.
  let copiesInFlight: Int
  /// Cycles that the core takes at least because of VMEM's ports: the launch, then all their bytes.
  let portCycles: Int
  /// Cycles by which units that want VMEM at the same time can delay each other beyond the times
  /// here, at most.
  let mostContentionCycles: Int
  /// For each instruction, the entries of `Program.turns` that it waits for.
  private let turnsOfWaiter: [[Int]]
  private let hasHostIn: Bool
  private let hasHostOut: Bool

  init(_ program: Program, architecture: ChipArchitecture) {
    self.program = program
    durations = program.instructions.map { architecture.duration(of: $0.work) }
    copiesInFlight = architecture.dma.queues
    var ports = PortDemand()
    for (index, instruction) in program.instructions.enumerated() {
      ports.add(durations[index], on: instruction.unit)
    }
    let transfers = ports.leastCycles(architecture.vmem)
    portCycles = transfers == 0 ? 0 : architecture.launchOverheadCycles + transfers
    mostContentionCycles = ports.mostContentionCycles(architecture.vmem)
    hasHostIn = program.instructions.contains { $0.unit == .hostIn }
    hasHostOut = program.instructions.contains { $0.unit == .hostOut }
    var turns = [[Int]](repeating: [], count: program.instructions.count)
    for (index, turn) in program.turns.enumerated() { turns[turn.waiter].append(index) }
    turnsOfWaiter = turns
  }

  /// What one execution leaves to the next.
  struct State: Hashable, Sendable {
    /// The core is free from this cycle on.
    var boundary = 0
    var hostInFree = 0
    var hostOutFree = 0
    /// For each turn, the end of the awaited instruction in the last execution and the one before.
    var awaited: [[Int]]

    /// The state seen from the boundary.
    var relative: State {
      State(
        boundary: 0, hostInFree: hostInFree - boundary, hostOutFree: hostOutFree - boundary,
        awaited: awaited.map { $0.map { $0 - boundary } })
    }
  }

  /// The state before the first execution: everything is free.
  var idleState: State {
    State(awaited: program.turns.map { _ in [0, 0] })
  }

  /// The times of one execution that starts in `state`, which becomes that after it.
  func execute(_ state: inout State) -> [InstructionTime] {
    var times = [InstructionTime](repeating: InstructionTime(), count: durations.count)
    var units = UnitClocks(state, copiesInFlight: copiesInFlight)
    for index in durations.indices {
      let unit = program.instructions[index].unit
      var time = constraints(on: index, times, floor: unit.isOnCore ? state.boundary : 0)
      for turn in turnsOfWaiter[index] where state.awaited[turn][1] > time.issue {
        time.issue = state.awaited[turn][1]
        time.cause = .memorySpace
      }
      if unit.isCopy {
        units.copy(&time, on: unit, durations[index])
      } else if unit == .mxu {
        units.multiply(&time, durations[index])
      } else {
        units.run(&time, on: unit, durations[index])
      }
      times[index] = time
    }
    state.advance(units.free, times, program.turns, hasHostIn: hasHostIn, hasHostOut: hasHostOut)
    return times
  }

  /// The latest of an instruction's dependences, and what kind of wait that is.
  private func constraints(
    on index: Int, _ times: [InstructionTime], floor: Int
  ) -> InstructionTime {
    let instruction = program.instructions[index]
    var time = InstructionTime()
    time.issue = floor
    for unit in ProgramUnit.allCases {
      let data = Int(instruction.dataDependences.latest[unit.rawValue])
      if data >= 0 && times[data].end > time.issue {
        time.issue = times[data].end
        time.cause = unit.cause
      }
      let space = Int(instruction.spaceDependences.latest[unit.rawValue])
      if space >= 0 && times[space].end > time.issue {
        time.issue = times[space].end
        time.cause = .memorySpace
      }
    }
    return time
  }
}

extension TimelineEngine.State {
  fileprivate mutating func advance(
    _ unitFree: SIMD8<Int>, _ times: [InstructionTime], _ turns: [Turn], hasHostIn: Bool,
    hasHostOut: Bool
  ) {
    for unit in ProgramUnit.allCases where unit.isOnCore {
      boundary = max(boundary, unitFree[unit.rawValue])
    }
    hostInFree = hasHostIn ? unitFree[ProgramUnit.hostIn.rawValue] : boundary
    hostOutFree = hasHostOut ? unitFree[ProgramUnit.hostOut.rawValue] : boundary
    for (index, turn) in turns.enumerated() {
      awaited[index] = [times[turn.awaited].end, awaited[index][0]]
    }
  }
}

extension ProgramUnit {
  /// What a unit waits for when it waits for a result of this one.
  var cause: StallCause {
    switch self {
    case .sequencer: .launch
    case .hostIn, .hostOut, .dmaLoad, .dmaStore, .dmaCMEM: .dma
    case .mxu: .matrixUnit
    case .vpu: .vectorUnit
    }
  }
}
