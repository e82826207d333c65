import TestSupport
import DeviceConformance
import GraphIR
import GraphPasses
import Testing

@Suite("Fusion pass and regions")
struct FusionPassTests {
  static let rules = FusionPlanTests.rules + [.epilogues]

  @Test("fused random graphs have the results of unfused ones, bit for bit", arguments: 0..<60)
  func sameResults(seed: Int) throws {
    let random = try RandomGraph(seed: UInt64(seed), steps: 30)
    let expected = try ReferenceEvaluator.evaluate(random.graph, random.inputs)
    for rules in Self.rules {
      let fused = try FusionPass(rules: rules).run(random.graph)
      let results = try ReferenceEvaluator.evaluate(fused, random.inputs)
      #expect(results == expected, "\(rules)\n\(fused)")
      #expect(fused.parameters == random.graph.parameters)
      #expect(fused.results.map(\.donatedParameter) == random.graph.results.map(\.donatedParameter))
    }
  }

  @Test("a graph with regions has their plan again when it is inlined", arguments: 0..<60)
  func samePlan(seed: Int) throws {
    let graph = try RandomGraph(seed: UInt64(seed), steps: 30).graph
    for rules in Self.rules {
      let plan = FusionPlan(graph, rules: rules)
      let fused = try FusionPass(rules: rules).run(graph)
      #expect(fused.hasRegions == plan.groups.contains { $0.members.count > 1 })
      let inlined = InlinedGraph(fused)
      #expect(!inlined.graph.hasRegions)
      try inlined.graph.verify()
      // The same operations in the same groups, and the same ones of them leave a result.
      func words(_ plan: FusionPlan, _ graph: Graph) -> [String] {
        plan.groups.map { group in
          let names = group.members.map { graph[$0].operation.name }
          let outputs = group.outputs.map { group.members.firstIndex(of: $0) ?? -1 }
          return "\(group.kind) \(group.shape) \(names) \(outputs) \(group.inputs.count)"
        }
      }
      #expect(
        words(inlined.plan(rules: .none), inlined.graph)
          == words(plan, graph).map { $0 }, "\(rules)\n\(graph)\n\(fused)")
    }
  }

  @Test("without rules nothing is a region", arguments: FusionMode.allCases)
  func modes(mode: FusionMode) throws {
    let fused = try FusionPass(mode).run(Self.dense())
    let regions = fused.instructions.filter { $0.operation.name == "fusion" }
    #expect(regions.count == (mode == .off ? 0 : 1))
  }

  /// `relu(x · w + b)`.
  static func dense() throws -> Graph {
    var b = GraphBuilder(name: "dense")
    let x = b.parameter("x", TensorType([4, 3], .f32))
    let w = b.parameter("w", TensorType([3, 5], .f32))
    let bias = b.parameter("b", TensorType([5], .f32))
    let product = try b.dotGeneral(x, w)
    let sum = try b.add(product, b.broadcast(bias, to: [4, 5], dimensions: [1]))
    b.result("y", try b.maximum(sum, b.splat(0, like: sum)))
    return try b.build()
  }

  @Test("a region is printed with its body")
  func printed() throws {
    let text = try FusionPass(.on).run(Self.dense()).description
    #expect(
      text == """
        func @dense {
          %0 = parameter() : tensor<4x3xf32>
          %1 = parameter() : tensor<3x5xf32>
          %2 = parameter() : tensor<5xf32>
          %3 = fusion(%0, %1, %2) : tensor<4x5xf32>
            func @dot_general_3 {
              %0 = parameter() : tensor<4x3xf32>
              %1 = parameter() : tensor<3x5xf32>
              %2 = parameter() : tensor<5xf32>
              %3 = dot_general(%0, %1) : tensor<4x5xf32>
              %4 = broadcast_in_dim(%2) : tensor<4x5xf32>
              %5 = add(%3, %4) : tensor<4x5xf32>
              %6 = constant() : tensor<f32>
              %7 = broadcast_in_dim(%6) : tensor<4x5xf32>
              %8 = maximum(%5, %7) : tensor<4x5xf32>
              return r0 = %8
            }
          return y = %3
        }
        """)
  }

  // MARK: Regions by hand

  static let type = TensorType([2, 3], .f32)

  /// `x` and `y`, and what `body` makes of them.
  static func region(
    _ body: (inout GraphBuilder, ValueID, ValueID) throws -> [ValueID]
  ) throws -> FusedRegion {
    var b = GraphBuilder(name: "inner")
    let (x, y) = (b.parameter("x", type), b.parameter("y", type))
    for (index, value) in try body(&b, x, y).enumerated() { b.result("r\(index)", value) }
    return FusedRegion(body: try b.build())
  }

  @Test("a region by hand has several results, and the values of its body")
  func byHand() throws {
    let region = try Self.region { b, x, y in
      let sum = try b.add(x, y)
      return [try b.unary(.negate, sum), sum, try b.reduce(.add, sum, dimensions: [1])]
    }
    var b = GraphBuilder(name: "outer")
    let p = b.parameter("p", Self.type)
    let values = try b.fusion(region, [p, p])
    for value in values.reversed() { b.result("r\(value.index)", value) }
    let input = Literal(Self.type, [1, 2, 3, 4, 5, 6])
    let results = try ReferenceEvaluator.evaluate(b.build(), [input])
    #expect(
      results.map(\.elements) == [
        [12, 30], [2, 4, 6, 8, 10, 12], [-2, -4, -6, -8, -10, -12],
      ])
  }

  @Test("what is no region is refused with its reason")
  func refused() throws {
    func expect(
      _ reason: String, _ body: (inout GraphBuilder, ValueID, ValueID) throws -> [ValueID],
      at location: SourceLocation = #_sourceLocation
    ) throws {
      let region = try Self.region(body)
      #expect(
        throws: GraphError(place: "region 'inner'", reason: reason), sourceLocation: location
      ) { try region.verify() }
    }
    try expect("must compute something and have a result") { _, x, _ in [x] }
    try expect("must compute something and have a result") { b, x, _ in
      _ = try b.unary(.negate, x)
      return []
    }
    try expect("%2 transpose cannot be fused") { b, x, _ in
      let turned = try b.transpose(x, permutation: [1, 0])
      return [turned, try b.unary(.negate, turned)]
    }
    try expect("must begin with a product or hold an elementwise operation") { b, x, _ in
      [try b.transpose(x, permutation: [1, 0])]
    }
    try expect("%5 negate has the shape [3, 2] in a loop over [2, 3]") { b, x, y in
      let turned = try b.reshape(y, to: [3, 2])
      let negated = try b.unary(.negate, x)
      _ = try b.reshape(y, to: [3, 2])
      return [negated, try b.unary(.negate, turned)]
    }
    try expect("%5 subtract reads %2 through a view") { b, x, _ in
      let tall = try b.unary(.negate, x)
      let flat = try b.reshape(tall, to: [6])
      let back = try b.reshape(flat, to: [2, 3])
      return [try b.subtract(x, back)]
    }
    try expect("%4 reduce cannot be fused behind a product") { b, x, y in
      let product = try b.dotGeneral(
        x, y, DotDimensions(lhsContracting: [1], rhsContracting: [1]))
      return [product, try b.reduce(.add, product, dimensions: [0])]
    }
    try expect("'r1' must be a value that the region computes") { b, x, _ in
      [try b.unary(.negate, x), x]
    }
  }

  @Test("an instruction fits its region, and takes a result that there is")
  func misfits() throws {
    let region = try Self.region { b, x, y in [try b.add(x, y), try b.subtract(x, y)] }
    var b = GraphBuilder(name: "outer")
    let p = b.parameter("p", Self.type)
    let flat = b.parameter("flat", TensorType([6], .f32))
    #expect(
      throws: GraphError(place: "%2 fusion in ''", reason: "takes 2 operands, has 1")
    ) { try b.fusion(region, [p]) }
    #expect(
      throws: GraphError(
        place: "%2 fusion in ''", reason: "takes tensor<2x3xf32> as 'y', has tensor<6xf32>")
    ) { try b.fusion(region, [p, flat]) }
    b.result("r", try b.fusion(region, [p, p])[1])
    let sound = try b.build()
    for (operation, operand, reason) in [
      (Operation.fusionResult(index: 2), 2, "is result 2 of 2"),
      (.fusionResult(index: 1), 0, "takes the result of a fusion"),
    ] {
      var graph = sound
      graph.instructions[3].operation = operation
      graph.instructions[3].operands = [ValueID(operand)]
      #expect(throws: GraphError(place: "%3 fusion_result in ''", reason: reason)) {
        try graph.verify()
      }
    }
  }
}
