/// Executions of a program, from the first to those that repeat exactly.
struct ExecutionTimes: Sendable {
  /// The first execution, from cycle 0.
  var cold: [InstructionTime]
  /// An execution after which the machine is as it was before it, only later. Cycle 0 is the end
  /// of the execution before.
  var steady: [InstructionTime]
  /// Cycles from one execution to the next in the steady state.
  var period: Int
  /// Cycles of the first execution, and of the steady one, in which the core waits for VMEM's ports
  /// when all its instructions could be done.
  var coldPortWait = 0
  var steadyPortWait = 0
  /// For each unit, its last busy cycle of the execution before the steady one, plus one.
  var previousEnds: [Int]
  /// `steady` repeats exactly; otherwise it is merely the last of many executions.
  var isExact = true
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
  /// Where none repeats soon, `steady` is the last execution that was run, and `isExact` says so.
  func executionTimes() -> ExecutionTimes {
    var times = freeExecutionTimes()
    times.coldPortWait = max(0, portCycles - times.cold.reduce(0) { max($0, $1.end) })
    times.steadyPortWait = max(0, portCycles - times.period)
    times.period += times.steadyPortWait
    return times
  }

  /// The same without the ports of VMEM.
  private func freeExecutionTimes() -> ExecutionTimes {
    var state = idleState
    let cold = execute(&state)
    for start in Self.starts {
      var state = state
      if start.isAhead { state.hostInFree = -Self.far }
      if start.isBehind { state.hostOutFree += Self.far }
      let times = steady(from: state, cold: cold, rounds: start.rounds)
      if times.isExact { return times }
    }
    return steady(from: state, cold: cold, rounds: 256)
  }

  /// Where executions start from, and how many are tried.
  private static var starts: [(isAhead: Bool, isBehind: Bool, rounds: Int)] {
    [(false, false, 6), (true, false, 24), (false, true, 24), (true, true, 24)]
  }

  /// Executions from a state on until one leaves the machine as it found it, or so many.
  private func steady(
    from start: State, cold: [InstructionTime], rounds: Int
  ) -> ExecutionTimes {
    var (previous, before, times, state) = (cold, start, cold, start)
    var isExact = false
    var wasExact = false
    // The execution before the steady one must be like it, too, and none that waited for a link that
    // was put far behind.
    for _ in 0..<rounds where !wasExact {
      wasExact = isExact
      (previous, before) = (times, state)
      times = execute(&state)
      isExact = state.relative == before.relative
    }
    return ExecutionTimes(
      cold: cold, steady: times.map { $0.moved(by: -before.boundary) },
      period: state.boundary - before.boundary,
      previousEnds: lastEnds(previous).map { $0 - before.boundary }, isExact: isExact)
  }

  /// Longer than any number of executions, and small enough to be added to itself.
  private static var far: Int { 1 << 60 }

  private func lastEnds(_ times: [InstructionTime]) -> [Int] {
    var ends = [Int](repeating: 0, count: ProgramUnit.allCases.count)
    for (index, time) in times.enumerated() {
      let unit = program.instructions[index].unit.rawValue
      ends[unit] = max(ends[unit], time.end)
    }
    return ends
  }
}

extension InstructionTime {
  fileprivate func moved(by cycles: Int) -> InstructionTime {
    var time = self
    time.issue += cycles
    time.begin += cycles
    time.dataStart += cycles
    time.end += cycles
    return time
  }
}
