internal import DeviceAPI

/// Finds out when turns of a loop repeat, so that the rest of them need not be run.
///
/// A turn maps points in time to points in time by maxima and sums. If each point in time that
/// matters has moved by the same amount in two turns one after the other (or two runs of several
/// turns), every later turn moves it by that amount again. A point that stays where it is while
/// the others move on was not written, and if it had held one of them back, that one would not have
/// moved by the same amount twice.
struct TurnHistory {
  /// Runs of at most so many turns are recognised as a period.
  private static var longestPeriod: Int { 8 }

  private struct Turn {
    var stalls: SIMD8<Int>
    var exposed: SIMD2<Int>
    var places: Int
    var loads: Int
    /// By unit.
    var copies: SIMD8<Int>
  }

  private var turns: [Turn] = []
  private var times: [Int] = []
  private var width = 0
  private var isFinished = false

  /// Takes note of the state after a turn; if turns repeat, moves the state on by as many of those
  /// left as make whole periods, and returns how many.
  mutating func skip(_ state: inout ProductTimeline.State, turnsLeft: Int) -> Int {
    guard !isFinished, turnsLeft > 0 else { return 0 }
    append(state)
    var period = 1
    while period <= Self.longestPeriod && 2 * period < turns.count {
      let periods = turnsLeft / period
      if periods > 0, let shift = shift(period) {
        isFinished = true
        move(&state, period: period, periods: periods, shift: shift)
        return periods * period
      }
      period += 1
    }
    return 0
  }

  private mutating func append(_ state: ProductTimeline.State) {
    width = state.timeCount
    let start = times.count
    times.append(contentsOf: repeatElement(0, count: width))
    times.withUnsafeMutableBufferPointer {
      state.write(to: UnsafeMutableBufferPointer(rebasing: $0[start...]))
    }
    turns.append(
      Turn(
        stalls: state.stalls, exposed: state.exposed, places: state.places,
        loads: state.lhs.loads + state.rhs.loads,
        copies: state.clocks.copies))
  }

  /// The cycles by which the last two periods moved everything; `nil` if they did not.
  private func shift(_ period: Int) -> Int? {
    let last = turns.count - 1
    let (a, b, c) = (turns[last], turns[last - period], turns[last - 2 * period])
    guard a.places == b.places, b.places == c.places,
      a.copies &- b.copies == b.copies &- c.copies,
      a.loads - b.loads == b.loads - c.loads, a.stalls &- b.stalls == b.stalls &- c.stalls,
      a.exposed &- b.exposed == b.exposed &- c.exposed
    else { return nil }
    let (now, before, earlier) = (
      last * width, (last - period) * width, (last - 2 * period) * width
    )
    let shift = times[now] - times[before]
    guard shift > 0, times[before] - times[earlier] == shift else { return nil }
    for index in 1..<width {
      let first = times[now + index] - times[before + index]
      let second = times[before + index] - times[earlier + index]
      guard first == second else { return nil }
      if first == shift { continue }
      guard first == 0, !isWritten(index, copies: a.copies &- b.copies)
      else { return nil }
    }
    return shift
  }

  /// Whether turns with so many copies write a point in time without fail.
  private func isWritten(_ index: Int, copies: SIMD8<Int>) -> Bool {
    let loads = copies[ProgramUnit.dmaLoad.rawValue]
    let stores = copies[ProgramUnit.dmaStore.rawValue]
    if ProductTimeline.State.Layout.load.contains(index) { return loads > 0 }
    if ProductTimeline.State.Layout.store.contains(index) { return stores > 0 }
    if ProductTimeline.State.Layout.cmem.contains(index) {
      return copies[ProgramUnit.dmaCMEM.rawValue] > 0
    }
    if index == ProductTimeline.State.Layout.bus { return loads + stores > 0 }
    return index >= ProductTimeline.State.Layout.ring && loads + stores > 0
  }

  private func move(
    _ state: inout ProductTimeline.State, period: Int, periods: Int, shift: Int
  ) {
    let last = turns.count - 1
    let (now, before) = (last * width, (last - period) * width)
    var moved = [Int](repeating: 0, count: width)
    for index in 0..<width {
      let time = times[now + index]
      moved[index] = time == times[before + index] ? time : time + periods * shift
    }
    moved.withUnsafeMutableBufferPointer { state.read(from: $0) }
    let stalls = turns[last].stalls &- turns[last - period].stalls
    state.stalls = state.stalls &+ stalls &* SIMD8(repeating: periods)
    let exposed = turns[last].exposed &- turns[last - period].exposed
    state.exposed = state.exposed &+ exposed &* SIMD2(repeating: periods)
  }
}
