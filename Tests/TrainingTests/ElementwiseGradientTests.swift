import GraphIR
import Testing

@testable import Training

@Suite("Derivatives of elementwise operations equal finite differences")
struct ElementwiseGradientTests {
  /// Arguments away from kinks and poles by more than h, where third derivatives are moderate.
  static let unaryRanges: [(UnaryOperation, ClosedRange<Double>)] = [
    (.abs, 0.25...1), (.exponential, -1...1), (.log, 0.75...2), (.logistic, -2...2),
    (.negate, -1...1), (.rsqrt, 0.75...2), (.sqrt, 0.75...2), (.tanh, -1...1),
    (.cbrt, 0.75...2), (.cosine, -2...2), (.erf, -1...1), (.exponentialMinusOne, -1...1),
    (.logPlusOne, -0.25...1), (.sine, -2...2),
  ]

  @Test("unary operations", arguments: unaryRanges.indices)
  func unary(index: Int) throws {
    let (op, range) = Self.unaryRanges[index]
    var random = TestRandom(seed: 1)
    try GradientCheck([random.literal([2, 3], range)]) { (builder, p) throws(GraphError) in
      try builder.unary(op, p[0])
    }.run(op.rawValue)
  }

  @Test("abs of negative numbers has slope -1")
  func absoluteOfNegative() throws {
    try GradientCheck([Literal(TensorType([2], .f32), [-0.5, -2])]) {
      (builder, p) throws(GraphError) in try builder.unary(.abs, p[0])
    }.run()
  }

  @Test(
    "binary operations",
    arguments: [
      BinaryOperation.add, .subtract, .multiply, .divide, .power, .remainder, .atan2,
    ])
  func binary(op: BinaryOperation) throws {
    var random = TestRandom(seed: 2)
    // 2.2...2.8 over 0.75...1.1 has quotients of 2.0 to 3.73: keep off the jump at 3.
    let left = op == .remainder ? 2.4...2.6 : 0.75...2.0
    let right = op == .remainder ? 0.9...1.1 : 0.75...2.0
    try GradientCheck([random.literal([2, 3], left), random.literal([2, 3], right)]) {
      (builder, p) throws(GraphError) in try builder.binary(op, p[0], p[1])
    }.run(op.rawValue)
  }

  @Test("a clamped value's derivative goes to it, or to the bound that cuts it off")
  func clamp() throws {
    let (low, high) = (Literal(.scalar(.f32), splat: -0.5), Literal(.scalar(.f32), splat: 0.75))
    let x = Literal(TensorType([5], .f32), [-2, -1, 0.25, 1, 3])
    try GradientCheck([low, x, high]) { (builder, p) throws(GraphError) in
      try builder.clamp(p[0], p[1], p[2])
    }.run()
    // Bounds of the tensor's shape, one pair of them crossed.
    let lows = Literal(x.type, [-1, -3, -1, 0, 2])
    let highs = Literal(x.type, [0, 0, 0, 0.5, 1])
    try GradientCheck([lows, x, highs]) { (builder, p) throws(GraphError) in
      try builder.clamp(p[0], p[1], p[2])
    }.run()
  }

  @Test("maximum and minimum", arguments: [BinaryOperation.maximum, .minimum])
  func extremum(op: BinaryOperation) throws {
    var random = TestRandom(seed: 3)
    let both = random.distinct([12]).elements
    let type = TensorType([6], .f32)
    try GradientCheck([Literal(type, Array(both[..<6])), Literal(type, Array(both[6...]))]) {
      (builder, p) throws(GraphError) in try builder.binary(op, p[0], p[1])
    }.run(op.rawValue)
  }

  @Test("the derivative of maximum and minimum on a tie goes to the second operand")
  func tie() throws {
    for op in [BinaryOperation.maximum, .minimum] {
      var builder = GraphBuilder(name: "tie")
      let a = builder.parameter("a", .scalar(.f32))
      let b = builder.parameter("b", .scalar(.f32))
      let loss = try builder.binary(op, a, b)
      let derivatives = try gradients(of: loss, withRespectTo: [a, b], in: &builder)
      builder.result("a", derivatives[0])
      builder.result("b", derivatives[1])
      let tied = Literal(.scalar(.f32), splat: 0.5)
      let values = try ReferenceEvaluator.evaluate(builder.build(), [tied, tied])
      #expect(values.map(\.splat) == [0, 1])
    }
  }

  @Test("powers of zero and zeroth powers have finite derivatives")
  func powerEdges() throws {
    var builder = GraphBuilder(name: "power")
    let type = TensorType([2], .f32)
    let a = builder.parameter("a", type)
    let b = builder.parameter("b", type)
    let loss = try builder.reduce(.add, builder.binary(.power, a, b), dimensions: [0])
    let derivatives = try gradients(of: loss, withRespectTo: [a, b], in: &builder)
    builder.result("a", derivatives[0])
    builder.result("b", derivatives[1])
    // 0^2: by the base 2·0 = 0, by the exponent 0. 3^0: by the base 0, by the exponent ln 3.
    let values = try ReferenceEvaluator.evaluate(
      builder.build(), [Literal(type, [0, 3]), Literal(type, [2, 0])])
    #expect(values[0].elements == [0, 0])
    #expect(values[1].elements == [0, DType.f32.rounding(1.0986122886681098)])
  }

  @Test("select sends the derivative to where the value came from", arguments: [true, false])
  func select(scalarPredicate: Bool) throws {
    var random = TestRandom(seed: 4)
    let inputs = [random.literal([4]), random.literal([4])]
    let check = try GradientCheck(inputs) { (builder, p) throws(GraphError) in
      let predicate: ValueID
      if scalarPredicate {
        predicate = try builder.constant(Literal(.scalar(.i1), splat: 1))
      } else {
        predicate = try builder.constant(Literal(TensorType([4], .i1), [1, 0, 0, 1]))
      }
      let twice = try builder.add(p[1], p[1])
      return try builder.add(builder.select(predicate, p[0], twice), p[1])
    }
    if scalarPredicate {
      let values = try ReferenceEvaluator.evaluate(check.backward, inputs)
      #expect(values[0] == values[1])  // the branch not taken adds nothing
    }
    try check.run()
  }

  @Test("convert passes the derivative on in the operand's type")
  func convert() throws {
    var builder = GraphBuilder(name: "convert")
    let x = builder.parameter("x", TensorType([2], .bf16))
    let wide = try builder.convert(x, to: .f32)
    let loss = try builder.reduce(.add, builder.multiply(wide, wide), dimensions: [0])
    let derivative = try gradients(of: loss, withRespectTo: [x], in: &builder)
    builder.result("x", derivative[0])
    let values = try ReferenceEvaluator.evaluate(
      builder.build(), [Literal(TensorType([2], .bf16), [1.5, -3])])
    #expect(values[0] == Literal(TensorType([2], .bf16), [3, -6]))
  }

  @Test("steps, comparisons and integers carry no derivative")
  func flat() throws {
    for op in [UnaryOperation.floor, .ceil, .roundNearestAway, .roundNearestEven, .sign] {
      var builder = GraphBuilder(name: "flat")
      let x = builder.parameter("x", TensorType([2], .f32))
      let whole = try builder.convert(builder.convert(x, to: .i32), to: .f32)
      let sum = try builder.add(builder.unary(op, x), whole)
      let loss = try builder.reduce(.add, sum, dimensions: [0])
      let derivative = try gradients(of: loss, withRespectTo: [x], in: &builder)
      builder.result("x", derivative[0])
      let values = try ReferenceEvaluator.evaluate(
        builder.build(), [Literal(TensorType([2], .f32), [1.5, -3.5])])
      #expect(values[0].elements == [0, 0])
    }
  }
}
