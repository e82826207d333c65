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
}

extension TimelineEngine {
  /// Runs executions back to back until the state of the machine repeats.
  ///
  /// The core starts an execution when it has finished the one before; the host link runs ahead
  /// and behind, as far as its two buffers allow. Since times are maxima of sums, the state after
  /// a while moves by the same period each time. Where the link has only slightly less to do than
  /// the core, it would take many executions to get as far ahead as it can: after a few, it is put
  /// there, which is the state that they would end in.
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
    var previous = cold
    for round in 0..<Self.mostRounds {
      if round == Self.roundsBeforeJump { state.hostInFree = -Self.farPast }
      let before = state
      let times = execute(&state)
      if state.relative == before.relative {
        return ExecutionTimes(
          cold: cold, steady: times.map { $0.moved(by: -before.boundary) },
          period: state.boundary - before.boundary,
          previousEnds: lastEnds(previous).map { $0 - before.boundary })
      }
      previous = times
    }
    // Not reached by any program that we know; then every execution starts from a machine at rest.
    let end = cold.reduce(0) { max($0, $1.end) }
    return ExecutionTimes(
      cold: cold, steady: cold, period: end,
      previousEnds: lastEnds(cold).map { $0 - end })
  }

  /// Executions after which the host link is put ahead.
  private static var roundsBeforeJump: Int { 6 }
  private static var mostRounds: Int { 256 }
  private static var farPast: Int { 1 << 60 }

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
