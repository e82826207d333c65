import GraphIR
import Testing

@testable import Training

@Suite("Derivatives of reductions equal finite differences")
struct ReduceGradientTests {
  @Test(
    "reduce over some, all and no dimensions",
    arguments: [
      Reducer.add, .maximum, .minimum,
    ], [[0], [1, 2], [0, 1, 2], []])
  func reduce(reducer: Reducer, dimensions: [Int]) throws {
    var random = TestRandom(seed: 40)
    try GradientCheck([random.distinct([2, 3, 2])]) { (b, p) throws(GraphError) in
      try b.reduce(reducer, p[0], dimensions: dimensions)
    }.run("\(reducer) \(dimensions)")
  }

  @Test("the starting value of a sum")
  func start() throws {
    var random = TestRandom(seed: 41)
    try GradientCheck([random.literal([2, 3]), random.literal([])]) { (b, p) throws(GraphError) in
      try b.append(.reduce(.add, dimensions: [0]), p)
    }.run()
  }

  @Test("equal greatest elements share the derivative")
  func ties() throws {
    var builder = GraphBuilder(name: "ties")
    let x = builder.parameter("x", TensorType([4], .f32))
    let loss = try builder.reduce(.maximum, x, dimensions: [0])
    let derivative = try gradients(of: loss, withRespectTo: [x], in: &builder)
    builder.result("x", derivative[0])
    let values = try ReferenceEvaluator.evaluate(
      builder.build(), [Literal(TensorType([4], .f32), [2, 1, 2, 0])])
    #expect(values[0].elements == [0.5, 0, 0.5, 0])
  }

  static let windows = [
    // Pooling; overlapping windows with padding; a remainder that no window covers.
    WindowAttributes([
      WindowDimension(size: 1), WindowDimension(size: 2, stride: 2),
      WindowDimension(size: 2, stride: 2),
    ]),
    WindowAttributes([
      WindowDimension(size: 1), WindowDimension(size: 3, low: 1, high: 1),
      WindowDimension(size: 2, stride: 3, low: 1, high: 1),
    ]),
    WindowAttributes([
      WindowDimension(size: 2, stride: 2, high: 1), WindowDimension(size: 3, stride: 2),
      WindowDimension(size: 2, stride: 2),
    ]),
  ]

  @Test("reduce_window", arguments: [Reducer.add, .maximum, .minimum], windows.indices)
  func reduceWindow(reducer: Reducer, index: Int) throws {
    var random = TestRandom(seed: UInt64(42 + index))
    try GradientCheck([random.distinct([1, 4, 5])]) { (b, p) throws(GraphError) in
      try b.reduceWindow(reducer, p[0], Self.windows[index])
    }.run("\(reducer) \(index)")
  }

  @Test("a window sum with dilations")
  func dilatedWindow() throws {
    var random = TestRandom(seed: 50)
    try GradientCheck([random.literal([3, 4])]) { (b, p) throws(GraphError) in
      try b.reduceWindow(
        .add, p[0],
        WindowAttributes([
          WindowDimension(size: 2, stride: 3, low: 2, high: 1, baseDilation: 2, windowDilation: 3),
          WindowDimension(size: 2, low: -1, high: 2, windowDilation: 2),
        ]))
    }.run()
  }

  @Test("what has no rule says so, where it stands and what to do")
  func noRule() throws {
    var builder = GraphBuilder(name: "product")
    let x = builder.parameter("x", TensorType([4], .f32))
    builder.scope = "forward/odd"
    let loss = try builder.reduce(.multiply, x, dimensions: [0])
    let error = #expect(throws: GraphError.self) {
      try gradients(of: loss, withRespectTo: [x], in: &builder)
    }
    #expect(
      error?.description
        == "%2 reduce in 'forward/odd': a product over dimensions has no derivative rule; "
        + "hold the value constant or compute it otherwise")
  }
}
