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
  /// Words of a state.
  private let timeStride: Int
  private let countStride: Int
  /// After each of the last turns: times, counts, the sum of all times; and rates at the ports. There
  /// once they are needed.
  private var words: UnsafeMutablePointer<Int>?
  private var rateWords: UnsafeMutablePointer<Double>?

  /// - Parameters:
  ///   - timeCapacity: most points in time of a state.
  ///   - countCapacity: most counts of a state.
  init(timeCapacity: Int, countCapacity: Int) {
    (timeStride, countStride) = (timeCapacity, countCapacity)
  }

  func deallocate() {
    words?.deallocate()
    rateWords?.deallocate()
  }

  mutating func reset() {
    turns = 0
    if words != nil { return }
    words = .allocate(capacity: Self.kept * (timeStride + countStride + 1))
    rateWords = .allocate(capacity: Self.kept * UnitClocks.portRateCount)
  }

  /// Takes note of the state after a turn; if turns repeat, moves the state on by as many of those
  /// left as make whole periods, and returns how many.
  mutating func skip(_ state: TimelineState, turnsLeft: Int) -> Int {
    guard let words, let rateWords else { return 0 }
    let log = Log(
      times: words, counts: words + Self.kept * timeStride,
      sums: words + Self.kept * (timeStride + countStride), rates: rateWords)
    record(state, log)
    var period = 1
    while period <= Self.longestPeriod && 2 * period < turns {
      let periods = turnsLeft / period
      if periods == 0 { return 0 }
      if let shift = shift(period, state, log) {
        move(state, log, period: period, periods: periods, shift: shift)
        return periods * period
      }
      period += 1
    }
    return 0
  }

  private struct Log {
    let times: UnsafeMutablePointer<Int>
    let counts: UnsafeMutablePointer<Int>
    let sums: UnsafeMutablePointer<Int>
    let rates: UnsafeMutablePointer<Double>
  }

  private mutating func record(_ state: TimelineState, _ log: Log) {
    let place = turns % Self.kept
    turns += 1
    let times = log.times + place * timeStride
    var sum = 0
    for index in 0..<state.timeCount {
      times[index] = state.times[index]
      sum &+= state.times[index]
    }
    log.sums[place] = sum
    (log.counts + place * countStride).update(from: state.counts, count: state.countCount)
    (log.rates + place * UnitClocks.portRateCount).update(
      from: state.clocks.portRates, count: UnitClocks.portRateCount)
  }

  private func place(_ back: Int) -> Int { (turns - 1 - back) % Self.kept }

  /// The cycles by which the last two periods moved everything; `nil` if they did not.
  private func shift(_ period: Int, _ state: TimelineState, _ log: Log) -> Int? {
    let (a, b, c) = (place(0), place(period), place(2 * period))
    if log.sums[a] &- log.sums[b] != log.sums[b] &- log.sums[c] { return nil }
    let (last, before, first) = (
      log.times + a * timeStride, log.times + b * timeStride, log.times + c * timeStride
    )
    var shift = 0
    for index in 0..<state.timeCount {
      let moved = last[index] - before[index]
      guard moved == before[index] - first[index] else { return nil }
      if moved == 0 { continue }
      if shift == 0 { shift = moved }
      guard moved == shift else { return nil }
    }
    guard shift > 0 else { return nil }
    let (counted, countedBefore, countedFirst) = (
      log.counts + a * countStride, log.counts + b * countStride, log.counts + c * countStride
    )
    for index in 0..<state.countCount
    where counted[index] - countedBefore[index] != countedBefore[index] - countedFirst[index] {
      return nil
    }
    for index in 0..<state.timeCount where last[index] == before[index] {
      if state.clocks.isWritten(index, copies: { counted[$0] - countedBefore[$0] }) { return nil }
    }
    guard UnitClocks.portsRepeat(last, before, first) else { return nil }
    let ports = UnitClocks.portRateCount
    for index in 0..<ports
    where log.rates[a * ports + index] != log.rates[b * ports + index]
      || log.rates[b * ports + index] != log.rates[c * ports + index]
    {
      return nil
    }
    return shift
  }

  private func move(
    _ state: TimelineState, _ log: Log, period: Int, periods: Int, shift: Int
  ) {
    let (a, b) = (place(0), place(period))
    let (last, before) = (log.times + a * timeStride, log.times + b * timeStride)
    for index in 0..<state.timeCount where last[index] != before[index] {
      state.times[index] = last[index] + periods * shift
    }
    let (counted, countedBefore) = (log.counts + a * countStride, log.counts + b * countStride)
    for index in 0..<state.countCount {
      state.counts[index] = counted[index] + periods * (counted[index] - countedBefore[index])
    }
  }
}
