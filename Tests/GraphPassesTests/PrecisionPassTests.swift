import TestSupport
import GraphIR
import GraphPasses
import Testing

@Suite struct PrecisionPassTests {
  /// Two convolutions with pooling between them, as in training: the gradient of the pooling too.
  static func pooled() throws -> Graph {
    var b = GraphBuilder(name: "pooled")
    let image = b.parameter("image", TensorType([2, 6, 6, 1], .f32), role: .infeed)
    let first = b.parameter("first", TensorType([3, 3, 1, 2], .f32))
    let second = b.parameter("second", TensorType([2, 2, 2, 3], .f32))
    let conv = ConvolutionAttributes(window: [.init(size: 3), .init(size: 3)])
    let features = try b.unary(.tanh, b.convolution(image, first, conv))
    let window = WindowAttributes([
      .init(size: 1), .init(size: 2, stride: 2), .init(size: 2, stride: 2), .init(size: 1),
    ])
    let pooled = try b.reduceWindow(.maximum, features, window)
    let product = try b.convolution(
      pooled, second, ConvolutionAttributes(window: [.init(size: 2), .init(size: 2)]))
    let scattered = try b.append(
      .selectAndScatter(window), [features, pooled, b.scalar(0)])
    b.result("product", product)
    b.result("sum", try b.reduce(.add, scattered, dimensions: [0, 1, 2, 3]))
    return try b.build()
  }

  @Test("what regions compute stays in its type, side by side, however narrow its readers are")
  func regions() throws {
    var b = GraphBuilder(name: "sorted")
    let x = b.parameter("x", TensorType([4, 4], .f32))
    let key = b.parameter("key", TensorType([2], .i32), role: .infeed)
    let sorted = try b.sort([x, b.unary(.negate, x), x], dimension: 0) {
      (b, elements) throws(GraphError) in try b.compare(.lt, elements[0], elements[1])
    }
    b.result("product", try b.dotGeneral(sorted[0], sorted[1]))
    b.result("x", sorted[2], donating: x)
    _ = key
    for policy in [PrecisionPolicy.bf16, .mixedBF16] {
      let graph = try PrecisionPass(policy, roundingKey: "key").run(b.build())
      let index = try #require(graph.instructions.firstIndex { $0.operation.name == "sort" })
      #expect(graph.instructions[index...].prefix(3).allSatisfy { $0.type.dtype == .f32 })
      let product = try #require(graph.instructions.first { $0.operation.name == "dot_general" })
      #expect(product.operands.allSatisfy { graph.type(of: $0).dtype == .bf16 })
    }
  }

  @Test("fp32 leaves a graph as it is")
  func identity() throws {
    #expect(try PrecisionPass(.fp32).run(Self.pooled()) == Self.pooled())
  }

  @Test(
    "pooling of what a product reads, and its gradient, stay narrow; sums are f32",
    arguments: [PrecisionPolicy.bf16, .mixedBF16, .mixedFP16])
  func pooling(policy: PrecisionPolicy) throws {
    let graph = try PrecisionPass(policy).run(Self.pooled())
    let narrow = try #require(policy.narrowType)
    for instruction in graph.instructions {
      let operands = instruction.operands.map { graph.type(of: $0).dtype }
      switch instruction.operation {
      case .reduceWindow, .selectAndScatter:
        #expect(operands.allSatisfy { $0 == narrow } && instruction.type.dtype == narrow)
      case .convolution:
        #expect(operands == [narrow, narrow] && instruction.type.dtype == .f32)
      case .reduce: #expect(operands == [narrow, .f32] && instruction.type.dtype == .f32)
      case .unary: #expect(operands == [.f32])
      default: break
      }
    }
  }

  @Test("a product of a product is rounded once, without a conversion")
  func chainedProducts() throws {
    var b = GraphBuilder(name: "chain")
    let x = b.parameter("x", TensorType([2, 2], .f32))
    b.result("r", try b.dotGeneral(b.dotGeneral(x, x), x))
    let graph = try PrecisionPass(.mixedBF16).run(b.build())
    #expect(
      graph.instructions.map { "\($0.operation.name) \($0.type.dtype)" } == [
        "parameter f32", "convert bf16", "dot_general bf16", "dot_general f32",
      ])
  }

  @Test("values come out within the rounding of their operands")
  func values() throws {
    let graph = try Self.pooled()
    var seed: UInt64 = 0
    let inputs = graph.parameters.map { parameter in
      seed += 1
      return Literal(
        parameter.type,
        words(parameter.type.elementCount, seed: seed).map { Double($0) / 0x1p32 - 0.5 })
    }
    let expected = try ReferenceEvaluator.evaluate(graph, inputs)
    for (policy, unit) in [(PrecisionPolicy.mixedBF16, 0x1p-8), (.mixedFP16, 0x1p-11)] {
      let got = try ReferenceEvaluator.evaluate(PrecisionPass(policy).run(graph), inputs)
      for index in 0..<expected[0].type.elementCount {
        // Two operands of 8 products, each below 1 and off by less than two units.
        #expect(abs(got[0][index] - expected[0][index]) < 8 * 4 * unit)
      }
      #expect(got[0] != expected[0])
    }
  }

  @Test("a key that the graph lacks is an error")
  func missingKey() throws {
    let graph = try Self.pooled()
    #expect(
      throws: GraphError(place: "pooled", reason: "has no parameter 'key' to round by")
    ) { try PrecisionPass(.bf16, roundingKey: "key").run(graph) }
  }
}
