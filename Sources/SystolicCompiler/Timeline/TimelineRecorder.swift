internal import DeviceAPI
package import SystolicModel
internal import Units

/// What is written down while a program runs on the time axis.
package protocol TimelineRecorder {
  /// Points in time, and counts, that it keeps in the timeline's state.
  static var timeCount: Int { get }
  static func counterCount(units: Int) -> Int

  mutating func begin(_ state: TimelineState, previousEnds: [Int])
  mutating func launched(at cycle: Int)
  mutating func enter(op: Int, unit: ProgramUnit, _ state: TimelineState)
  /// - Parameter value: of the program, that a copy moves; −1 for others, and for sums that wait.
  mutating func record(
    _ unit: ProgramUnit, op: Int, value: Int, _ time: InstructionTime,
    _ duration: InstructionDuration, _ state: TimelineState)
  /// A buffer's first use.
  mutating func touch(_ buffer: Int, at cycle: Int)
}

/// Writes nothing down: only the end is wanted.
struct NoRecorder: TimelineRecorder {
  static var timeCount: Int { 0 }
  static func counterCount(units: Int) -> Int { 0 }

  @inline(__always) mutating func begin(_ state: TimelineState, previousEnds: [Int]) {}
  @inline(__always) mutating func launched(at cycle: Int) {}
  @inline(__always) mutating func enter(op: Int, unit: ProgramUnit, _ state: TimelineState) {}
  @inline(__always) mutating func record(
    _ unit: ProgramUnit, op: Int, value: Int, _ time: InstructionTime,
    _ duration: InstructionDuration, _ state: TimelineState
  ) {}
  @inline(__always) mutating func touch(_ buffer: Int, at cycle: Int) {}
}

/// Adds up what each unit does and what it waits for; and, if it is asked to, lists every event.
struct ScheduleRecorder: TimelineRecorder {
  private static let (busy, stalls) = (BusyKind.allCases.count, StallCause.allCases.count)
  private static let unitCount = ProgramUnit.allCases.count

  static var timeCount: Int { 2 * unitCount }
  /// Busy cycles and stalls of each unit, and cycles of the operation that runs.
  static func counterCount(units: Int) -> Int { units * (busy + stalls) + 1 }

  /// Cycles of each operation on its own unit.
  private(set) var opCycles: [Int]
  /// The first events in program order, and how many came after them; `nil` if they are not wanted.
  private var events: [TimelineEvent]?
  private var omittedCount = 0
  /// When each unit was at work on each category, ascending; what touches is one interval.
  private var work: [[CycleCategory.Interval]]
  private(set) var firstUse: [Int]
  /// Every cycle before it is counted, by unit; and when the unit's last results are there.
  private var cursor: UnsafeMutablePointer<Int>?
  private var tailEnd: UnsafeMutablePointer<Int>?
  private var tailOp = SIMD8<Int>(repeating: 0)
  private var launchEnd = 0
  /// What the copy that is written down moves.
  private var moved = (value: -1, bytes: 0)
  private var op = 0
  private var opUnit = ProgramUnit.sequencer

  init(ops: Int, buffers: Int, listsEvents: Bool) {
    opCycles = [Int](repeating: 0, count: ops)
    firstUse = [Int](repeating: .max, count: buffers)
    events = listsEvents ? [] : nil
    work = [[CycleCategory.Interval]](
      repeating: [],
      count: listsEvents ? ScheduleRecorder.unitCount * CycleCategory.allCases.count : 0)
  }

  mutating func begin(_ state: TimelineState, previousEnds: [Int]) {
    cursor = state.recorderTimes
    tailEnd = state.recorderTimes + Self.unitCount
    for unit in 0..<Self.unitCount {
      state.recorderTimes[unit] = previousEnds[unit]
      state.recorderTimes[Self.unitCount + unit] = Int.min / 2
    }
    for index in 0..<state.counterCount { state.counters[index] = 0 }
  }

  mutating func launched(at cycle: Int) { launchEnd = cycle }

  mutating func touch(_ buffer: Int, at cycle: Int) {
    firstUse[buffer] = min(firstUse[buffer], cycle)
  }

  mutating func enter(op: Int, unit: ProgramUnit, _ state: TimelineState) {
    closeOp(state)
    self.op = op
    opUnit = unit
  }

  private mutating func closeOp(_ state: TimelineState) {
    opCycles[op] += state.counters[state.counterCount - 1]
    state.counters[state.counterCount - 1] = 0
  }

  mutating func record(
    _ unit: ProgramUnit, op: Int, value: Int, _ time: InstructionTime,
    _ duration: InstructionDuration, _ state: TimelineState
  ) {
    drain(unit, until: time.begin, state)
    moved = (value, duration.portRead + duration.portWritten)
    var waitedFor = wait(unit, until: time.begin, time.cause, state)
    var position = time.begin
    func segment(
      _ kind: BusyKind, _ start: Int, _ cycles: Int, _ recorder: inout ScheduleRecorder
    ) {
      guard cycles > 0 else { return }
      // A copy whose lead is over waits for the DRAM's bus.
      recorder.stall(unit, .dma, until: start, state)
      recorder.work(unit, op, kind, start, start + cycles, waitedFor, state)
      waitedFor = nil
      position = start + cycles
    }
    // The part of the lead in which the unit has nothing else to do.
    let lead = max(0, time.issue + duration.lead - time.begin)
    segment(duration.kind == .compute ? .weightLoad : .overhead, time.begin, lead, &self)
    segment(.weightLoad, time.dataStart, duration.weightLoad, &self)
    segment(duration.kind, time.dataStart + duration.weightLoad, duration.work, &self)
    segment(
      .fillDrain, time.dataStart + duration.weightLoad + duration.work, duration.fillDrain, &self)
    if time.contention > 0 {
      stall(unit, .onChipPorts, until: position + time.contention, state)
    }
    tailEnd?[unit.rawValue] = time.end
    tailOp[unit.rawValue] = op
  }

  /// Counts what is left of a window of `cycles` that begins at each unit's last end before.
  ///
  /// - Parameter portWait: how many of the last cycles the core waits for VMEM's ports.
  mutating func finish(
    _ state: TimelineState, previousEnds: [Int], cycles: Int, portWait: Int
  ) {
    for unit in ProgramUnit.allCases {
      let end = previousEnds[unit.rawValue] + cycles
      drain(unit, until: end, state)
      stall(unit, .idle, until: end - (unit.isOnCore ? portWait : 0), state)
      stall(unit, .onChipPorts, until: end, state)
    }
    closeOp(state)
  }

  /// How the units spent the window.
  func usage(_ state: TimelineState, units: [ProgramUnit]) -> [UnitUsage] {
    units.map { unit in
      let base = unit.rawValue * (Self.busy + Self.stalls)
      return UnitUsage(
        name: unit.name, busy: (0..<Self.busy).map { Cycles(state.counters[base + $0]) },
        stalls: (0..<Self.stalls).map { Cycles(state.counters[base + Self.busy + $0]) })
    }
  }

  // MARK: Cycles

  /// Counts the cycles before an instruction begins; returns the cause of the last of them.
  private func wait(
    _ unit: ProgramUnit, until begin: Int, _ cause: StallCause, _ state: TimelineState
  ) -> StallCause? {
    guard let cursor, begin > cursor[unit.rawValue] else { return nil }
    // Before the execution starts nothing is there to wait for; then comes its launch.
    stall(unit, .idle, until: min(begin, 0), state)
    if unit.isOnCore && unit != .sequencer {
      stall(unit, .launch, until: min(begin, launchEnd), state)
    }
    stall(unit, cause, until: begin, state)
    return cause
  }

  /// Counts the cycles in which a unit only passes results on, up to one.
  private mutating func drain(_ unit: ProgramUnit, until cycle: Int, _ state: TimelineState) {
    guard let cursor, let tailEnd else { return }
    let end = min(tailEnd[unit.rawValue], cycle)
    let start = cursor[unit.rawValue]
    if end > start {
      work(unit, tailOp[unit.rawValue], .fillDrain, start, end, nil, state)
    }
  }

  private mutating func work(
    _ unit: ProgramUnit, _ op: Int, _ kind: BusyKind, _ start: Int, _ end: Int,
    _ waitedFor: StallCause?, _ state: TimelineState
  ) {
    state.counters[unit.rawValue * (Self.busy + Self.stalls) + kind.index] += end - start
    cursor?[unit.rawValue] = end
    // What a product loads first and drains last is in its cycles where nothing hides it.
    if kind != .overhead || unit == .sequencer {
      if op == self.op {
        if unit == opUnit { state.counters[state.counterCount - 1] += end - start }
      } else if unit == .mxu {
        opCycles[op] += end - start
      }
    }
    guard events != nil else { return }
    note(CycleCategory(unit, kind), unit, start, end)
    if events?.count ?? 0 < Timeline.mostEvents {
      events?.append(
        TimelineEvent(
          unit: unit.rawValue, op: op, kind: kind, start: start, end: end, waitedFor: waitedFor,
          tensor: kind == .transfer && moved.value >= 0 ? moved.value : nil,
          bytes: Bytes(kind == .transfer ? moved.bytes : 0)))
    } else {
      omittedCount += 1
    }
  }

  private mutating func note(
    _ category: CycleCategory, _ unit: ProgramUnit, _ start: Int, _ end: Int
  ) {
    let place =
      unit.rawValue * CycleCategory.allCases.count
      + (CycleCategory.allCases.firstIndex(of: category) ?? 0)
    if let last = work[place].indices.last, work[place][last].end == start {
      work[place][last].end = end
    } else {
      work[place].append(.init(category, start, end))
    }
  }

  /// What was listed of a window of `cycles`.
  ///
  /// - Parameter hostBytes: by operation, what goes over the host link.
  func rows(cycles: Int, hostBytes: [Int]) -> Timeline.Rows {
    var events = events ?? []
    for index in events.indices where events[index].kind == .transfer {
      let bytes = hostBytes[events[index].op]
      if bytes > 0 { events[index].bytes = Bytes(bytes) }
    }
    events.sort { ($0.start, $0.unit, $0.end) < ($1.start, $1.unit, $1.end) }
    return Timeline.Rows(
      events: events, omittedCount: omittedCount,
      attribution: CycleCategory.attribution(of: work.flatMap { $0 }, window: cycles))
  }

  private func stall(
    _ unit: ProgramUnit, _ cause: StallCause, until cycle: Int, _ state: TimelineState
  ) {
    guard let cursor, cycle > cursor[unit.rawValue] else { return }
    state.counters[unit.rawValue * (Self.busy + Self.stalls) + Self.busy + cause.index] +=
      cycle - cursor[unit.rawValue]
    cursor[unit.rawValue] = cycle
  }
}

extension BusyKind {
  /// Its place in `BusyKind.allCases`.
  package var index: Int {
    switch self {
    case .compute: 0
    case .fillDrain: 1
    case .weightLoad: 2
    case .vector: 3
    case .transfer: 4
    case .overhead: 5
    }
  }
}

extension StallCause {
  /// Its place in `StallCause.allCases`.
  package var index: Int {
    switch self {
    case .dma: 0
    case .matrixUnit: 1
    case .vectorUnit: 2
    case .memorySpace: 3
    case .onChipPorts: 4
    case .launch: 5
    case .idle: 6
    }
  }
}

extension CycleCategory {
  /// What a unit's busy cycles count as.
  fileprivate init(_ unit: ProgramUnit, _ kind: BusyKind) {
    switch (unit, kind) {
    case (.mxu, .compute): self = .compute
    case (.mxu, .fillDrain): self = .fillDrain
    case (.mxu, _): self = .weightLoad
    case (.vpu, _): self = .vector
    case (.sequencer, _): self = .launch
    case (.hostIn, _), (.hostOut, _): self = .hostLink
    case (.dmaLoad, _), (.dmaStore, _), (.dmaCMEM, _): self = .dma
    }
  }
}
