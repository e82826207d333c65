/// Which instructions of a graph run together, without writing what lies between them to memory.
///
/// Devices ask for a plan and then compile group by group. The plan changes no value: a group
/// computes exactly its members' operations, one rounding each.
///
/// The rule is greedy and keeps one property that makes every plan valid: groups are numbered in
/// the order of execution, and a group reads only values of groups with smaller numbers, or its
/// own. An instruction joins the latest group that any of its operands comes from, if it fits; if
/// not, the latest later group over the same index space that reads one of the same operands (the
/// updates of one parameter's moments become one loop that way); if none fits it opens a group.
public struct FusionPlan: Hashable, Sendable {
  /// What a device is able to fuse.
  public struct Rules: Hashable, Sendable {
    /// Elementwise instructions join at all.
    public var elementwise: Bool
    /// Elementwise instructions that follow a product join its group: the epilogue.
    public var productEpilogues: Bool
    /// A reduction joins the loop that computes its operand.
    public var reductions: Bool

    public init(elementwise: Bool, productEpilogues: Bool, reductions: Bool) {
      self.elementwise = elementwise
      self.productEpilogues = productEpilogues
      self.reductions = reductions
    }

    /// Every instruction by itself.
    public static let none = Rules(elementwise: false, productEpilogues: false, reductions: false)
    /// Everything that the plan knows.
    public static let all = Rules(elementwise: true, productEpilogues: true, reductions: true)
  }

  /// Instructions that run together.
  public struct Group: Hashable, Sendable {
    /// What the first instruction is; elementwise members follow it.
    public enum Kind: Hashable, Sendable {
      /// A loop over elementwise instructions.
      case loop
      /// A `dot_general` or `convolution`, with its epilogue.
      case product
      /// Anything else, by itself: `transpose`, `reduce` without a producer, `pad`, ...
      case single
    }

    public var kind: Kind
    /// The index space of the elementwise members.
    public var shape: [Int]
    /// The instructions, ascending; never views.
    public var members: [ValueID]
    /// Values that the group reads and others define: parameters, constants, other groups'
    /// outputs. Views are looked through. Ascending.
    public var inputs: [ValueID]
    /// Members that something outside the group, or the graph's results, need. Ascending.
    public var outputs: [ValueID]
  }

  public var groups: [Group]
  /// The group of each instruction; `nil` for views, parameters and constants.
  public var groupOfValue: [Int?]

  /// Divides a verified graph; instructions that no result needs belong to no group.
  public init(_ graph: Graph, rules: Rules) {
    var planner = Planner(graph: graph, rules: rules)
    planner.run()
    groups = planner.groups
    groupOfValue = planner.groupOfValue
  }
}

extension Graph {
  /// Whether the instruction costs nothing: its value is another's seen differently, or is known
  /// at compile time, or is an input.
  public func isView(_ value: ValueID) -> Bool {
    switch self[value].operation {
    case .parameter, .constant, .iota, .reshape, .broadcastInDim: true
    default: false
    }
  }

  /// The value that `value` is a view of: follows `reshape` and `broadcast_in_dim`.
  public func viewBase(of value: ValueID) -> ValueID {
    var base = value
    while true {
      switch self[base].operation {
      case .reshape, .broadcastInDim: base = self[base].operands[0]
      default: return base
      }
    }
  }

  /// Values that some result depends on.
  public func liveValues() -> [Bool] {
    var live = [Bool](repeating: false, count: instructions.count)
    for result in results { live[result.value.index] = true }
    for index in instructions.indices.reversed() where live[index] {
      for operand in instructions[index].operands { live[operand.index] = true }
    }
    return live
  }
}

/// The greedy pass over the instructions.
private struct Planner {
  let graph: Graph
  let rules: FusionPlan.Rules
  var groups: [FusionPlan.Group] = []
  var groupOfValue: [Int?]

  init(graph: Graph, rules: FusionPlan.Rules) {
    self.graph = graph
    self.rules = rules
    groupOfValue = [Int?](repeating: nil, count: graph.instructions.count)
  }

  mutating func run() {
    let live = graph.liveValues()
    for value in graph.values where live[value.index] && !graph.isView(value) {
      let group = groupToJoin(value) ?? open(value)
      groupOfValue[value.index] = group
      groups[group].members.append(value)
      for base in bases(of: value)
      where groupOfValue[base.index] != group && !groups[group].inputs.contains(base) {
        groups[group].inputs.append(base)
      }
    }
    for index in groups.indices { groups[index].inputs.sort() }
    findOutputs(live: live)
  }

  private func bases(of value: ValueID) -> [ValueID] {
    graph[value].operands.map { graph.viewBase(of: $0) }
  }

  private mutating func open(_ value: ValueID) -> Int {
    let operation = graph[value].operation
    let kind: FusionPlan.Group.Kind =
      switch operation {
      case .dotGeneral, .convolution: .product
      default: operation.isElementwise ? .loop : .single
      }
    groups.append(
      FusionPlan.Group(
        kind: kind, shape: graph.type(of: value).shape, members: [], inputs: [], outputs: []))
    return groups.count - 1
  }

  /// The group that the instruction joins, or `nil` if it opens one.
  private func groupToJoin(_ value: ValueID) -> Int? {
    let bases = bases(of: value)
    let latest = bases.compactMap { groupOfValue[$0.index] }.max()
    if case .reduce = graph[value].operation {
      guard rules.reductions, let latest, groups[latest].kind == .loop,
        canJoin(value, latest, shape: graph.type(of: graph[value].operands[0]).shape)
      else { return nil }
      return latest
    }
    guard rules.elementwise, graph[value].operation.isElementwise else { return nil }
    let shape = graph.type(of: value).shape
    if let latest, canJoin(value, latest, shape: shape) { return latest }
    for candidate in groups.indices.reversed() where candidate > (latest ?? -1) {
      let sharesInput = bases.contains {
        groups[candidate].inputs.contains($0) && graph.type(of: $0).rank > 0 || shape.isEmpty
      }
      if sharesInput, groups[candidate].kind == .loop, canJoin(value, candidate, shape: shape) {
        return candidate
      }
    }
    return nil
  }

  /// Whether the group runs over `shape` and every operand that it defines itself is read in
  /// place: not through a view, and not out of a reduction.
  private func canJoin(_ value: ValueID, _ index: Int, shape: [Int]) -> Bool {
    let group = groups[index]
    guard group.shape == shape, group.kind != .single else { return false }
    if group.kind == .product && !rules.productEpilogues { return false }
    for operand in graph[value].operands {
      let base = graph.viewBase(of: operand)
      guard groupOfValue[base.index] == index else { continue }
      if base != operand { return false }
      if case .reduce = graph[base].operation { return false }
    }
    return true
  }

  private mutating func findOutputs(live: [Bool]) {
    var needed = [Bool](repeating: false, count: graph.instructions.count)
    for result in graph.results { needed[graph.viewBase(of: result.value).index] = true }
    for value in graph.values where live[value.index] && !graph.isView(value) {
      for base in bases(of: value) where groupOfValue[base.index] != groupOfValue[value.index] {
        needed[base.index] = true
      }
    }
    for index in groups.indices {
      groups[index].outputs = groups[index].members.filter { needed[$0.index] }
    }
  }
}
