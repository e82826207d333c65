package import GraphIR

/// A graph with the bodies of its regions in place of them, and what runs together: what devices
/// compile.
package struct InlinedGraph: Hashable, Sendable {
  /// Without regions; the graph itself if it had none. Parameters and results are the same.
  package let graph: Graph
  /// The regions as groups, and everything else by itself; `nil` if the graph had no regions.
  package let plan: FusionPlan?

  /// - Parameter graph: verified.
  package init(_ graph: Graph) {
    guard graph.hasRegions else {
      self.graph = graph
      plan = nil
      return
    }
    var inliner = Inliner(graph)
    inliner.run()
    self.graph = inliner.flat
    plan = FusionPlan(inliner.flat, regions: inliner.regions, regionOfValue: inliner.regionOfValue)
  }

  /// What runs together: the regions, or else what `rules` allow.
  package func plan(rules: FusionPlan.Rules) -> FusionPlan {
    plan ?? FusionPlan(graph, rules: rules)
  }
}

extension Graph {
  /// Whether some instruction is a `fusion`.
  package var hasRegions: Bool {
    instructions.contains { if case .fusion = $0.operation { true } else { false } }
  }
}

private struct Inliner {
  let graph: Graph
  var flat: Graph
  /// The results of each region, in order.
  private(set) var regions: [[ValueID]] = []
  private(set) var regionOfValue: [Int?] = []
  /// A value of the graph in the flat one.
  private var names: [ValueID] = []
  /// The region that a `fusion` instruction became.
  private var regionOfFusion: [ValueID: Int] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    flat = Graph(name: graph.name, parameters: graph.parameters, instructions: [], results: [])
  }

  mutating func run() {
    for value in graph.values {
      let instruction = graph[value]
      let operands = instruction.operands.map { names[$0.index] }
      switch instruction.operation {
      case .fusion(let region):
        regionOfFusion[value] = regions.count
        names.append(inline(region, operands))
      case .fusionResult(let index):
        let region = regionOfFusion[instruction.operands[0]] ?? 0
        names.append(regions[region][index])
      default: names.append(push(instruction, operands, region: nil))
      }
    }
    flat.results = graph.results.map { result in
      var changed = result
      changed.value = names[result.value.index]
      return changed
    }
  }

  /// - Returns: the region's first result.
  private mutating func inline(_ region: FusedRegion, _ operands: [ValueID]) -> ValueID {
    var inner: [ValueID] = []
    for instruction in region.body.instructions {
      if case .parameter(let index) = instruction.operation {
        inner.append(operands[index])
      } else {
        inner.append(
          push(instruction, instruction.operands.map { inner[$0.index] }, region: regions.count))
      }
    }
    regions.append(region.body.results.map { inner[$0.value.index] })
    return inner[region.body.results[0].value.index]
  }

  private mutating func push(
    _ instruction: Instruction, _ operands: [ValueID], region: Int?
  ) -> ValueID {
    var moved = instruction
    moved.operands = operands
    flat.instructions.append(moved)
    regionOfValue.append(region)
    return ValueID(flat.instructions.count - 1)
  }
}

extension FusionPlan {
  /// The regions of an inlined graph as groups.
  fileprivate init(_ graph: Graph, regions: [[ValueID]], regionOfValue: [Int?]) {
    groups = []
    groupOfValue = [Int?](repeating: nil, count: graph.instructions.count)
    var groupOfRegion = [Int?](repeating: nil, count: regions.count)
    let live = graph.liveValues()
    let members = graph.values.filter { live[$0.index] && !graph.isView($0) }
    // Reductions of what no result needs are left: they run by themselves.
    var isWhole = [Bool](repeating: false, count: regions.count)
    for value in members where !graph[value].operation.isReduction {
      if let region = regionOfValue[value.index] { isWhole[region] = true }
    }
    for value in members {
      let region = regionOfValue[value.index].flatMap { isWhole[$0] ? $0 : nil }
      let group: Int
      if let known = region.flatMap({ groupOfRegion[$0] }) {
        group = known
      } else {
        group = groups.count
        if let region { groupOfRegion[region] = group }
        groups.append(Group(opening: value, in: graph))
      }
      groups[group].members.append(value)
      groupOfValue[value.index] = group
      if graph[value].operation.isElementwise, groups[group].kind == .single {
        groups[group].kind = .loop
        groups[group].shape = graph.type(of: value).shape
      }
    }
    findEdges(graph, bases: graph.viewBases())
    // The region says in which order it leaves its results.
    for (region, group) in groupOfRegion.enumerated() {
      guard let group else { continue }
      var needed = Set(groups[group].outputs)
      groups[group].outputs = regions[region].filter { needed.remove($0) != nil }
    }
  }
}

extension FusionPlan.Group {
  /// An empty group that begins with `value`.
  init(opening value: ValueID, in graph: Graph) {
    let operation = graph[value].operation
    self.init(
      kind: operation.isProduct ? .product : operation.isElementwise ? .loop : .single,
      shape: graph.type(of: value).shape, members: [], inputs: [], outputs: [])
  }
}
