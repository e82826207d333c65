internal import SystolicModel

/// How far each unit, the DRAM's bus and the copies in flight have come. All points in time lie in one
/// block of memory, so that a turn of a loop can be compared with another.
struct UnitClocks {
  /// Where things are in the block.
  private enum Layout {
    /// By unit: the end of its last instruction; when its last copy was issued; its last result.
    static var free: Int { 0 }
    static var lastIssue: Int { UnitClocks.unitCount }
    static var lastEnd: Int { 2 * UnitClocks.unitCount }
    static var busFree: Int { 3 * UnitClocks.unitCount }
    /// Start and end of the last two instructions of three units at VMEM's ports.
    static var ports: Int { busFree + 1 }
    /// The ends of the last copies, as many as may be in flight, the oldest first.
    static var ring: Int { ports + UnitClocks.portRateCount }
  }

  let times: UnsafeMutablePointer<Int>
  /// Bytes a cycle that the instructions in `Layout.ports` read and write.
  let portRates: UnsafeMutablePointer<Double>
  private let copiesInFlight: Int
  private let readRate: Double
  private let writeRate: Double
  /// Copies so far, by unit.
  let copies: UnsafeMutablePointer<Int>

  /// As many as `ProgramUnit` has; a literal, so that places in the block are known when this is compiled.
  static var unitCount: Int { 8 }
  static var portRateCount: Int { 12 }
  static func timeCount(copiesInFlight: Int) -> Int { Layout.ring + copiesInFlight }

  init(
    times: UnsafeMutablePointer<Int>, portRates: UnsafeMutablePointer<Double>,
    copies: UnsafeMutablePointer<Int>, _ timing: ChipTiming
  ) {
    self.times = times
    self.portRates = portRates
    self.copies = copies
    precondition(ProgramUnit.allCases.count == Self.unitCount, "every unit has its clocks")
    copiesInFlight = timing.copiesInFlight
    readRate = Double(timing.vmem.readBytesPerCycle)
    writeRate = Double(timing.vmem.writeBytesPerCycle)
  }

  /// Everything on the core is free from `cycle` on.
  func start(at cycle: Int, hostIn: Int, hostOut: Int) {
    for index in 0..<Layout.ring + copiesInFlight { times[index] = cycle }
    for (unit, free) in [(ProgramUnit.hostIn, hostIn), (.hostOut, hostOut)] {
      times[Layout.free + unit.rawValue] = free
      times[Layout.lastIssue + unit.rawValue] = free
    }
    for unit in 0..<Self.unitCount { times[Layout.lastEnd + unit] = Int.min / 2 }
    for index in 0..<Self.portRateCount { portRates[index] = 0 }
    for unit in 0..<Self.unitCount { copies[unit] = 0 }
  }

  func free(_ unit: ProgramUnit) -> Int { times[Layout.free + unit.rawValue] }

  /// When the last result of a unit's instructions was there; far in the past if it had none.
  func lastEnd(_ unit: ProgramUnit) -> Int { times[Layout.lastEnd + unit.rawValue] }

  /// A product: what it loads first may arrive, and its last results may leave, while the arrays
  /// work on other products.
  @inline(__always)
  func multiply(_ time: inout InstructionTime, _ duration: InstructionDuration) {
    let unit = ProgramUnit.mxu.rawValue
    let free = times[unit]
    time.begin = max(time.issue, free)
    time.dataStart = max(time.issue + duration.lead, free)
    time.contention = contention(time.dataStart, duration, user: 0)
    time.end = time.dataStart + duration.occupied + time.contention + duration.tail
    times[unit] = time.end - duration.tail + duration.pause
    finish(unit, time.end)
  }

  /// An instruction that has its unit to itself.
  @inline(__always)
  func run(
    _ time: inout InstructionTime, on unit: ProgramUnit, _ duration: InstructionDuration
  ) {
    time.issue = max(time.issue, times[unit.rawValue])
    time.begin = time.issue
    time.dataStart = time.issue
    if unit == .vpu { time.contention = contention(time.dataStart, duration, user: 1) }
    time.end = time.issue + duration.occupied + time.contention
    times[unit.rawValue] = time.end
    finish(unit.rawValue, time.end)
  }

  /// A copy: issued in order, its data move when its lead is over and its path is free: the DRAM's
  /// bus, or that of CMEM, whose copies do not count as ones in flight.
  @inline(__always)
  func copy(
    _ time: inout InstructionTime, on unit: ProgramUnit, _ duration: InstructionDuration
  ) {
    let unit = unit.rawValue
    let usesBus = unit != ProgramUnit.dmaCMEM.rawValue
    copies[unit] += 1
    if usesBus { time.wait(until: times[Layout.ring], .dma) }
    time.issue = max(time.issue, times[Layout.lastIssue + unit])
    time.begin = max(time.issue, times[unit])
    time.dataStart = max(time.issue + duration.lead, times[usesBus ? Layout.busFree : unit])
    time.contention = contention(time.dataStart, duration, user: 2)
    time.end = time.dataStart + duration.occupied + time.contention
    times[Layout.lastIssue + unit] = time.issue
    if usesBus {
      times[Layout.busFree] = time.end
      let last = Layout.ring + copiesInFlight - 1
      var place = Layout.ring
      while place < last {
        times[place] = times[place + 1]
        place += 1
      }
      times[last] = time.end
    }
    times[unit] = time.end
    finish(unit, time.end)
  }

  @inline(__always)
  private func finish(_ unit: Int, _ end: Int) {
    if end > times[Layout.lastEnd + unit] { times[Layout.lastEnd + unit] = end }
  }

  /// Cycles by which an instruction ends later because other units use VMEM's ports at the time: those
  /// in which the ports carry its bytes and the others', beyond the time that it takes by itself.
  ///
  /// - Validity: bytes are spread evenly over an instruction; of two that meet, the one that comes
  ///   later in the program waits; a unit's last two instructions are looked at.
  @inline(__always)
  private func contention(_ start: Int, _ duration: InstructionDuration, user: Int) -> Int {
    let length = duration.occupied
    if length == 0 || (duration.portRead == 0 && duration.portWritten == 0) { return 0 }
    let end = start + length
    var (read, written) = (0.0, 0.0)
    for other in 0..<6 where other >> 1 != user {
      let from = max(start, times[Layout.ports + 2 * other])
      let shared = min(end, times[Layout.ports + 2 * other + 1]) - from
      if shared > 0 {
        read += Double(shared) * portRates[2 * other]
        written += Double(shared) * portRates[2 * other + 1]
      }
    }
    var lost = 0
    if read > 0 && duration.portRead > 0 {
      let wanted = (Double(duration.portRead) + read) / readRate - 1e-6
      lost = max(lost, Int(wanted.rounded(.up)) - length)
    }
    if written > 0 && duration.portWritten > 0 {
      let wanted = (Double(duration.portWritten) + written) / writeRate - 1e-6
      lost = max(lost, Int(wanted.rounded(.up)) - length)
    }
    occupy(user, start, length + lost, duration)
    return lost
  }

  @inline(__always)
  private func occupy(_ user: Int, _ start: Int, _ length: Int, _ duration: InstructionDuration) {
    let place = Layout.ports + 4 * user
    (times[place], times[place + 1]) = (times[place + 2], times[place + 3])
    (times[place + 2], times[place + 3]) = (start, start + length)
    let rates = 4 * user
    (portRates[rates], portRates[rates + 1]) = (portRates[rates + 2], portRates[rates + 3])
    portRates[rates + 2] = Double(duration.portRead) / Double(length)
    portRates[rates + 3] = Double(duration.portWritten) / Double(length)
  }

  /// Whether instructions at VMEM's ports that repeat in two periods met only others that repeat: those
  /// that do not had finished before the first of them.
  static func portsRepeat(
    _ now: UnsafePointer<Int>, _ before: UnsafePointer<Int>, _ first: UnsafePointer<Int>
  ) -> Bool {
    var (start, end) = (Int.max, Int.min)
    for place in stride(from: Layout.ports, to: Layout.ring, by: 2) {
      if now[place + 1] == before[place + 1] {
        end = max(end, now[place + 1])
      } else {
        start = min(start, first[place])
      }
    }
    return end <= start
  }

  /// Whether instructions on units that made so many copies write a point in time without fail.
  func isWritten(_ index: Int, copies: (_ unit: Int) -> Int) -> Bool {
    if index < Layout.lastEnd { return copies(index % UnitClocks.unitCount) > 0 }
    let isInRing = index >= Layout.ring && index < Layout.ring + copiesInFlight
    if index == Layout.busFree || isInRing {
      return copies(ProgramUnit.dmaLoad.rawValue) + copies(ProgramUnit.dmaStore.rawValue) > 0
    }
    return false
  }
}
