/// How far each unit, the DRAM's bus and the copies in flight have come.
struct UnitClocks {
  /// For each unit, the end of its last instruction.
  var free: SIMD8<Int>
  var lastIssue: SIMD8<Int>
  var busFree: Int
  /// The ends of the last copies, as many as may be in flight, by turns.
  var copyEnds: [Int]
  /// Copies so far, by unit.
  var copies = SIMD8<Int>(repeating: 0)
  /// The oldest of `copyEnds`.
  private(set) var nextSlot = 0

  /// Everything is free from cycle 0 on.
  init(copiesInFlight: Int) {
    free = SIMD8(repeating: 0)
    lastIssue = free
    busFree = 0
    copyEnds = [Int](repeating: 0, count: copiesInFlight)
  }

  init(_ state: TimelineEngine.State, copiesInFlight: Int) {
    free = SIMD8(repeating: state.boundary)
    free[ProgramUnit.hostIn.rawValue] = state.hostInFree
    free[ProgramUnit.hostOut.rawValue] = state.hostOutFree
    lastIssue = free
    busFree = state.boundary
    copyEnds = [Int](repeating: state.boundary, count: copiesInFlight)
  }

  /// A product: what it loads first may arrive, and its last results may leave, while the arrays
  /// work on other products.
  mutating func multiply(_ time: inout InstructionTime, _ duration: InstructionDuration) {
    let unit = ProgramUnit.mxu.rawValue
    time.begin = max(time.issue, free[unit])
    time.dataStart = max(time.issue + duration.lead, free[unit])
    time.end = time.dataStart + duration.occupied + duration.tail
    free[unit] = time.end - duration.tail + duration.pause
  }

  /// An instruction that has its unit to itself.
  mutating func run(
    _ time: inout InstructionTime, on unit: ProgramUnit, _ duration: InstructionDuration
  ) {
    time.issue = max(time.issue, free[unit.rawValue])
    time.begin = time.issue
    time.dataStart = time.issue
    time.end = time.issue + duration.occupied
    free[unit.rawValue] = time.end
  }

  /// A copy: issued in order, its data move when its lead is over and the bus is free.
  mutating func copy(
    _ time: inout InstructionTime, on unit: ProgramUnit, _ duration: InstructionDuration
  ) {
    copies[unit.rawValue] += 1
    if !unit.usesDRAM { return copyFromCMEM(&time, on: unit, duration) }
    let slot = nextSlot
    if copyEnds[slot] > time.issue {
      time.issue = copyEnds[slot]
      time.cause = .dma
    }
    time.issue = max(time.issue, lastIssue[unit.rawValue])
    time.begin = max(time.issue, free[unit.rawValue])
    time.dataStart = max(time.issue + duration.lead, busFree)
    time.end = time.dataStart + duration.occupied
    lastIssue[unit.rawValue] = time.issue
    busFree = time.end
    copyEnds[slot] = time.end
    nextSlot = slot + 1 == copyEnds.count ? 0 : slot + 1
    free[unit.rawValue] = time.end
  }

  /// A copy from or to CMEM: it has an engine and a path of its own, one for both directions, and
  /// does not count as one in flight.
  private mutating func copyFromCMEM(
    _ time: inout InstructionTime, on unit: ProgramUnit, _ duration: InstructionDuration
  ) {
    time.issue = max(time.issue, lastIssue[unit.rawValue])
    time.begin = max(time.issue, free[unit.rawValue])
    time.dataStart = max(time.issue + duration.lead, free[unit.rawValue])
    time.end = time.dataStart + duration.occupied
    lastIssue[unit.rawValue] = time.issue
    free[unit.rawValue] = time.end
  }
}
