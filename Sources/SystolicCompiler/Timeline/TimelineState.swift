internal import SystolicModel

/// All that one instruction leaves to the next, in blocks of memory that belong to the state's owner.
package struct TimelineState {
  let clocks: UnitClocks
  /// Points in time: the clocks', the recorder's, those of the accumulators, and those of the group
  /// that runs.
  let times: UnsafeMutablePointer<Int>
  private(set) var timeCount: Int
  /// What the recorder counts.
  let counters: UnsafeMutablePointer<Int>
  let counterCount: Int
  /// The clocks' copies, and what the recorder counts.
  let counts: UnsafeMutablePointer<Int>
  var countCount: Int { UnitClocks.unitCount + counterCount }

  private let recorderBase: Int
  private let groupBase: Int

  init(
    times: UnsafeMutablePointer<Int>, portRates: UnsafeMutablePointer<Double>,
    counts: UnsafeMutablePointer<Int>, _ timing: ChipTiming, recorderTimes: Int,
    recorderCounters: Int
  ) {
    self.times = times
    self.counts = counts
    counters = counts + UnitClocks.unitCount
    counterCount = recorderCounters
    clocks = UnitClocks(times: times, portRates: portRates, copies: counts, timing)
    recorderBase = UnitClocks.timeCount(copiesInFlight: timing.copiesInFlight)
    groupBase = recorderBase + recorderTimes + 2
    timeCount = groupBase
  }

  /// Words of the block for groups with so many streams and stores at most.
  static func capacity(
    _ timing: ChipTiming, recorderTimes: Int, streams: Int, stores: Int
  ) -> Int {
    UnitClocks.timeCount(copiesInFlight: timing.copiesInFlight) + recorderTimes + 2
      + 3 * streams + 2 * stores + 6
  }

  var recorderTimes: UnsafeMutablePointer<Int> { times + recorderBase }

  /// When the vector unit emptied the accumulators of the tile before the last one, and of the last.
  var emptied: UnsafeMutablePointer<Int> { times + (groupBase - 2) }

  /// Three for each stream: when its part in use has arrived; the last uses of that part, and of the
  /// one before.
  func stream(_ index: Int) -> UnsafeMutablePointer<Int> { times + (groupBase + 3 * index) }

  /// Two for each store: the ends of the copy before the last one, and of the last.
  func store(_ index: Int, streams: Int) -> UnsafeMutablePointer<Int> {
    times + (groupBase + 3 * streams + 2 * index)
  }

  /// Six for sums that wait: they are back in the accumulators; they are back in VMEM; the slots to
  /// and from DRAM are free.
  func spill(streams: Int, stores: Int) -> UnsafeMutablePointer<Int> {
    times + (groupBase + 3 * streams + 2 * stores)
  }

  /// Makes room for a group.
  mutating func enter(streams: Int, stores: Int) {
    timeCount = groupBase + 3 * streams + 2 * stores + 6
    for index in groupBase..<timeCount { times[index] = 0 }
  }
}
