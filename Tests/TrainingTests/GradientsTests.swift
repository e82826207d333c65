import GraphIR
import Testing

@testable import Training

@Suite("gradients(of:)")
struct GradientsTests {
  @Test("a value used twice collects both derivatives")
  func fanOut() throws {
    var random = TestRandom(seed: 60)
    try GradientCheck([random.literal([3], 0.5...1.5)]) { (b, p) throws(GraphError) in
      let square = try b.multiply(p[0], p[0])
      return try b.add(b.multiply(square, p[0]), b.unary(.exponential, square))
    }.run()
  }

  @Test("a value that the loss does not depend on gets zeros, itself one")
  func independent() throws {
    var builder = GraphBuilder(name: "independent")
    let x = builder.parameter("x", .scalar(.f32))
    let y = builder.parameter("y", TensorType([2], .f32))
    let loss = try builder.unary(.tanh, x)
    let later = try builder.unary(.tanh, y)
    let derivatives = try gradients(of: loss, withRespectTo: [loss, y, later], in: &builder)
    for (index, value) in derivatives.enumerated() { builder.result("\(index)", value) }
    let values = try ReferenceEvaluator.evaluate(
      builder.build(),
      [Literal(.scalar(.f32), splat: 0.5), Literal(TensorType([2], .f32), [1, 2])])
    #expect(values[0].splat == 1)
    #expect(values[1].elements == [0, 0])
    #expect(values[2].elements == [0, 0])
  }

  @Test("a value held constant passes nothing on")
  func heldConstant() throws {
    var builder = GraphBuilder(name: "held")
    let x = builder.parameter("x", .scalar(.f32))
    let square = try builder.multiply(x, x)
    let loss = try builder.add(square, x)
    let derivative = try gradients(
      of: loss, withRespectTo: [x], holdingConstant: [square], in: &builder)
    builder.result("x", derivative[0])
    let values = try ReferenceEvaluator.evaluate(
      builder.build(), [Literal(.scalar(.f32), splat: 5)])
    #expect(values[0].splat == 1)
  }

  @Test("only a floating-point scalar can be differentiated")
  func wrongLoss() throws {
    var builder = GraphBuilder(name: "wrong")
    let x = builder.parameter("x", TensorType([2], .f32))
    let error = #expect(throws: GraphError.self) {
      try gradients(of: x, withRespectTo: [x], in: &builder)
    }
    #expect(
      error?.description
        == "gradients of %0: need a floating-point scalar, have tensor<2xf32>")
  }

  @Test("what comes from forward/x stands in backward/x, and the builder's scope is kept")
  func scopes() throws {
    var builder = GraphBuilder(name: "scopes")
    let x = builder.parameter("x", .scalar(.f32))
    builder.scope = "forward/dense1"
    let hidden = try builder.unary(.tanh, x)
    builder.scope = "loss"
    let loss = try builder.multiply(hidden, hidden)
    let before = builder.graph.instructions.count
    _ = try gradients(of: loss, withRespectTo: [x], in: &builder)
    let scopes = builder.graph.instructions[before...].map(\.scope)
    #expect(Set(scopes) == ["backward/loss", "backward/dense1"])
    #expect(builder.scope == "loss")
  }
}
