internal import DeviceAPI
internal import Units

/// Makes schedules, as `SimulatedCost` holds them, out of instruction times.
struct ScheduleBuilder {
  let program: Program
  let durations: [InstructionDuration]

  /// The schedule of a window of `cycles`, energy apart.
  ///
  /// - Parameter previousEnds: for each unit, where its share of the window begins: the end of its
  ///   last instruction of the execution before, or 0. It ends after the last instruction of this
  ///   one if executions repeat, and at `cycles` if they do not.
  /// - Parameter portWait: how many of the last cycles the core spends waiting for VMEM's ports.
  func schedule(
    _ times: [InstructionTime], cycles: Int, previousEnds: [Int], portWait: Int = 0
  ) -> (units: [UnitUsage], timeline: [TimelineEvent]) {
    var usage = ProgramUnit.allCases.map {
      UsageCounter(unit: $0, cursor: previousEnds[$0.rawValue])
    }
    let launchEnd = times.first?.end ?? 0
    var timeline: [TimelineEvent] = []
    timeline.reserveCapacity(times.count * 2)
    for (index, time) in times.enumerated() {
      let unit = program.instructions[index].unit
      if let drained = usage[unit.rawValue].drain(until: time.begin) { timeline.append(drained) }
      let waitedFor = usage[unit.rawValue].wait(until: time.begin, time.cause, launchEnd: launchEnd)
      var isFirst = true
      for segment in segments(time, durations[index]) {
        usage[unit.rawValue].work(segment)
        timeline.append(
          TimelineEvent(
            unit: unit.rawValue, op: program.instructions[index].op, kind: segment.kind,
            start: segment.start, end: segment.end, waitedFor: isFirst ? waitedFor : nil))
        isFirst = false
      }
      usage[unit.rawValue].tail = (time.end, program.instructions[index].op)
    }
    for unit in usage.indices {
      let end = previousEnds[unit] + cycles
      if let drained = usage[unit].drain(until: end) { timeline.append(drained) }
    }
    timeline.sort { ($0.start, $0.unit, $0.end) < ($1.start, $1.unit, $1.end) }
    let units = usage.map { counter in
      var counter = counter
      counter.finish(
        windowStart: previousEnds[counter.unit.rawValue], cycles: cycles, portWait: portWait)
      return counter.usage
    }
    return (units, timeline)
  }

  /// The busy parts of an instruction, in order.
  func segments(_ time: InstructionTime, _ duration: InstructionDuration) -> [Segment] {
    var segments: [Segment] = []
    func append(_ kind: BusyKind, _ start: Int, _ cycles: Int) {
      if cycles > 0 { segments.append(Segment(kind: kind, start: start, end: start + cycles)) }
    }
    // The part of the lead in which the unit has nothing else to do.
    let lead = max(0, time.issue + duration.lead - time.begin)
    append(duration.kind == .compute ? .weightLoad : .overhead, time.begin, lead)
    append(.weightLoad, time.dataStart, duration.weightLoad)
    append(duration.kind, time.dataStart + duration.weightLoad, duration.work)
    append(
      .fillDrain, time.dataStart + duration.weightLoad + duration.work, duration.fillDrain)
    return segments
  }

  /// On-chip bytes in use, by cycle: a buffer counts from the start of the first instruction that
  /// writes it to the end of the last one that uses it.
  func occupancy(_ times: [InstructionTime]) -> [OccupancySample] {
    var first = [Int](repeating: .max, count: program.buffers.count)
    var last = [Int](repeating: 0, count: program.buffers.count)
    for (index, time) in times.enumerated() {
      for access in program.accesses(of: index) {
        first[access.buffer] = min(first[access.buffer], time.issue)
        last[access.buffer] = max(last[access.buffer], time.end)
      }
    }
    var changes: [(cycle: Int, bytes: Int)] = []
    for (index, buffer) in program.buffers.enumerated() where first[index] < last[index] {
      changes.append((first[index], buffer.range.count))
      changes.append((last[index], -buffer.range.count))
    }
    changes.sort { ($0.cycle, $0.bytes) < ($1.cycle, $1.bytes) }
    var samples: [OccupancySample] = []
    var bytes = 0
    for change in changes {
      bytes += change.bytes
      if samples.last?.cycle == change.cycle { samples.removeLast() }
      samples.append(OccupancySample(cycle: change.cycle, bytes: Bytes(bytes)))
    }
    return samples
  }
}

/// A run of busy cycles of one kind.
struct Segment: Hashable, Sendable {
  var kind: BusyKind
  var start: Int
  var end: Int
}

/// Adds up one unit's cycles; every cycle up to `cursor` is counted.
private struct UsageCounter {
  let unit: ProgramUnit
  var cursor: Int
  /// When the last results of the last instruction are there, and its operation.
  var tail = (end: Int.min, op: 0)
  var busy = [Cycles](repeating: .zero, count: BusyKind.allCases.count)
  var stalls = [Cycles](repeating: .zero, count: StallCause.allCases.count)
  private var lastCause = StallCause.idle

  init(unit: ProgramUnit, cursor: Int) {
    self.unit = unit
    self.cursor = cursor
  }

  /// Counts the cycles before an instruction begins; returns the cause of the last of them.
  mutating func wait(until begin: Int, _ cause: StallCause, launchEnd: Int) -> StallCause? {
    guard begin > cursor else { return nil }
    // Before the execution starts nothing is there to wait for; then comes its launch.
    stall(.idle, until: min(begin, 0))
    if unit.isOnCore && unit != .sequencer { stall(.launch, until: min(begin, launchEnd)) }
    stall(cause, until: begin)
    lastCause = cause
    return cause
  }

  /// Counts the cycles in which the unit only passes results on, up to one; `nil` if there are none.
  mutating func drain(until cycle: Int) -> TimelineEvent? {
    let end = min(tail.end, cycle)
    guard end > cursor else { return nil }
    busy[BusyKind.fillDrain.index] += Cycles(end - cursor)
    defer { cursor = end }
    return TimelineEvent(
      unit: unit.rawValue, op: tail.op, kind: .fillDrain, start: cursor, end: end, waitedFor: nil)
  }

  mutating func work(_ segment: Segment) {
    // A copy whose lead is over waits for the DRAM's bus.
    stall(.dma, until: segment.start)
    busy[segment.kind.index] += Cycles(segment.end - segment.start)
    cursor = segment.end
  }

  /// Counts what is left of the window.
  mutating func finish(windowStart: Int, cycles: Int, portWait: Int) {
    stall(.idle, until: windowStart + cycles - (unit.isOnCore ? portWait : 0))
    stall(.onChipPorts, until: windowStart + cycles)
  }

  private mutating func stall(_ cause: StallCause, until cycle: Int) {
    guard cycle > cursor else { return }
    stalls[cause.index] += Cycles(cycle - cursor)
    cursor = cycle
  }

  var usage: UnitUsage { UnitUsage(name: unit.name, busy: busy, stalls: stalls) }
}

extension BusyKind {
  /// Its place in `BusyKind.allCases`.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension StallCause {
  /// Its place in `StallCause.allCases`.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
