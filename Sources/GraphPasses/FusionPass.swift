package import GraphIR

/// Puts the instructions that a `FusionPlan` runs together into regions.
///
/// Instructions that run by themselves, parameters, and constants of more than one element stay as
/// they are. Views, scalar constants and counters go where they are read. Instructions stand in the
/// plan's order of execution; what no result needs is left out. The values of the results do not
/// change.
package struct FusionPass: Hashable, Sendable {
  /// What may be fused.
  package var rules: FusionPlan.Rules

  package init(rules: FusionPlan.Rules) { self.rules = rules }

  package init(_ mode: FusionMode) { self.init(rules: mode.rules) }

  /// The graph with regions, checked. Regions that are there are dissolved first.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule of the IR.
  package func run(_ graph: Graph) throws(GraphError) -> Graph {
    try graph.verify()
    let flat = InlinedGraph(graph).graph
    var rewriter = FusionRewriter(flat)
    for group in FusionPlan(flat, rules: rules).groups { rewriter.add(group) }
    let fused = rewriter.finish()
    try fused.verify()
    return fused
  }
}

/// Builds the graph with regions group by group.
private struct FusionRewriter {
  private let old: Graph
  private var new: Graph
  /// A value of the old graph in the new one.
  private var names: [ValueID?]

  init(_ graph: Graph) {
    old = graph
    new = Graph(name: graph.name, parameters: graph.parameters, instructions: [], results: [])
    names = [ValueID?](repeating: nil, count: graph.instructions.count)
    for value in graph.values {
      if case .parameter = graph[value].operation { _ = outer(value) }
    }
  }

  mutating func add(_ group: FusionPlan.Group) {
    if group.members.count == 1 {
      _ = outer(group.members[0])
      return
    }
    let (region, reads) = region(of: group)
    let operands = reads.map { outer($0) }
    let types = region.resultTypes
    let scope = old[group.members[0]].scope
    let first = push(
      Instruction(operation: .fusion(region), operands: operands, type: types[0], scope: scope))
    for (index, output) in group.outputs.enumerated() {
      names[output.index] =
        index == 0
        ? first
        : push(
          Instruction(
            operation: .fusionResult(index: index), operands: [first], type: types[index],
            scope: scope))
    }
  }

  mutating func finish() -> Graph {
    for result in old.results {
      var changed = result
      changed.value = outer(result.value)
      new.results.append(changed)
    }
    return new
  }

  /// The value in the new graph, with what leads to it.
  private mutating func outer(_ value: ValueID) -> ValueID {
    if let name = names[value.index] { return name }
    var instruction = old[value]
    instruction.operands = instruction.operands.map { outer($0) }
    let name = push(instruction)
    names[value.index] = name
    return name
  }

  private mutating func push(_ instruction: Instruction) -> ValueID {
    new.instructions.append(instruction)
    return ValueID(new.instructions.count - 1)
  }

  /// The group's region, and the values of the old graph that its parameters stand for.
  private func region(of group: FusionPlan.Group) -> (region: FusedRegion, reads: [ValueID]) {
    let reads = group.inputs.filter { !isFree($0) }
    var body = Graph(
      name: "\(old[group.members[0]].operation.name)_\(group.members[0].index)", parameters: [],
      instructions: [], results: [])
    var inner: [ValueID: ValueID] = [:]
    for read in reads {
      let type = old.type(of: read)
      body.parameters.append(
        Parameter(name: "p\(body.parameters.count)", type: type, role: .resident))
      body.instructions.append(
        Instruction(
          operation: .parameter(index: body.parameters.count - 1), operands: [], type: type,
          scope: old[read].scope))
      inner[read] = ValueID(body.instructions.count - 1)
    }
    func name(_ value: ValueID) -> ValueID {
      if let name = inner[value] { return name }
      var instruction = old[value]
      instruction.operands = instruction.operands.map { name($0) }
      body.instructions.append(instruction)
      let name = ValueID(body.instructions.count - 1)
      inner[value] = name
      return name
    }
    for member in group.members { _ = name(member) }
    body.results = group.outputs.enumerated().map {
      GraphResult(name: "r\($0)", value: name($1))
    }
    return (FusedRegion(body: body), reads)
  }

  /// Known at compile time: it goes into the regions that read it.
  private func isFree(_ value: ValueID) -> Bool {
    switch old[value].operation {
    case .constant(let literal): literal.type.elementCount == 1
    case .iota: true
    default: false
    }
  }
}
