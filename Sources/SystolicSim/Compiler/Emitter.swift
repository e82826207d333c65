internal import DeviceAPI

/// Turns a memory plan into instructions in program order.
///
/// Order in a group: loads of values that stay and are used here first, loads of the first tile;
/// then for each tile the loads of the next one, the array, the vector unit, the stores. Loads
/// that start early for later groups come behind the group's own last load.
struct Emitter {
  let source: Graph
  let graph: LoweredGraph
  let plan: MemoryPlan
  var program: Program
  private var hazards = HazardTracker()
  /// The last instruction of each unit that has touched a buffer.
  private var users: [Dependences]
  /// The last store of each value, and the host transfer of each infeed value.
  var lastStore: [Int?]
  private var hostArrival: [Int?]
  private var lastLoad: [Int?]
  var firstStoreOfResult: [Int?]
  /// The vector instruction that last emptied each half of the accumulators.
  var emptied: [Int?] = [nil, nil]
  var half = 0

  init(_ source: Graph, _ graph: LoweredGraph, _ plan: MemoryPlan) {
    self.source = source
    self.graph = graph
    self.plan = plan
    users = [Dependences](repeating: Dependences(), count: plan.lifetimes.count)
    program = Program(
      ops: [ProgramOp(name: "program", kind: "launch", unit: .sequencer)], instructions: [],
      accessPool: [],
      buffers: zip(plan.lifetimes, plan.addresses).map {
        VMEMBuffer(label: $0.label, range: $1..<$1 + $0.bytes)
      }, turns: [], vmemBytes: plan.peakBytes, dramBytes: 0)
    let none = [Int?](repeating: nil, count: graph.values.count)
    lastStore = none
    hostArrival = none
    lastLoad = none
    firstStoreOfResult = [Int?](repeating: nil, count: source.results.count)
  }

  mutating func run() -> Program {
    emit(.launch, op: 0)
    emitInfeed()
    for index in graph.groups.indices { emitGroup(index) }
    emitOutfeed()
    program.dramBytes = storedBytes(inCMEM: false)
    program.cmemBytes = storedBytes(inCMEM: true)
    return program
  }

  // MARK: Single instructions

  @discardableResult
  mutating func emit(
    _ work: ProgramInstruction.Work, op: Int, accesses: [VMEMAccess] = [],
    data: [Int?] = [], space: [Int?] = []
  ) -> Int {
    let index = program.instructions.count
    let start = program.accessPool.count
    program.accessPool.append(contentsOf: accesses)
    var instruction = ProgramInstruction(
      work: work, op: op, dataDependences: Dependences(), spaceDependences: Dependences(),
      accesses: start..<program.accessPool.count)
    let unit = instruction.unit
    if unit.isOnCore && index > 0 { instruction.dataDependences.insert(0, .sequencer) }
    for other in data.compactMap({ $0 }) {
      instruction.dataDependences.insert(other, program.instructions[other].unit)
    }
    for other in space.compactMap({ $0 }) {
      instruction.spaceDependences.insert(other, program.instructions[other].unit)
    }
    for access in accesses {
      if users[access.buffer] == Dependences() {
        acquire(access.buffer, &instruction.spaceDependences)
      }
      users[access.buffer].insert(index, unit)
      hazards.access(
        access, by: index, on: unit, data: &instruction.dataDependences,
        space: &instruction.spaceDependences)
    }
    program.instructions.append(instruction)
    return index
  }

  /// The first use of a buffer waits for all uses of the buffers that had its addresses before, so
  /// that it has them to itself.
  private func acquire(_ buffer: Int, _ space: inout Dependences) {
    let range = program.buffers[buffer].range
    for (other, used) in users.enumerated() where program.buffers[other].range.overlaps(range) {
      space.formUnion(used)
    }
  }

  func access(_ buffer: Int, _ isWrite: Bool, offset: Int = 0, bytes: Int? = nil)
    -> VMEMAccess
  {
    let range = program.buffers[buffer].range
    let lower = range.lowerBound + offset
    return VMEMAccess(
      buffer: buffer, isWrite: isWrite,
      range: lower..<min(range.upperBound, lower + (bytes ?? range.count)))
  }

  mutating func load(value: Int, _ pattern: TransferPattern, into buffer: Int, op: Int) {
    guard pattern.bytes > 0 else { return }
    let stored = graph.values[value]
    lastLoad[value] = emit(
      stored.isInCMEM
        ? .loadFromCMEM(value: stored.id, pattern) : .load(value: stored.id, pattern), op: op,
      accesses: [access(buffer, true, bytes: pattern.bytes)],
      data: [lastStore[value], hostArrival[value]])
  }

  // MARK: The host link

  private mutating func emitInfeed() {
    for (index, value) in graph.values.enumerated() {
      guard case .infeed(let parameter) = value.home, value.bytes > 0 else { continue }
      program.ops.append(
        ProgramOp(name: source.parameters[parameter].name, kind: "infeed", unit: .hostIn))
      hostArrival[index] = emit(
        .hostIn(parameter: parameter, bytes: value.bytes), op: program.ops.count - 1)
    }
  }

  /// Results that are not donated go to the host.
  private mutating func emitOutfeed() {
    var fetchers = [Int?](repeating: nil, count: graph.values.count)
    for (index, result) in source.results.enumerated() where result.donatedParameter == nil {
      let bytes = source.type(of: result.value).byteCount
      guard bytes > 0 else { continue }
      program.ops.append(ProgramOp(name: result.name, kind: "outfeed", unit: .hostOut))
      let value = graph.resultValues[index]
      if let value, graph.values[value].isHeld { continue }
      let transfer = emit(
        .hostOut(result: index, bytes: bytes), op: program.ops.count - 1,
        data: [value.flatMap { lastStore[$0] }, value.flatMap { hostArrival[$0] }, 0])
      program.turns.append(Turn(waiter: firstStoreOfResult[index] ?? 0, awaited: transfer))
      if let value { fetchers[value] = transfer }
    }
    for (index, arrival) in hostArrival.enumerated() {
      guard let arrival else { continue }
      program.turns.append(
        Turn(waiter: arrival, awaited: lastLoad[index] ?? fetchers[index] ?? 0))
    }
  }

  /// Parameters, constants, spilled values and results. Infeed and fetched results count twice,
  /// for even and odd executions; a donated result is written beside its parameter, and the two
  /// change places after the execution.
  private func storedBytes(inCMEM: Bool) -> Int {
    graph.values.indices.reduce(0) { sum, index in
      let value = graph.values[index]
      if value.isHeld || value.isInCMEM != inCMEM { return sum }
      let copies =
        switch value.home {
        case .infeed: 2
        case .dram: 1
        case .group: lastStore[index] == nil ? 0 : max(1, 2 * value.results.count)
        }
      return sum + copies * value.bytes
    }
  }
}
