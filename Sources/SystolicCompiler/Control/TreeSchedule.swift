internal import DeviceAPI
internal import SystolicModel
internal import Units

/// An execution of a tree of programs on the time axis: the launch, then part after part. The host link
/// works beside them, in the steady state for the executions before and after.
struct TreeSchedule: Sendable {
  var isCold: Bool
  let launch: Int
  /// Cycles of all parts.
  let core: Int
  /// For each node of the tree, cycles until what the host sends it is there; and its end after the
  /// start of the first, waits left out.
  let waits: [Int]
  let ends: [Int]
  /// Cycles of each copy over the host link.
  let infeeds: [Int]
  let outfeeds: [Int]
  /// The node after which a result is there.
  let produced: [Int?]
  let parts: [TreeCost.Part]
  let firstOutfeed: Int
  let units: UnitTable
  let barriers: [TreeCost.Barrier]

  private var linkIn: Int { infeeds.reduce(0, +) }
  private var linkOut: Int { outfeeds.reduce(0, +) }
  private var barrierCycles: Int { barriers.reduce(0) { $0 + $1.cycles } }
  private var waited: Int { isCold ? waits.reduce(0, +) : 0 }
  private var coreEnd: Int { launch + core + waited }

  var cycles: Int {
    isCold
      ? max(coreEnd, linkIn, fetches.last?.end ?? 0) : max(coreEnd, linkIn, linkOut)
  }

  /// When something at so many cycles after the start of the first node happens.
  private func time(_ cycle: Int) -> Int {
    var shift = launch
    if isCold {
      for (node, wait) in waits.enumerated()
      where (node == 0 ? 0 : ends[node - 1]) <= cycle { shift += wait }
    }
    return cycle + shift
  }

  /// When results go to the host.
  private var fetches: [(start: Int, end: Int)] {
    var link = 0
    return zip(outfeeds, produced).map { cycles, node in
      let end = node.map { ends[$0] + launch + (isCold ? waits[...$0].reduce(0, +) : 0) }
      let start = max(link, isCold ? end ?? launch : coreEnd)
      link = start + cycles
      return (start, link)
    }
  }

  // MARK: Units

  /// Busy cycles and stalls of each unit add up to the schedule's.
  var usage: [UnitUsage] { units.entries.map(usage) }

  private func usage(_ entry: UnitTable.Entry) -> UnitUsage {
    let unit = entry.unit
    var usage = UnitUsage(
      name: entry.name, busy: BusyKind.allCases.map { _ in .zero },
      stalls: StallCause.allCases.map { _ in .zero })
    func add(_ kind: BusyKind, _ cycles: Int) { usage.busy[kind.index] += Cycles(cycles) }
    func wait(_ cause: StallCause, _ cycles: Int) { usage.stalls[cause.index] += Cycles(cycles) }
    if unit.isOnCore {
      // At a barrier the core waits for a word of the others'.
      let isSequencer = unit == .sequencer
      if isSequencer { add(.overhead, launch + barrierCycles) } else { wait(.launch, launch) }
      wait(.dma, waited + (isSequencer ? 0 : barrierCycles))
      for part in parts where part.core == entry.core {
        guard let own = part.program.cost.cold.units.first(where: { $0.name == unit.name }) else {
          continue
        }
        for (index, cycles) in own.busy.enumerated() {
          usage.busy[index] += Cycles(part.times * cycles.count)
        }
        for (index, cycles) in own.stalls.enumerated() {
          usage.stalls[index] += Cycles(part.times * cycles.count)
        }
      }
    } else {
      add(.transfer, unit == .hostIn ? linkIn : linkOut)
    }
    // What is left: the core has ended, or other cores have not.
    wait(.idle, cycles - (usage.busyCycles + usage.stallCycles).count)
    return usage
  }

  // MARK: Events

  /// What runs several times is listed the first time; the other times are counted.
  var rows: Timeline.Rows {
    var events: [TimelineEvent] = []
    var omitted = 0
    var attribution = CycleCategory.allCases.map { _ in Cycles.zero }
    func add(_ category: CycleCategory, _ cycles: Int) {
      attribution[CycleCategory.allCases.firstIndex(of: category) ?? 0] += Cycles(cycles)
    }
    func event(_ unit: Int, op: Int, _ kind: BusyKind, _ start: Int, _ cycles: Int) {
      guard cycles > 0 else { return }
      events.append(
        TimelineEvent(
          unit: unit, op: op, kind: kind, start: start, end: start + cycles, waitedFor: nil))
    }
    for core in 0..<units.cores {
      let sequencer = units.index(of: .sequencer, core: core)
      event(sequencer, op: 0, .overhead, 0, launch)
      for barrier in barriers {
        event(sequencer, op: barrier.op, .overhead, time(barrier.start), barrier.cycles)
      }
    }
    add(.launch, launch)
    add(.dma, barrierCycles)
    var link = isCold ? 0 : -linkIn
    for (index, cycles) in infeeds.enumerated() {
      event(units.index(of: .hostIn), op: 1 + index, .transfer, link, cycles)
      link += cycles
    }
    for (index, fetch) in fetches.enumerated() {
      event(
        units.index(of: .hostOut), op: firstOutfeed + index, .transfer, fetch.start,
        fetch.end - fetch.start)
    }
    for part in parts {
      let own = part.program.cost.cold.timeline.rows
      let start = time(part.start)
      if events.count + own.events.count <= Timeline.mostEvents {
        events += own.events.map { event in
          event.moved(
            by: start, ops: part.firstOp - 1, tensors: part.firstTensor,
            unit: units.index(ofUnit: event.unit, core: part.core))
        }
        omitted -= own.events.count
      }
      omitted += part.times * (own.events.count + own.omittedCount)
      // Where cores work beside each other, what the one does that ends last.
      if !part.isLongest { continue }
      let cycles = part.program.cost.attribution(of: part.program.cost.cold)
      for index in attribution.indices {
        attribution[index] += Cycles(part.times * cycles[index].count)
      }
    }
    add(.hostLink, cycles - launch - core)
    events.sort { ($0.start, $0.unit, $0.end) < ($1.start, $1.unit, $1.end) }
    return Timeline.Rows(events: events, omittedCount: omitted, attribution: attribution)
  }

  /// Bytes of VMEM in use, of all cores; of what runs several times, the first time.
  var occupancy: [OccupancySample] {
    var changes: [(cycle: Int, bytes: Int)] = []
    for part in parts {
      let start = time(part.start)
      var before = 0
      for sample in part.program.cost.occupancy {
        changes.append((start + sample.cycle, sample.bytes.count - before))
        before = sample.bytes.count
      }
    }
    return [OccupancySample](changes)
  }
}

extension TimelineEvent {
  fileprivate func moved(by cycles: Int, ops: Int, tensors: Int, unit: Int) -> TimelineEvent {
    TimelineEvent(
      unit: unit, op: op + ops, kind: kind, start: start + cycles, end: end + cycles,
      waitedFor: waitedFor, tensor: tensor.map { $0 + tensors }, bytes: bytes)
  }
}
