internal import GraphIR
internal import GraphPasses
internal import SystolicModel

/// A graph in shards divided over cores: for each phase the graph of each core. What a core computes and
/// another one, or a later phase, reads lies in DRAM.
struct CoreParts {
  let assignment: CoreAssignment
  let cores: Int
  /// By phase, by core; `nil` where the core has nothing to do.
  private(set) var phases: [[GraphParts.Straight?]] = []
  /// Bytes of the values that lie between phases, or are results.
  private(set) var storedBytes = 0
  private let live: [Bool]
  private let known: KnownValues
  /// By parameter: the last phase after the shards that reads it.
  private var lastRead: [Int: Int] = [:]
  private var isStored: [Bool]

  private var graph: Graph { assignment.graph }

  /// - Parameter cores: a divisor of the number of shards.
  init(_ assignment: CoreAssignment, cores: Int) {
    self.assignment = assignment
    self.cores = cores
    live = assignment.graph.liveValues()
    known = KnownValues(assignment.graph)
    isStored = [Bool](repeating: false, count: assignment.graph.instructions.count)
    findStored()
    for value in graph.values where isStored[value.index] {
      storedBytes += graph.type(of: value).byteCount
    }
    phases.append((0..<cores).map { shards(of: $0) })
    let last = assignment.places.compactMap(\.phase).max() ?? 0
    if last > 0 {
      phases += (1...last).map { phase in (0..<cores).map { rest(phase, of: $0) } }
    }
  }

  /// The phase in which a value is computed; `nil` for inputs.
  func phase(of value: ValueID) -> Int? {
    switch assignment[value] {
    case .given: nil
    case .anywhere, .shard: 0
    case .shared(let phase), .scalar(let phase), .first(let phase): phase
    }
  }

  /// The first phase that reads a parameter, or a part of it.
  func firstReader(of parameter: Int) -> Int? {
    phases.firstIndex { parts in
      parts.contains { part in
        part?.sources.contains { source in
          guard let source else { return false }
          let base = assignment.isPartOfInput(source) ? graph[source].operands[0] : source
          return graph[assignment.bases[base.index]].operation == .parameter(index: parameter)
        } ?? false
      }
    }
  }

  /// Marks what lies in DRAM between phases, or is a result.
  private mutating func findStored() {
    let bases = assignment.bases
    for value in graph.values where live[value.index] {
      guard let phase = assignment.places[value.index].phase else { continue }
      for operand in graph[value].operands {
        let base = bases[operand.index]
        if case .parameter(let index) = graph[base].operation {
          // While a core reads all of it, no other may write to its share.
          let isShared = assignment.places[value.index] == .shared(phase: phase)
          lastRead[index] = max(lastRead[index] ?? 0, isShared ? phase : phase + 1)
        }
        if let owner = self.phase(of: base), owner != phase { isStored[base.index] = true }
      }
    }
    for result in graph.results {
      let base = bases[result.value.index]
      if phase(of: base) != nil { isStored[base.index] = true }
    }
  }

  /// The parameter whose memory a value may take. What is not divided others may read all through the
  /// phase.
  private func donated(to value: ValueID, _ phase: Int) -> ValueID? {
    let isShared = assignment.places[value.index] == .shared(phase: phase)
    for result in graph.results where assignment.bases[result.value.index] == value {
      guard let donated = result.donatedParameter,
        lastRead[donated] ?? 0 <= (isShared ? phase : phase - 1)
      else { continue }
      return graph.parameterValue(donated)
    }
    return nil
  }

  // MARK: Parts

  /// What a core computes of its shards.
  private func shards(of core: Int) -> GraphParts.Straight? {
    let own = assignment.shardCount / cores
    let shards = core * own..<(core + 1) * own
    let targets = graph.values.filter { value in
      guard case .shard(let shard) = assignment.places[value.index] else { return false }
      return isStored[value.index] && shards.contains(shard)
    }
    let members = members(targets) { assignment.isComputed($0, withShards: shards) }
    var builder = PartBuilder("\(graph.name).shards", graph, known)
    for member in members { builder.compute(member) }
    for target in targets { builder.deliver(target) }
    return targets.isEmpty ? nil : builder.part
  }

  /// What a core computes in a phase after the shards.
  private func rest(_ phase: Int, of core: Int) -> GraphParts.Straight? {
    var builder = ShareBuilder(
      "\(graph.name).\(phase)", assignment, known, core: core, cores: cores)
    let targets = graph.values.filter { value in
      guard isStored[value.index], assignment.places[value.index].phase == phase else {
        return false
      }
      return if case .shared = assignment.places[value.index] {
        builder.share(of: value) > 0
      } else {
        core == 0
      }
    }
    let members = members(targets) { value in
      switch assignment.places[value.index] {
      case .shared(phase): builder.share(of: value) > 0
      case .scalar(phase): true
      case .first(phase): core == 0
      default: false
      }
    }
    for member in members { builder.compute(member) }
    for target in targets { builder.deliver(target, inPlaceOf: donated(to: target, phase)) }
    return targets.isEmpty ? nil : builder.part
  }

  /// What must be computed for the targets, in order.
  private func members(_ targets: [ValueID], isOwn: (ValueID) -> Bool) -> [ValueID] {
    var wanted = [Bool](repeating: false, count: graph.instructions.count)
    for target in targets { wanted[target.index] = true }
    var members: [ValueID] = []
    for value in graph.values.reversed() where wanted[value.index] {
      let isView = graph.isView(value)
      guard isView || isOwn(value) else { continue }
      for operand in graph[value].operands { wanted[operand.index] = true }
      if !isView { members.append(value) }
    }
    return members.reversed()
  }
}
