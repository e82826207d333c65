internal import GraphIR

/// Which core computes what of a graph whose scopes name shards, and in which phase. Between two phases
/// every core waits for all others.
///
/// - Phase 0 is that of the shards: what depends on one shard alone, each on its core. What depends on none
///   every core that wants it computes for itself.
/// - What puts shards together comes after: elementwise work is divided by elements, evenly, so that each
///   core adds the parts of all shards for its share and updates that share of the state
///   (reduce-scatter; nothing need be gathered again, since the chip's memory is common to its cores).
///   Scalars are computed wherever they are wanted. All else is core 0's, in the same phase where it needs
///   nothing of the others'.
struct CoreAssignment {
  /// Who computes a value.
  enum Place: Hashable {
    /// Parameters, constants, and views of whatever.
    case given
    /// Every core that wants it.
    case anywhere
    /// The core of the shard.
    case shard(Int)
    /// All cores, each its share of the elements.
    case shared(phase: Int)
    /// Every core that wants it.
    case scalar(phase: Int)
    /// Core 0.
    case first(phase: Int)

    /// Of what comes after the shards.
    var phase: Int? {
      switch self {
      case .shared(let phase), .scalar(let phase), .first(let phase): phase
      case .given, .anywhere, .shard: nil
      }
    }
  }

  let graph: Graph
  let bases: [ValueID]
  private(set) var places: [Place]
  /// By value: whether it depends on no shard.
  private var isCommon: [Bool]
  private let results: Set<ValueID>
  /// How many shards there are; 0 if the graph is not in shards.
  let shardCount: Int

  init(_ graph: Graph) {
    self.graph = graph
    bases = graph.viewBases()
    places = [Place](repeating: .given, count: graph.instructions.count)
    isCommon = [Bool](repeating: false, count: graph.instructions.count)
    results = Set(graph.results.map { [bases] in bases[$0.value.index] })
    shardCount =
      (graph.instructions.compactMap { ShardScope.shard(of: $0.scope) }.max() ?? -1) + 1
    placeShards()
    placeRest()
  }

  subscript(value: ValueID) -> Place { places[bases[value.index].index] }

  /// Whether the cores of some shards compute the value in phase 0.
  func isComputed(_ value: ValueID, withShards shards: Range<Int>) -> Bool {
    if case .shard(let shard) = places[value.index] { return shards.contains(shard) }
    return isCommon[value.index]
  }

  /// Whether the value is consecutive bytes of an input: whole rows of it. Who reads it reads them where
  /// they lie.
  func isPartOfInput(_ value: ValueID) -> Bool {
    let instruction = graph[value]
    guard case .slice(let start, let limit, let strides) = instruction.operation,
      case .parameter(let index) = graph[instruction.operands[0]].operation,
      graph.parameters[index].role == .infeed, !results.contains(value)
    else { return false }
    let shape = graph.type(of: instruction.operands[0]).shape
    return strides.allSatisfy { $0 == 1 } && start.dropFirst().allSatisfy { $0 == 0 }
      && limit.dropFirst().elementsEqual(shape.dropFirst())
  }

  // MARK: Shards

  /// What depends on one shard, and what on none.
  private mutating func placeShards() {
    for value in graph.values where !graph.isView(value) && !isPartOfInput(value) {
      var shards = Set<Int>()
      if let own = ShardScope.shard(of: graph[value].scope) { shards.insert(own) }
      var isAfter = false
      for operand in graph[value].operands {
        switch self[operand] {
        case .given, .anywhere: break
        case .shard(let shard): shards.insert(shard)
        case .shared, .scalar, .first: isAfter = true
        }
      }
      if isAfter || shards.count > 1 {
        places[value.index] = .first(phase: 0)
      } else {
        places[value.index] = shards.first.map(Place.shard) ?? .anywhere
        isCommon[value.index] = shards.isEmpty
      }
    }
  }

  // MARK: After the shards

  /// What only the work after the shards, or a result, wants is part of it.
  private mutating func placeRest() {
    var wanted = [Bool](repeating: false, count: places.count)
    for result in graph.results { wanted[bases[result.value.index].index] = true }
    for value in graph.values.reversed() {
      let isAfter = places[value.index].phase != nil
      guard isAfter || (places[value.index] == .anywhere && wanted[value.index]) else { continue }
      for operand in graph[value].operands { wanted[bases[operand.index].index] = true }
    }
    for value in graph.values {
      let isAfter = places[value.index].phase != nil
      guard isAfter || (places[value.index] == .anywhere && wanted[value.index]) else { continue }
      places[value.index] = rest(value)
    }
  }

  private func rest(_ value: ValueID) -> Place {
    let operands = graph[value].operands
    func latest(_ phase: (Place) -> Int?) -> Int {
      operands.reduce(1) { max($0, phase(self[$1]) ?? 1) }
    }
    if isShared(value) || isScalar(value) {
      let phase = latest { place in
        if case .first(let phase) = place { phase + 1 } else { place.phase }
      }
      return isScalar(value) ? .scalar(phase: phase) : .shared(phase: phase)
    }
    return .first(
      phase: latest { place in
        if case .shared(let phase) = place { phase + 1 } else { place.phase }
      })
  }

  private func isScalar(_ value: ValueID) -> Bool {
    graph[value].operation.isElementwise && graph.type(of: value).elementCount == 1
  }

  /// Whether a share of the elements can be computed of shares of the operands.
  func isShared(_ value: ValueID) -> Bool {
    let count = graph.type(of: value).elementCount
    if count < 2 { return false }
    if case .randomBits = graph[value].operation { return true }
    guard graph[value].operation.isElementwise else { return false }
    return graph[value].operands.allSatisfy { shareSource(of: $0, count: count) != nil }
  }

  /// What a share of an operand is: that of a value with as many elements in the same order; or all of a
  /// value of one element. `nil` if a share would need more.
  func shareSource(of operand: ValueID, count: Int) -> ValueID? {
    var source = operand
    while true {
      let elements = graph.type(of: source).elementCount
      switch graph[source].operation {
      case .reshape: source = graph[source].operands[0]
      case .broadcastInDim(let dimensions):
        let from = graph[source].operands[0]
        let same = graph.type(of: from).elementCount
        guard same == 1 || (same == elements && dimensions == dimensions.sorted()) else {
          return nil
        }
        source = from
      case .constant(let literal): return literal.splat == nil ? nil : source
      case .iota: return nil
      default: return elements == count || elements == 1 ? source : nil
      }
    }
  }
}
