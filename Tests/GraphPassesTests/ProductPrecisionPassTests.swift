import GraphIR
import GraphPasses
import Testing

@Suite("Products of f32 in passes of bf16")
struct ProductPrecisionPassTests {
  private static func literal(_ shape: [Int], seed: UInt64) -> Literal {
    var state = seed
    let type = TensorType(shape, .f32)
    return Literal(
      type,
      (0..<type.elementCount).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(Int64(bitPattern: state) >> 11) / Double(1 << 52)
      })
  }

  private static func product(
    _ m: Int, _ k: Int, _ n: Int, _ precision: ProductPrecision = .standard
  ) throws -> Graph {
    var b = GraphBuilder(name: "product")
    let x = b.parameter("x", TensorType([m, k], .f32))
    let w = b.parameter("w", TensorType([k, n], .f32))
    let dimensions = DotDimensions(
      lhsContracting: [1], rhsContracting: [0], precision: precision)
    b.result("y", try b.dotGeneral(x, w, dimensions))
    return try b.build()
  }

  private static func products(in graph: Graph) -> Int {
    graph.instructions.count { $0.operation.isProduct }
  }

  // 3 · 2⁻¹⁸ for parts that are left out, 2⁻²⁷ for what three parts leave, k · 2⁻²⁴ for sums in f32.
  @Test(
    "errors stay below what the parts that are left out come to",
    arguments: [(ProductPrecision.high, 0x1p-16), (.highest, 0x1p-26)])
  func errors(precision: ProductPrecision, bound: Double) throws {
    let (m, k, n) = (7, 40, 9)
    let (x, w) = (Self.literal([m, k], seed: 1), Self.literal([k, n], seed: 2))
    let graph = try ProductPrecisionPass(precision).run(Self.product(m, k, n))
    let y = try ReferenceEvaluator.evaluate(graph, [x, w])[0]
    var largest = 0.0
    for row in 0..<m {
      for column in 0..<n {
        var (exact, magnitude) = (0.0, 0.0)
        for index in 0..<k {
          let term = x[row * k + index] * w[index * n + column]
          exact += term
          magnitude += abs(term)
        }
        let error = abs(y[row * n + column] - exact) / magnitude
        #expect(error <= bound + Double(k + 6) * 0x1p-24)
        largest = max(largest, error)
      }
    }
    // Neither is as good as the next would be.
    if precision == .high { #expect(largest > 0x1p-21) }
  }

  @Test("a product takes 1, 3 or 6 passes, and what it asks for counts unless all are told")
  func counts() throws {
    for (precision, passes) in [(ProductPrecision.standard, 1), (.high, 3), (.highest, 6)] {
      #expect(
        Self.products(in: try ProductPrecisionPass(precision).run(Self.product(2, 3, 4))) == passes)
      #expect(
        Self.products(in: try ProductPrecisionPass().run(Self.product(2, 3, 4, precision)))
          == passes)
      #expect(
        Self.products(in: try ProductPrecisionPass(.standard).run(Self.product(2, 3, 4, precision)))
          == 1)
    }
  }

  @Test("an operand that is widened from bf16 has no other parts")
  func widened() throws {
    var b = GraphBuilder(name: "widened")
    let x = b.parameter("x", TensorType([4, 8], .bf16))
    let w = b.parameter("w", TensorType([8, 4], .f32))
    b.result("y", try b.dotGeneral(b.convert(x, to: .f32), w))
    b.result(
      "z",
      try b.dotGeneral(
        b.convert(x, to: .f32), b.convert(x, to: .f32),
        DotDimensions(lhsContracting: [1], rhsContracting: [1])))
    let graph = try ProductPrecisionPass(.highest).run(b.build())
    #expect(Self.products(in: graph) == 3 + 1)
  }

  @Test("infinities and NaN come out as the product in f32 gives them")
  func specials() throws {
    let inputs = [
      Literal(TensorType([3, 2], .f32), [.infinity, 1, -.infinity, 1, .nan, 1]),
      Literal(TensorType([2, 1], .f32), [1, 3]),
    ]
    for precision in [ProductPrecision.high, .highest] {
      let graph = try ProductPrecisionPass(precision).run(Self.product(3, 2, 1))
      let y = try ReferenceEvaluator.evaluate(graph, inputs)[0]
      #expect(y[0] == .infinity && y[1] == -.infinity && y[2].isNaN)
    }
  }

  @Test("products of loops and branches are computed so too, other types are left alone")
  func regions() throws {
    var body = GraphBuilder(name: "body")
    let i = body.parameter("i", .scalar(.i32))
    let x = body.parameter("x", TensorType([4, 4], .f32))
    body.result("i", try body.add(i, body.scalar(1, .i32)))
    body.result("x", try body.dotGeneral(x, x))
    var condition = GraphBuilder(name: "condition")
    let j = condition.parameter("i", .scalar(.i32))
    _ = condition.parameter("x", TensorType([4, 4], .f32))
    condition.result("c", try condition.compare(.lt, j, condition.scalar(3, .i32)))
    var b = GraphBuilder(name: "loop")
    let start = try b.scalar(0, .i32)
    let a = b.parameter("a", TensorType([4, 4], .f32))
    let loop = try b.appendAll(
      .whileLoop(condition: condition.build(), body: body.build()), [start, a])
    let narrow = try b.convert(a, to: .bf16)
    b.result("y", loop[1])
    b.result("z", try b.dotGeneral(narrow, narrow))
    let graph = try ProductPrecisionPass(.high).run(b.build())
    #expect(Self.products(in: graph) == 1)
    let inner = graph.instructions.compactMap { instruction -> Int? in
      if case .whileLoop(_, let body) = instruction.operation {
        Self.products(in: body)
      } else {
        nil
      }
    }
    #expect(inner == [3])
  }
}
