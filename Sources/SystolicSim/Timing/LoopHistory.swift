/// Finds out when turns of a loop repeat, so that the rest of them need not be run.
///
/// A turn maps points in time to points in time by maxima and sums, and what units take from each
/// other depends on differences of times only. If each point in time that matters has moved by the
/// same amount in two turns one after the other (or two runs of several turns), every later turn moves
/// it by that amount again. A point that stays where it is while the others move on was not written,
/// and if it had held one of them back, that one would not have moved by the same amount twice.
/// VMEM's ports are an exception, for who meets another at them loses the same cycles each time until
/// the other has finished; `UnitClocks.portsRepeat` sees to that.
struct LoopHistory {
  /// Runs of at most so many turns are recognised as a period.
  private static let longestPeriod = 8
  private static let kept = 2 * longestPeriod + 1

  private var turns = 0
  private var times: [Int] = []
  private var counters: [Int] = []
  private var rates: [Double] = []
  private var copies: [SIMD8<Int>] = []

  mutating func reset(times timeCount: Int, counters counterCount: Int) {
    turns = 0
    if times.count != Self.kept * timeCount {
      times = [Int](repeating: 0, count: Self.kept * timeCount)
    }
    if counters.count != Self.kept * counterCount {
      counters = [Int](repeating: 0, count: Self.kept * counterCount)
    }
    if rates.isEmpty {
      rates = [Double](repeating: 0, count: Self.kept * UnitClocks.portRateCount)
      copies = [SIMD8<Int>](repeating: SIMD8(repeating: 0), count: Self.kept)
    }
  }

  /// Takes note of the state after a turn; if turns repeat, moves the state on by as many of those
  /// left as make whole periods, and returns how many.
  mutating func skip(_ state: inout TimelineState, turnsLeft: Int) -> Int {
    record(state)
    var period = 1
    while period <= Self.longestPeriod && 2 * period < turns {
      let periods = turnsLeft / period
      if periods == 0 { return 0 }
      if let shift = shift(period, state) {
        move(&state, period: period, periods: periods, shift: shift)
        return periods * period
      }
      period += 1
    }
    return 0
  }

  private mutating func record(_ state: TimelineState) {
    let place = turns % Self.kept
    turns += 1
    times.withUnsafeMutableBufferPointer {
      for index in 0..<state.timeCount { $0[place * state.timeCount + index] = state.times[index] }
    }
    counters.withUnsafeMutableBufferPointer {
      for index in 0..<state.counterCount {
        $0[place * state.counterCount + index] = state.counters[index]
      }
    }
    rates.withUnsafeMutableBufferPointer {
      for index in 0..<UnitClocks.portRateCount {
        $0[place * UnitClocks.portRateCount + index] = state.clocks.portRates[index]
      }
    }
    copies[place] = state.clocks.copies
  }

  private func place(_ back: Int) -> Int { (turns - 1 - back) % Self.kept }

  /// The cycles by which the last two periods moved everything; `nil` if they did not.
  private func shift(_ period: Int, _ state: TimelineState) -> Int? {
    let (a, b, c) = (place(0), place(period), place(2 * period))
    let moved = copies[a] &- copies[b]
    guard moved == copies[b] &- copies[c] else { return nil }
    let width = state.timeCount
    return times.withUnsafeBufferPointer { times -> Int? in
      var shift = 0
      for index in 0..<width {
        let first = times[a * width + index] - times[b * width + index]
        guard first == times[b * width + index] - times[c * width + index] else { return nil }
        if first == 0 { continue }
        if shift == 0 { shift = first }
        guard first == shift else { return nil }
      }
      guard shift > 0 else { return nil }
      for index in 0..<width where times[a * width + index] == times[b * width + index] {
        if state.clocks.isWritten(index, copies: moved) { return nil }
      }
      guard let block = times.baseAddress,
        UnitClocks.portsRepeat(block + a * width, block + b * width, block + c * width)
      else { return nil }
      let ports = UnitClocks.portRateCount
      for index in 0..<ports
      where rates[a * ports + index] != rates[b * ports + index]
        || rates[b * ports + index] != rates[c * ports + index]
      {
        return nil
      }
      let count = state.counterCount
      for index in 0..<count {
        let first = counters[a * count + index] - counters[b * count + index]
        let second = counters[b * count + index] - counters[c * count + index]
        if first != second { return nil }
      }
      return shift
    }
  }

  private func move(
    _ state: inout TimelineState, period: Int, periods: Int, shift: Int
  ) {
    let (a, b) = (place(0), place(period))
    for index in 0..<state.timeCount {
      let now = times[a * state.timeCount + index]
      if now != times[b * state.timeCount + index] { state.times[index] = now + periods * shift }
    }
    for index in 0..<state.counterCount {
      let now = counters[a * state.counterCount + index]
      let before = counters[b * state.counterCount + index]
      state.counters[index] = now + periods * (now - before)
    }
    state.clocks.copies = copies[a] &+ (copies[a] &- copies[b]) &* SIMD8(repeating: periods)
  }
}
