internal import GraphIR

/// The greedy pass over the instructions of a graph; its time is linear in their operands.
struct FusionPlanner {
  let graph: Graph
  let rules: FusionPlan.Rules
  /// The value that each value is a view of.
  let bases: [ValueID]
  private(set) var groups: [FusionPlan.Group] = []
  /// Where each group stands in the order of execution; groups that depend on inputs alone have
  /// ranks below 0, all others their index.
  private var ranks: [Int] = []
  private(set) var groupOfValue: [Int?]
  /// Instructions that depend on inputs alone and wait for a user.
  private var isWaiting: [Bool]
  /// For each value the loops that read it.
  private var readers: [LatestLoops]
  /// The loops over nothing but scalars.
  private var scalarLoops = LatestLoops()
  /// The loops that depend on inputs alone.
  private var firstLoops = LatestLoops()

  init(graph: Graph, rules: FusionPlan.Rules) {
    self.graph = graph
    self.rules = rules
    bases = graph.viewBases()
    groupOfValue = [Int?](repeating: nil, count: graph.instructions.count)
    isWaiting = [Bool](repeating: false, count: graph.instructions.count)
    readers = [LatestLoops](repeating: LatestLoops(), count: graph.instructions.count)
  }

  /// The groups in the order of execution, without their edges, and the group of each instruction.
  mutating func run() -> (groups: [FusionPlan.Group], groupOfValue: [Int?]) {
    let live = graph.liveValues()
    for value in graph.values where live[value.index] && !graph.isView(value) {
      if waits(value) { isWaiting[value.index] = true } else { place(value) }
    }
    for value in graph.values where isWaiting[value.index] { placeFirst(value) }
    let order = groups.indices.sorted { ranks[$0] < ranks[$1] }
    var positions = [Int](repeating: 0, count: groups.count)
    for (position, group) in order.enumerated() { positions[group] = position }
    return (order.map { groups[$0] }, groupOfValue.map { $0.map { positions[$0] } })
  }

  func isElementwise(_ value: ValueID) -> Bool {
    graph.instructions[value.index].operation.isElementwise
  }

  func shape(of value: ValueID) -> [Int] { graph.instructions[value.index].type.shape }

  func operands(of value: ValueID) -> [ValueID] {
    graph.instructions[value.index].operands
  }

  private func waits(_ value: ValueID) -> Bool {
    rules.elementwise && rules.chains && isElementwise(value)
      && operands(of: value).allSatisfy { groupOfValue[bases[$0.index].index] == nil }
  }

  /// The instruction behind those that wait and that it reads element by element, in the order of
  /// the graph: they go where it goes. Others that it waits for are placed before everything else.
  private mutating func withCompanions(_ value: ValueID) -> [ValueID] {
    var companions: [ValueID] = []
    var seen: Set<ValueID> = []
    // A chain may be longer than a thread's stack is deep.
    var path = [(value: value, next: 0)]
    while let (reader, next) = path.last {
      let operands = operands(of: reader)
      if next == operands.count {
        path.removeLast()
        if reader != value { companions.append(reader) }
        continue
      }
      path[path.count - 1].next += 1
      let operand = operands[next]
      let base = bases[operand.index]
      guard isWaiting[base.index], !seen.contains(base) else { continue }
      if base == operand, isElementwise(reader) || rowRank(of: reader) != nil,
        shape(of: base) == indexSpace(of: reader)
      {
        seen.insert(base)
        path.append((base, 0))
      } else {
        placeFirst(base)
      }
    }
    return companions.filter { isWaiting[$0.index] }.sorted() + [value]
  }

  private mutating func place(_ value: ValueID) {
    // Further values of an instruction are computed with its first.
    if graph.instructions[value.index].operation.kind == .result,
      let group = groupOfValue[operands(of: value)[0].index]
    {
      add([value], to: group)
      return
    }
    let together = withCompanions(value)
    add(together, to: groupToJoin(together) ?? open(value, rank: groups.count))
  }

  /// Places an instruction that depends on inputs alone before all that does not.
  private mutating func placeFirst(_ value: ValueID) {
    guard isWaiting[value.index] else { return }
    let together = withCompanions(value)
    let latest = latestGroup(of: together)
    // A companion may have gone elsewhere with an earlier user: then this is no longer first.
    if let latest, ranks[latest] >= 0 {
      add(together, to: groupToJoin(together) ?? open(value, rank: groups.count))
      return
    }
    let shape = shape(of: value)
    let candidate = firstLoops.latest(over: shape, in: groups).first
    if let candidate, candidate >= latest ?? 0, canJoin(together, candidate, shape: shape) {
      add(together, to: candidate)
    } else {
      let group = open(value, rank: groups.count - FusionPlanner.firstRanks)
      firstLoops.insert(group, isFirst: true, in: groups)
      add(together, to: group)
    }
  }

  /// More than there are groups.
  private static let firstRanks = 1 << 40

  private mutating func add(_ values: [ValueID], to group: Int) {
    let isFirst = ranks[group] < 0
    if groups[group].kind == .loop, groups[group].rowRank == nil {
      groups[group].rowRank = values.compactMap { rowRank(of: $0) }.first
    }
    let isLoop = groups[group].kind == .loop
    for value in values {
      isWaiting[value.index] = false
      groupOfValue[value.index] = group
      groups[group].members.append(value)
      guard isLoop else { continue }
      for operand in operands(of: value) {
        let base = bases[operand.index]
        guard groupOfValue[base.index] != group, !shape(of: base).isEmpty else { continue }
        readers[base.index].insert(group, isFirst: isFirst, in: groups)
      }
    }
  }

  private mutating func open(_ value: ValueID, rank: Int) -> Int {
    var group = FusionPlan.Group(opening: value, in: graph)
    if let rowRank = rowRank(of: value) {
      (group.kind, group.shape, group.rowRank) = (.loop, indexSpace(of: value), rowRank)
    }
    groups.append(group)
    ranks.append(rank)
    if group.kind == .loop, group.shape.isEmpty {
      scalarLoops.insert(groups.count - 1, isFirst: rank < 0, in: groups)
    }
    return groups.count - 1
  }

  /// The group, last in the order, that any operand of the instructions comes from.
  private func latestGroup(of values: [ValueID]) -> Int? {
    var latest: Int?
    for value in values {
      for operand in operands(of: value) {
        guard let group = groupOfValue[bases[operand.index].index] else { continue }
        if latest.map({ ranks[group] > ranks[$0] }) ?? true { latest = group }
      }
    }
    return latest
  }

  /// The group that the instructions join, or `nil` if they open one. The last one decides.
  private func groupToJoin(_ values: [ValueID]) -> Int? {
    guard let value = values.last else { return nil }
    let latest = latestGroup(of: values)
    if graph.instructions[value.index].operation.isReduction {
      let space = indexSpace(of: value)
      if rules.reductions, let latest, groups[latest].kind == .loop,
        canJoin(values, latest, shape: space)
      {
        return latest
      }
      return rowRank(of: value) == nil ? nil : reader(of: values, over: space, after: latest)
    }
    guard rules.elementwise, isElementwise(value) else { return nil }
    let shape = shape(of: value)
    if let latest, canJoin(values, latest, shape: shape) { return latest }
    return rules.chains ? reader(of: values, over: shape, after: latest) : nil
  }

  /// The latest loop over `shape`, behind the group `latest`, that reads what the values read;
  /// among scalars any loop. It defines none of their operands, so they can join it.
  private func reader(of values: [ValueID], over shape: [Int], after latest: Int?) -> Int? {
    let rank = latest.map { ranks[$0] } ?? Int.min
    var found: Int?
    func consider(_ loops: LatestLoops) {
      let (first, later) = loops.latest(over: shape, in: groups)
      for group in [first, later] {
        guard let group, ranks[group] > rank else { continue }
        found = max(found ?? group, group)
      }
    }
    if shape.isEmpty {
      consider(scalarLoops)
      return found
    }
    for value in values {
      for operand in operands(of: value) { consider(readers[bases[operand.index].index]) }
    }
    return found
  }

  /// Whether the group runs over `shape` and every operand that it defines itself is read in
  /// place: not through a view, and not out of a reduction.
  private func canJoin(_ values: [ValueID], _ index: Int, shape: [Int]) -> Bool {
    let kind = groups[index].kind
    guard kind != .single else { return false }
    if let rowRank = groups[index].rowRank {
      return canJoin(values, index, rowRank, shape: shape)
    }
    guard groups[index].shape == shape else { return false }
    if kind == .product && !rules.productEpilogues { return false }
    if kind == .loop && !rules.chains { return false }
    for value in values {
      for operand in operands(of: value) {
        let base = bases[operand.index]
        guard groupOfValue[base.index] == index else { continue }
        if base != operand { return false }
        if graph.instructions[base.index].operation.isReduction { return false }
      }
    }
    return true
  }
}

extension FusionPlan.Group {
  /// An empty group that begins with `value`.
  fileprivate init(opening value: ValueID, in graph: Graph) {
    let kind = graph[value].operation.kind
    self.init(
      kind: kind == .product ? .product : kind == .elementwise ? .loop : .single,
      shape: graph.type(of: value).shape, members: [], inputs: [], outputs: [])
  }
}

/// Of some loops, the latest of each index space: only these can be joined. Groups that depend on
/// inputs alone stand before all others, whenever they were opened, and are kept apart.
private struct LatestLoops {
  private var latest: [(first: Int?, later: Int?)] = []

  mutating func insert(_ group: Int, isFirst: Bool, in groups: [FusionPlan.Group]) {
    let known = latest.firstIndex {
      groups[($0.first ?? $0.later) ?? group].shape == groups[group].shape
    }
    if known == nil { latest.append((nil, nil)) }
    let index = known ?? latest.count - 1
    if isFirst {
      latest[index].first = max(latest[index].first ?? group, group)
    } else {
      latest[index].later = max(latest[index].later ?? group, group)
    }
  }

  /// The loops over `shape`.
  func latest(
    over shape: [Int], in groups: [FusionPlan.Group]
  ) -> (first: Int?, later: Int?) {
    latest.first { pair in
      (pair.first ?? pair.later).map { groups[$0].shape == shape } ?? false
    } ?? (nil, nil)
  }
}
