internal import SystolicModel
internal import Units

/// What one execution leaves to the next.
package struct MachineState: Hashable, Sendable {
  /// The core is free from this cycle on.
  package var boundary = 0
  package var hostInFree = 0
  package var hostOutFree = 0
  /// For each buffer pair of the host link, the end of its last use in the last execution and in the
  /// one before. Two buffers are used by turns, so that the link may work beside the core.
  package var infeeds: [PairEnds]
  package var outfeeds: [PairEnds]

  package struct PairEnds: Hashable, Sendable {
    package var last = 0
    package var before = 0
  }

  /// Before the first execution: everything is free.
  package init(_ program: Program) {
    infeeds = program.infeeds.map { _ in PairEnds() }
    outfeeds = program.outfeeds.map { _ in PairEnds() }
  }

  /// The state seen from the boundary.
  package var relative: MachineState {
    var state = self
    func move(_ ends: inout [PairEnds]) {
      for index in ends.indices {
        ends[index].last -= boundary
        ends[index].before -= boundary
      }
    }
    state.hostInFree -= boundary
    state.hostOutFree -= boundary
    move(&state.infeeds)
    move(&state.outfeeds)
    state.boundary = 0
    return state
  }

  mutating func advance<R>(_ engine: TimelineEngine<R>, launchEnd: Int, fetched: [Int]) {
    for unit in ProgramUnit.allCases where unit.isOnCore {
      boundary = max(boundary, engine.state.clocks.free(unit))
    }
    hostInFree =
      engine.program.infeeds.isEmpty ? boundary : engine.state.clocks.free(.hostIn)
    hostOutFree =
      engine.program.outfeeds.isEmpty ? boundary : engine.state.clocks.free(.hostOut)
    for (index, infeed) in engine.program.infeeds.enumerated() {
      let end = infeed.value.flatMap { engine.lastLoad(of: $0) } ?? launchEnd
      infeeds[index] = PairEnds(last: end, before: infeeds[index].last)
    }
    for index in fetched.indices {
      outfeeds[index] = PairEnds(last: fetched[index], before: outfeeds[index].last)
    }
  }
}

/// Executions of a program, from the first to those that repeat exactly.
package struct ExecutionTimes: Hashable, Sendable {
  /// Cycles of the first execution, its results' way to the host included.
  package var coldCycles = 0
  /// Cycles from one execution to the next in the steady state.
  package var period = 0
  /// The state in which the steady execution starts.
  package var steadyStart: MachineState
  /// For each unit, its last busy cycle of the execution before the steady one, plus one.
  package var previousEnds: [Int]
  /// Cycles of the first execution, and of the steady one, in which the core waits for VMEM's ports
  /// when all its instructions could be done.
  package var coldPortWait = 0
  package var steadyPortWait = 0
  /// The steady execution repeats exactly; otherwise it is merely the last of many.
  package var isExact = true
}

extension TimelineEngine {
  /// Runs executions back to back until the state of the machine repeats.
  ///
  /// The core starts an execution when it has finished the one before; the host link runs ahead
  /// and behind, as far as its two buffers allow. Times are maxima of sums, and the slowest of core
  /// and links sets the pace; so the state after a while moves by the same period each time. Where
  /// a link is only a little faster or slower than the core, that takes many executions: as many as
  /// its lead or its backlog needs to grow. The state in which they would end is one of few, so
  /// executions are tried from each of these: the link that brings is as it comes, or far ahead;
  /// the link that takes away is as it comes, or as far behind as it can be.
  ///
  /// Where none repeats soon, the steady execution is the last one that was run, and `isExact` says
  /// so.
  package func executionTimes() -> ExecutionTimes {
    var machine = MachineState(program)
    execute(&machine)
    let cold = lastEnds.reduce(0, max)
    var times = ExecutionTimes(steadyStart: machine, previousEnds: [])
    for start in Self.starts {
      var state = machine
      if start.isAhead { state.hostInFree = -Self.far }
      if start.isBehind { state.hostOutFree += Self.far }
      times = steady(from: state, rounds: start.rounds)
      if times.isExact { break }
    }
    if !times.isExact { times = steady(from: machine, rounds: 256) }
    times.coldPortWait = max(0, portCycles - cold)
    times.steadyPortWait = max(0, portCycles - times.period)
    times.coldCycles = cold + times.coldPortWait
    times.period += times.steadyPortWait
    return times
  }

  /// Where executions start from, and how many are tried.
  private static var starts: [(isAhead: Bool, isBehind: Bool, rounds: Int)] {
    [(false, false, 6), (true, false, 24), (false, true, 24), (true, true, 24)]
  }

  /// Executions from a state on until one leaves the machine as it found it, or so many.
  private func steady(from start: MachineState, rounds: Int) -> ExecutionTimes {
    var (before, state) = (start, start)
    var ends = lastEnds
    var previous = ends
    var isExact = false
    var wasExact = false
    // The execution before the steady one must be like it, too, and none that waited for a link that
    // was put far behind.
    for _ in 0..<rounds where !wasExact {
      wasExact = isExact
      (before, previous) = (state, ends)
      execute(&state)
      ends = lastEnds
      isExact = state.relative == before.relative
    }
    return ExecutionTimes(
      period: state.boundary - before.boundary, steadyStart: before, previousEnds: previous,
      isExact: isExact)
  }

  /// Longer than any number of executions, and small enough to be added to itself.
  private static var far: Int { 1 << 60 }

  /// For each unit, the end of its last result in the last execution.
  var lastEnds: [Int] {
    ProgramUnit.allCases.map { max(0, state.clocks.lastEnd($0)) }
  }
}

extension Program {
  /// Cycles that VMEM's ports need for all bytes of an execution, after its launch; 0 if it moves
  /// none.
  func portCycles(_ timing: ChipTiming) -> Int {
    var (read, written) = (0, 0)
    func add(_ duration: InstructionDuration, _ count: Int) {
      read += count * duration.portRead
      written += count * duration.portWritten
    }
    for group in groups {
      for load in group.loadsBefore + group.loadsAfter { add(load.duration, 1) }
      let ports = group.program.ports
      read += ports.read
      written += ports.written
    }
    let transfers = max(
      read.dividedRoundingUp(by: timing.vmem.readBytesPerCycle),
      written.dividedRoundingUp(by: timing.vmem.writeBytesPerCycle))
    return transfers == 0 ? 0 : timing.launchCycles + transfers
  }
}
