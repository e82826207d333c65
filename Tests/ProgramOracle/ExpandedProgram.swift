internal import GraphIR
package import SystolicCompiler
package import SystolicModel

/// A program as single instructions, in program order: the slow and obvious reading of its loops.
///
/// Each instruction names the bytes of VMEM that it touches, the sums that it makes or takes, and the
/// instructions that it waits for.
package struct ExpandedProgram {
  package enum Work: Hashable, Sendable {
    case launch
    /// Indices of the program's transfers.
    case hostIn(Int)
    case hostOut(Int)
    /// Bytes of a stored value, to VMEM and from it.
    case load(value: Int, bytes: Int)
    case store(value: Int, bytes: Int)
    case matmul(macs: Int)
    case vector
    /// Sums that wait for the next block of `k`, to VMEM and back into the accumulators.
    case take
    case put
    /// The same between VMEM and a place of the DRAM.
    case storeSums(place: Int, bytes: Int)
    case loadSums(place: Int, bytes: Int)
  }

  /// Bytes of a buffer in VMEM, from its start.
  package struct Access: Hashable, Sendable {
    package var buffer: Int
    package var range: Range<Int>
    package var isWrite: Bool
  }

  /// What an instruction does to the accumulators.
  package enum SumsAction: Hashable, Sendable {
    /// It begins a tile of sums, or adds to it: an index into `sums`.
    case adds(Int)
    case restores(Int)
    case empties(Int)
  }

  /// A tile in the accumulators.
  package struct Sums: Hashable, Sendable {
    package var bytes: Int
    /// Sums below a column of the array that has most of them.
    package var rows: Int
  }

  package struct Instruction: Sendable {
    package var unit: ProgramUnit
    /// Index into `Program.ops`.
    package var op: Int
    /// Index into `Program.groups`; −1 for none.
    package var group: Int
    package var duration: InstructionDuration
    package var work: Work
    package var sums: SumsAction?
    /// Into `waitPool` and `accessPool`.
    fileprivate var waits: Range<Int>
    fileprivate var accesses: Range<Int>
  }

  /// An instruction that waits for one of two executions before: the host link's buffers are used by
  /// turns.
  package struct Turn: Hashable, Sendable {
    package var waiter: Int
    package var awaited: Int
  }

  package let program: Program
  package private(set) var instructions: [Instruction] = []
  package private(set) var sums: [Sums] = []
  package internal(set) var turns: [Turn] = []
  private var waitPool: [Int32] = []
  private var accessPool: [Access] = []

  init(_ program: Program) { self.program = program }

  /// Instructions that are done before this one is issued.
  package func waits(of index: Int) -> [Int] {
    waitPool[instructions[index].waits].map { Int($0) }
  }

  package func accesses(of index: Int) -> ArraySlice<Access> {
    accessPool[instructions[index].accesses]
  }

  mutating func append(
    _ unit: ProgramUnit, op: Int, group: Int, _ duration: InstructionDuration, _ work: Work,
    waits: [Int], accesses: [Access] = [], sums: SumsAction? = nil
  ) -> Int {
    let (firstWait, firstAccess) = (waitPool.count, accessPool.count)
    for wait in waits where wait >= 0 { waitPool.append(Int32(wait)) }
    for access in accesses where !access.range.isEmpty { accessPool.append(access) }
    instructions.append(
      Instruction(
        unit: unit, op: op, group: group, duration: duration, work: work, sums: sums,
        waits: firstWait..<waitPool.count, accesses: firstAccess..<accessPool.count))
    return instructions.count - 1
  }

  mutating func addSums(bytes: Int, rows: Int) -> Int {
    sums.append(Sums(bytes: bytes, rows: rows))
    return sums.count - 1
  }
}

extension ExpandedProgram {
  /// Tiles of all groups.
  package static func tiles(of program: Program) -> Int {
    program.groups.reduce(0) { $0 + $1.program.nest.tileCount }
  }

  package init(_ program: Program, _ timing: ChipTiming) {
    var expansion = Expansion(program, timing)
    self = expansion.run()
  }
}

extension LoopNest {
  package var tileCount: Int { (0..<depth).reduce(1) { $0 * Int(counts[$1]) } }
}

/// Writes a program's instructions down.
struct Expansion {
  let program: Program
  let timing: ChipTiming
  var made: ExpandedProgram
  /// By value: the instruction after which all of it is in DRAM.
  var stored: [Int]
  /// By value: the last copy of it to VMEM.
  var lastLoad: [Int]
  /// By buffer: the instruction after which what stays in it is there.
  var ready: [Int]
  /// By buffer and unit: the last instruction that used it.
  private var users: [[Int]]
  private let overlapping: [[Int]]
  /// The vector instructions that emptied the tile before the last one, and the last.
  var emptied = (before: -1, last: -1)
  var rowsBefore = 0
  private(set) var launch = 0
  private var outfeeds: [Int] = []
  private var fetchers: [(store: Int, outfeed: Int)] = []

  init(_ program: Program, _ timing: ChipTiming) {
    self.program = program
    self.timing = timing
    made = ExpandedProgram(program)
    stored = [Int](repeating: -1, count: program.values.count)
    lastLoad = stored
    ready = [Int](repeating: -1, count: program.buffers.count)
    users = program.buffers.map { _ in [Int](repeating: -1, count: ProgramUnit.allCases.count) }
    overlapping = program.overlappingBuffers
  }

  mutating func run() -> ExpandedProgram {
    launch = made.append(
      .sequencer, op: 0, group: -1, timing.launch, .launch, waits: [])
    var infeeds: [Int] = []
    for (index, infeed) in program.infeeds.enumerated() {
      let transfer = made.append(
        .hostIn, op: infeed.op, group: -1, timing.hostTransfer(bytes: infeed.bytes),
        .hostIn(index), waits: [])
      infeeds.append(transfer)
      if let value = infeed.value { stored[value] = transfer }
    }
    for (index, group) in program.groups.enumerated() {
      for load in group.loadsBefore { self.load(load, group, index) }
      var body = GroupExpansion(group, index, self)
      body.run(&self)
    }
    var fetched: [Int: Int] = [:]
    for (index, outfeed) in program.outfeeds.enumerated() {
      let transfer = made.append(
        .hostOut, op: outfeed.op, group: -1, timing.hostTransfer(bytes: outfeed.bytes),
        .hostOut(index), waits: [launch, outfeed.value.map { stored[$0] } ?? -1])
      outfeeds.append(transfer)
      if let value = outfeed.value { fetched[value] = transfer }
      // A result that nothing stores holds the whole program back.
      if !outfeed.isStored { made.turns.append(.init(waiter: launch, awaited: transfer)) }
    }
    for (index, infeed) in program.infeeds.enumerated() {
      let users = infeed.value.map { [lastLoad[$0], fetched[$0] ?? -1].filter { $0 >= 0 } } ?? []
      for user in users.isEmpty ? [launch] : users {
        made.turns.append(.init(waiter: infeeds[index], awaited: user))
      }
    }
    for (store, outfeed) in fetchers {
      made.turns.append(.init(waiter: store, awaited: outfeeds[outfeed]))
    }
    return made
  }

  /// The operation that reads a value first, of a group and those after it.
  private func firstUser(of value: Int, from group: Int) -> Int? {
    program.groups[group...].first { $0.inputs.contains { $0.value == value } }?.op
  }

  /// A copy of a whole value to the buffer in which it stays.
  mutating func load(_ load: WholeLoad, _ group: ProgramGroup, _ index: Int) {
    let value = program.values[load.value]
    let unit: ProgramUnit = value.isInCMEM ? .dmaCMEM : .dmaLoad
    let copy = made.append(
      unit, op: firstUser(of: load.value, from: index) ?? group.op, group: index,
      timing.copy(TransferPattern(bytes: value.bytes), on: unit, isWrite: false),
      .load(value: load.value, bytes: value.bytes),
      waits: [launch, stored[load.value]] + acquired(load.buffer),
      accesses: [.init(buffer: load.buffer, range: 0..<value.bytes, isWrite: true)])
    ready[load.buffer] = copy
    lastLoad[load.value] = copy
    use(load.buffer, copy)
  }

  /// A buffer may be used when all earlier uses of others with some of its addresses are over.
  func acquired(_ buffer: Int) -> [Int] {
    overlapping[buffer].flatMap { users[$0].filter { $0 >= 0 } }
  }

  mutating func use(_ buffer: Int, _ instruction: Int) {
    users[buffer][made.instructions[instruction].unit.rawValue] = instruction
  }

  mutating func delivers(_ store: Int, outfeed: Int) { fetchers.append((store, outfeed)) }
}

extension Program {
  /// For each buffer the others that have some of its addresses.
  package var overlappingBuffers: [[Int]] {
    var lists = [[Int]](repeating: [], count: buffers.count)
    let order = buffers.indices.filter { !buffers[$0].range.isEmpty }
      .sorted { buffers[$0].range.lowerBound < buffers[$1].range.lowerBound }
    for (place, index) in order.enumerated() {
      for other in order.dropFirst(place + 1) {
        if buffers[other].range.lowerBound >= buffers[index].range.upperBound { break }
        lists[index].append(other)
        lists[other].append(index)
      }
    }
    return lists
  }
}
