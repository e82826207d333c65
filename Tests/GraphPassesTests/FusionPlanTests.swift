import DeviceConformance
import GraphIR
import GraphPasses
import Testing

@Suite("Fusion plan")
struct FusionPlanTests {
  static let rules: [FusionPlan.Rules] = [
    .none, .all,
    FusionPlan.Rules(elementwise: true, productEpilogues: false, reductions: false),
    FusionPlan.Rules(elementwise: true, productEpilogues: true, reductions: false),
    FusionPlan.Rules(elementwise: true, productEpilogues: false, reductions: true),
  ]

  /// What is wrong with a plan, from the definition of a plan alone.
  private func problems(_ plan: FusionPlan, _ graph: Graph) -> [String] {
    var problems: [String] = []
    var owner = [Int?](repeating: nil, count: graph.instructions.count)
    for (index, group) in plan.groups.enumerated() {
      if group.members.isEmpty { problems.append("group \(index) is empty") }
      for (position, member) in group.members.enumerated() {
        let later = group.members[position...]
        if graph[member].operands.contains(where: { later.contains(graph.viewBase(of: $0)) }) {
          problems.append("group \(index): order")
        }
      }
      for member in group.members {
        if owner[member.index] != nil { problems.append("%\(member.index) is in two groups") }
        owner[member.index] = index
      }
    }
    let live = graph.liveValues()
    for value in graph.values {
      let isExpected = live[value.index] && !graph.isView(value)
      if isExpected != (owner[value.index] != nil) {
        problems.append("%\(value.index) is \(isExpected ? "in no group" : "in a group")")
      }
    }
    if owner != plan.groupOfValue { problems.append("groupOfValue") }
    var needed = Set(graph.results.map { graph.viewBase(of: $0.value) })
    for (index, group) in plan.groups.enumerated() {
      var inputs = Set<ValueID>()
      for member in group.members {
        for operand in graph[member].operands {
          let base = graph.viewBase(of: operand)
          if owner[base.index] == index { continue }
          inputs.insert(base)
          needed.insert(base)
          if let other = owner[base.index], other > index {
            problems.append("group \(index) reads group \(other)")
          }
        }
      }
      if inputs.sorted() != group.inputs { problems.append("group \(index): inputs") }
    }
    for (index, group) in plan.groups.enumerated()
    where group.outputs != group.members.filter({ needed.contains($0) }).sorted() {
      problems.append("group \(index): outputs")
    }
    return problems
  }

  @Test(
    "plans of random graphs are valid: an order, every live instruction once, right edges",
    arguments: 0..<60)
  func random(seed: Int) throws {
    let graph = try RandomGraph(seed: UInt64(seed), steps: 30).graph
    for rules in Self.rules {
      let problems = problems(FusionPlan(graph, rules: rules), graph)
      #expect(problems.isEmpty, "\(rules): \(problems.prefix(3))\n\(graph)")
    }
  }

  @Test("the plan is what a search among all groups finds", arguments: 0..<100)
  func sameAsSearch(seed: Int) throws {
    let graph = try RandomGraph(seed: UInt64(seed), steps: 5 + seed).graph
    for rules in Self.rules + [.epilogues] {
      var plain = PlainFusionPlanner(graph: graph, rules: rules)
      let groups = plain.run()
      #expect(FusionPlan(graph, rules: rules).groups.map(\.members) == groups, "\(rules)\n\(graph)")
    }
  }

  @Test(
    "values that wait for a user are met once each, however many ways lead to them",
    .timeLimit(.minutes(1)))
  func sharedOperands() throws {
    // Each value reads the two before it: the last can be reached in F(90) = 2.9e18 ways.
    var b = GraphBuilder(name: "shared")
    var values = [b.parameter("x", TensorType([4], .f32)), b.parameter("y", TensorType([4], .f32))]
    for index in 0..<90 { values.append(try b.add(values[index], values[index + 1])) }
    b.result("sum", try b.reduce(.add, values[values.count - 1], dimensions: [0]))
    let plan = FusionPlan(try b.build(), rules: .all)
    #expect(plan.groups.map(\.members.count) == [91])
  }

  @Test("a chain that waits for its user may be as long as a graph")
  func longChain() throws {
    var b = GraphBuilder(name: "chain")
    var x = b.parameter("x", TensorType([4], .f32))
    for _ in 0..<50_000 { x = try b.unary(.tanh, x) }
    b.result("sum", try b.reduce(.add, x, dimensions: [0]))
    #expect(FusionPlan(try b.build(), rules: .all).groups.map(\.members.count) == [50_001])
  }

  @Test("without rules every instruction runs by itself", arguments: 0..<10)
  func unfused(seed: Int) throws {
    let graph = try RandomGraph(seed: UInt64(seed)).graph
    #expect(FusionPlan(graph, rules: .none).groups.allSatisfy { $0.members.count == 1 })
  }

  /// `relu(x · w + b)` and the sum of its rows.
  private func dense() throws -> (graph: Graph, members: [ValueID]) {
    var b = GraphBuilder(name: "dense")
    let x = b.parameter("x", TensorType([4, 3], .f32))
    let w = b.parameter("w", TensorType([3, 5], .f32))
    let bias = b.parameter("b", TensorType([5], .f32))
    let product = try b.dotGeneral(x, w)
    let sum = try b.add(product, b.broadcast(bias, to: [4, 5], dimensions: [1]))
    let active = try b.maximum(sum, b.splat(0, like: sum))
    let rows = try b.reduce(.add, active, dimensions: [1])
    b.result("rows", rows)
    return (try b.build(), [product, sum, active, rows])
  }

  @Test("a product takes the elementwise instructions behind it; a reduction waits for its end")
  func epilogue() throws {
    let (graph, m) = try dense()
    let plan = FusionPlan(graph, rules: .all)
    #expect(plan.groups.map(\.members) == [[m[0], m[1], m[2]], [m[3]]])
    #expect(plan.groups.map(\.kind) == [.product, .single])
    #expect(plan.groups[0].outputs == [m[2]])
    #expect(plan.groups[1].inputs.contains(m[2]))
  }

  @Test("without epilogues the elementwise instructions are a loop, which the reduction joins")
  func noEpilogue() throws {
    let (graph, m) = try dense()
    let rules = FusionPlan.Rules(elementwise: true, productEpilogues: false, reductions: true)
    let plan = FusionPlan(graph, rules: rules)
    #expect(plan.groups.map(\.members) == [[m[0]], [m[1], m[2], m[3]]])
    #expect(plan.groups.map(\.kind) == [.product, .loop])
    #expect(plan.groups[1].outputs == [m[3]])
  }

  @Test("a value that reads its own group's reduction, or through a view, opens a new group")
  func boundaries() throws {
    var b = GraphBuilder(name: "softmax")
    let x = b.parameter("x", TensorType([4, 5], .f32))
    let powers = try b.unary(.exponential, x)
    let sums = try b.reduce(.add, powers, dimensions: [1])
    let shares = try b.divide(powers, b.broadcast(sums, to: [4, 5], dimensions: [0]))
    b.result("shares", shares)
    let plan = FusionPlan(try b.build(), rules: .all)
    #expect(plan.groups.map(\.members) == [[powers, sums], [shares]])
    #expect(plan.groups[0].outputs == [powers, sums])
    #expect(plan.groups[1].inputs == [powers, sums])
  }

  @Test("instructions that no result needs belong to no group")
  func dead() throws {
    var b = GraphBuilder(name: "dead")
    let x = b.parameter("x", TensorType([4], .f32))
    let unused = try b.unary(.negate, x)
    let used = try b.unary(.abs, x)
    b.result("y", used)
    let plan = FusionPlan(try b.build(), rules: .all)
    #expect(plan.groups.map(\.members) == [[used]])
    #expect(plan.groupOfValue[unused.index] == nil)
  }
}
