import TestSupport
import GraphIR
import Testing

/// A sound graph of two parameters, broken in one place at a time.
@Suite struct VerifierTests {
  static let type = TensorType([3], .f32)

  func graph() throws -> Graph {
    var builder = GraphBuilder(name: "test")
    let a = builder.parameter("a", Self.type)
    let b = builder.parameter("b", Self.type)
    builder.result("sum", try builder.add(a, b), donating: a)
    return try builder.build()
  }

  func expect(
    _ place: String, _ reason: String, _ damage: (inout Graph) -> Void,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    var graph = try graph()
    damage(&graph)
    #expect(throws: GraphError(place: place, reason: reason), sourceLocation: location) {
      try graph.verify()
    }
  }

  @Test("an instruction uses only what is defined before it")
  func order() throws {
    for operand in [2, 3, -1] {
      try expect("%2 add in ''", "uses %\(operand), which is not defined before it") {
        $0.instructions[2].operands[1] = ValueID(operand)
      }
    }
  }

  @Test("an instruction declares the type that it computes")
  func declaredType() throws {
    try expect("%2 add in ''", "declares tensor<4xf32>, computes tensor<3xf32>") {
      $0.instructions[2].type.shape = [4]
    }
  }

  @Test("each parameter has one instruction, of its type")
  func parameters() throws {
    try expect("%1 parameter in ''", "is parameter 2 of 2") {
      $0.instructions[1].operation = .parameter(index: 2)
    }
    try expect(
      "%1 parameter in ''", "declares tensor<3xf32>, the parameter 'b' is tensor<3xi32>"
    ) { $0.parameters[1].type.dtype = .i32 }
    try expect("test", "parameter 'a' is defined twice") {
      $0.instructions[1].operation = .parameter(index: 0)
    }
    try expect("test", "parameter 'c' has no instruction") {
      $0.parameters.append(Parameter(name: "c", type: Self.type, role: .infeed))
    }
    try expect("%1 parameter in ''", "takes 0 operands, has 1") {
      $0.instructions[1].operands = [ValueID(0)]
    }
  }

  @Test("results name values that exist")
  func results() throws {
    try expect("result 'sum' of test", "names %3, which is undefined") {
      $0.results[0].value = ValueID(3)
    }
  }

  @Test("a parameter is donated once, to a result of its type")
  func donation() throws {
    let missing = "takes a parameter that is missing or already donated"
    try expect("result 'sum' of test", missing) { $0.results[0].donatedParameter = 2 }
    try expect("result 'again' of test", missing) {
      $0.results.append(GraphResult(name: "again", value: ValueID(2), donatedParameter: 0))
    }
    try expect("result 'sum' of test", "is tensor<3xf32>, the donated 'c' is tensor<2xf32>") {
      let type = TensorType([2], .f32)
      $0.parameters.append(Parameter(name: "c", type: type, role: .resident))
      $0.instructions.append(
        Instruction(operation: .parameter(index: 2), operands: [], type: type, scope: ""))
      $0.results[0].donatedParameter = 2
    }
  }

  @Test("donating a value that is no parameter is refused")
  func donatedValue() throws {
    var builder = GraphBuilder(name: "test")
    let a = builder.parameter("a", Self.type)
    let sum = try builder.add(a, a)
    builder.result("sum", sum, donating: sum)
    #expect(
      throws: GraphError(
        place: "result 'sum' of test",
        reason: "takes a parameter that is missing or already donated")
    ) { try builder.build() }
  }

  @Test("the evaluator refuses inputs that are not the graph's parameters")
  func inputs() throws {
    let graph = try graph()
    let value = Literal(Self.type, splat: 1)
    #expect(throws: GraphError(place: "test", reason: "has 2 parameters, was given 1 inputs")) {
      try ReferenceEvaluator.evaluate(graph, [value])
    }
    #expect(
      throws: GraphError(
        place: "parameter 'b' of test", reason: "is tensor<3xf32>, was given tensor<2xf32>")
    ) { try ReferenceEvaluator.evaluate(graph, [value, Literal(TensorType([2], .f32), splat: 1)]) }
  }
}
