import GraphIR

/// Names a piece of memory of a program that is being compiled; its place is decided at the end.
struct Slot: Hashable, Sendable {
  let index: Int
}

/// Collects steps and the memory that they use, and lays both out.
struct ProgramBuilder {
  enum Home {
    case parameter(Int)
    case result(Int)
    case arena(byteCount: Int)
    case constant(byteOffset: Int)
  }

  /// A step whose memory is not placed yet.
  struct PendingStep {
    var reads: [Slot]
    var writes: [Slot]
    /// Slots that it reads element by element just where it writes: their memory may be reused
    /// for what it writes.
    var inPlace: Set<Slot> = []
    var make: (_ place: (Slot) -> Location) -> any Step
  }

  let graph: Graph
  private(set) var homes: [Home] = []
  private(set) var constants: [UInt8] = []
  private(set) var steps: [PendingStep] = []
  /// For each slot the first step that writes it.
  private var firstWrites: [Int?]
  /// For each slot the last step that reads it.
  private var lastReads: [Int?]

  init(_ graph: Graph) {
    self.graph = graph
    homes = graph.parameters.indices.map { .parameter($0) }
    firstWrites = homes.map { _ in nil }
    lastReads = firstWrites
  }

  func parameterSlot(_ index: Int) -> Slot { Slot(index: index) }

  mutating func arenaSlot(byteCount: Int) -> Slot { slot(.arena(byteCount: byteCount)) }

  mutating func resultSlot(_ index: Int) -> Slot { slot(.result(index)) }

  mutating func constantSlot(_ bytes: [UInt8]) -> Slot {
    let slot = slot(.constant(byteOffset: constants.count))
    constants += bytes
    let padding = (hostAlignment - constants.count % hostAlignment) % hostAlignment
    constants += [UInt8](repeating: 0, count: padding)
    return slot
  }

  private mutating func slot(_ home: Home) -> Slot {
    homes.append(home)
    firstWrites.append(nil)
    lastReads.append(nil)
    return Slot(index: homes.count - 1)
  }

  mutating func append(_ step: PendingStep) {
    for slot in step.reads { lastReads[slot.index] = steps.count }
    for slot in step.writes where firstWrites[slot.index] == nil {
      firstWrites[slot.index] = steps.count
    }
    steps.append(step)
  }

  /// Lets an arena slot be a result's own memory from its first write on, where nothing else
  /// needs the donated parameter's old contents at that time.
  ///
  /// - Returns: whether it could.
  mutating func place(_ slot: Slot, inResult result: Int) -> Bool {
    guard case .arena = homes[slot.index], let write = firstWrites[slot.index] else {
      return false
    }
    if let parameter = graph.results[result].donatedParameter.map(parameterSlot),
      let read = lastReads[parameter.index],
      read > write || read == write && !steps[read].inPlace.contains(parameter)
    {
      return false
    }
    homes[slot.index] = .result(result)
    return true
  }

  /// Places the arena and makes the steps.
  func finish() -> (steps: [any Step], arenaByteCount: Int) {
    var lifetimes: [Lifetime] = []
    var lifetimeOfSlot = [Int?](repeating: nil, count: homes.count)
    for (index, step) in steps.enumerated() {
      for slot in step.writes + step.reads {
        guard case .arena(let byteCount) = homes[slot.index] else { continue }
        if let lifetime = lifetimeOfSlot[slot.index] {
          lifetimes[lifetime].last = index
        } else {
          lifetimeOfSlot[slot.index] = lifetimes.count
          lifetimes.append(Lifetime(byteCount: byteCount, first: index, last: index))
        }
      }
    }
    let plan = MemoryPlan(lifetimes)
    let table = TableLayout(graph)
    let place = { (slot: Slot) -> Location in
      switch homes[slot.index] {
      case .parameter(let index): return Location(entry: table.parameter(index), byteOffset: 0)
      case .result(let index): return Location(entry: table.result(index), byteOffset: 0)
      case .constant(let offset): return Location(entry: table.constants, byteOffset: offset)
      case .arena:
        let offset = lifetimeOfSlot[slot.index].map { plan.offsets[$0] } ?? 0
        return Location(entry: table.arena, byteOffset: offset)
      }
    }
    return (steps.map { $0.make(place) }, plan.byteCount)
  }
}

/// The order of a program's pointer table.
struct TableLayout: Sendable {
  let parameterCount: Int
  let resultCount: Int

  init(_ graph: Graph) {
    parameterCount = graph.parameters.count
    resultCount = graph.results.count
  }

  func parameter(_ index: Int) -> Int { index }
  func result(_ index: Int) -> Int { parameterCount + index }
  var arena: Int { parameterCount + resultCount }
  var constants: Int { arena + 1 }
  var count: Int { constants + 1 }
}
