import GraphIR
import GraphPasses

/// The rule of `FusionPlan` by search: what joins what is looked for among all groups. Slow, and
/// the reference for the planner that keeps tables instead.
struct PlainFusionPlanner {
  let graph: Graph
  let rules: FusionPlan.Rules
  private var groups: [FusionPlan.Group] = []
  /// Where each group stands in the order of execution; groups that depend on inputs alone have
  /// ranks below 0, all others their index.
  private var ranks: [Int] = []
  private var groupOfValue: [Int?]
  /// Instructions that depend on inputs alone and wait for a user.
  private var isWaiting: [Bool]

  init(graph: Graph, rules: FusionPlan.Rules) {
    self.graph = graph
    self.rules = rules
    groupOfValue = [Int?](repeating: nil, count: graph.instructions.count)
    isWaiting = [Bool](repeating: false, count: graph.instructions.count)
  }

  /// The members of each group, in the order of execution.
  mutating func run() -> [[ValueID]] {
    let live = graph.liveValues()
    for value in graph.values where live[value.index] && !graph.isView(value) {
      if waits(value) { isWaiting[value.index] = true } else { place(value) }
    }
    for value in graph.values where isWaiting[value.index] { placeFirst(value) }
    return groups.indices.sorted { ranks[$0] < ranks[$1] }.map { groups[$0].members }
  }

  private func bases(of value: ValueID) -> [ValueID] {
    graph[value].operands.map { graph.viewBase(of: $0) }
  }

  private func waits(_ value: ValueID) -> Bool {
    rules.elementwise && rules.chains && graph[value].operation.isElementwise
      && bases(of: value).allSatisfy { groupOfValue[$0.index] == nil }
  }

  /// Waiting operands that are read element by element go where the instruction goes; the others
  /// are placed before everything else.
  private mutating func companions(of value: ValueID) -> [ValueID] {
    var companions: [ValueID] = []
    for operand in graph[value].operands {
      let base = graph.viewBase(of: operand)
      guard isWaiting[base.index], !companions.contains(base) else { continue }
      if base == operand, graph[value].operation.isElementwise,
        graph.type(of: base).shape == graph.type(of: value).shape
      {
        companions += self.companions(of: base).filter { !companions.contains($0) }
        if !companions.contains(base) { companions.append(base) }
      } else {
        placeFirst(base)
        companions.removeAll { !isWaiting[$0.index] }
      }
    }
    return companions
  }

  private mutating func place(_ value: ValueID) {
    let companions = companions(of: value).filter { isWaiting[$0.index] }.sorted()
    let together = companions + [value]
    let group = groupToJoin(together) ?? open(value, rank: groups.count)
    for member in together { add(member, to: group) }
  }

  /// Places an instruction that depends on inputs alone before all that does not.
  private mutating func placeFirst(_ value: ValueID) {
    guard isWaiting[value.index] else { return }
    let companions = companions(of: value).filter { isWaiting[$0.index] }.sorted()
    let together = companions + [value]
    let shape = graph.type(of: value).shape
    let latest = latestGroup(of: together)
    let candidate = groups.indices.last {
      ranks[$0] < 0 && ranks[$0] >= (latest.map { ranks[$0] } ?? Int.min)
        && canJoin(together, $0, shape: shape)
    }
    // A companion may have gone elsewhere with an earlier user: then this is no longer first.
    let isFirst = latest.map { ranks[$0] < 0 } ?? true
    let group =
      isFirst
      ? candidate ?? open(value, rank: groups.count - Self.firstRanks)
      : groupToJoin(together) ?? open(value, rank: groups.count)
    for member in together { add(member, to: group) }
  }

  /// More than there are groups.
  private static let firstRanks = 1 << 40

  private mutating func add(_ value: ValueID, to group: Int) {
    isWaiting[value.index] = false
    groupOfValue[value.index] = group
    groups[group].members.append(value)
    for base in bases(of: value)
    where groupOfValue[base.index] != group && !groups[group].inputs.contains(base) {
      groups[group].inputs.append(base)
    }
  }

  private mutating func open(_ value: ValueID, rank: Int) -> Int {
    let operation = graph[value].operation
    groups.append(
      FusionPlan.Group(
        kind: operation.isProduct ? .product : operation.isElementwise ? .loop : .single,
        shape: graph.type(of: value).shape, members: [], inputs: [], outputs: []))
    ranks.append(rank)
    return groups.count - 1
  }

  /// The group, last in the order, that any operand of the instructions comes from.
  private func latestGroup(of values: [ValueID]) -> Int? {
    values.flatMap { bases(of: $0) }.compactMap { groupOfValue[$0.index] }
      .max { ranks[$0] < ranks[$1] }
  }

  /// The group that the instructions join, or `nil` if they open one. The last one decides.
  private func groupToJoin(_ values: [ValueID]) -> Int? {
    guard let value = values.last else { return nil }
    let latest = latestGroup(of: values)
    if case .reduce = graph[value].operation {
      guard rules.reductions, let latest, groups[latest].kind == .loop,
        canJoin(values, latest, shape: graph.type(of: graph[value].operands[0]).shape)
      else { return nil }
      return latest
    }
    guard rules.elementwise, graph[value].operation.isElementwise else { return nil }
    let shape = graph.type(of: value).shape
    if let latest, canJoin(values, latest, shape: shape) { return latest }
    let read = Set(values.flatMap { bases(of: $0) }.filter { graph.type(of: $0).rank > 0 })
    return groups.indices.last { candidate in
      ranks[candidate] > (latest.map { ranks[$0] } ?? Int.min)
        && groups[candidate].kind == .loop
        && (shape.isEmpty || groups[candidate].inputs.contains { read.contains($0) })
        && canJoin(values, candidate, shape: shape)
    }
  }

  /// Whether the group runs over `shape` and every operand that it defines itself is read in
  /// place: not through a view, and not out of a reduction.
  private func canJoin(_ values: [ValueID], _ index: Int, shape: [Int]) -> Bool {
    let group = groups[index]
    guard group.shape == shape, group.kind != .single else { return false }
    if group.kind == .product && !rules.productEpilogues { return false }
    if group.kind == .loop && !rules.chains { return false }
    for operand in values.flatMap({ graph[$0].operands }) {
      let base = graph.viewBase(of: operand)
      guard groupOfValue[base.index] == index else { continue }
      if base != operand { return false }
      if case .reduce = graph[base].operation { return false }
    }
    return true
  }
}
