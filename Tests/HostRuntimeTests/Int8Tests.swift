import TestSupport
import CKernels
import DeviceAPI
import GraphIR
import GraphPasses
import Testing

@testable import HostRuntime

/// Quantized programs, on a device that has no products but those of bytes.
@Suite struct Int8Tests {
  /// `relu(dequantize(quantize(x) · quantize(w)) + bias)`.
  private func layer(_ m: Int, _ k: Int, _ n: Int) throws -> Graph {
    var b = GraphBuilder(name: "layer")
    let x = b.parameter("x", TensorType([m, k], .f32), role: .infeed)
    let weights = b.parameter("w", TensorType([k, n], .i8))
    let scale = b.parameter("scale", TensorType([n], .f32))
    let bias = b.parameter("bias", TensorType([n], .f32))
    let xScale = try b.int8Scale(of: x)
    let q = try b.quantizedToInt8(x, scale: xScale)
    let sums = try b.dotGeneral(q, weights, sums: .i32)
    let both = try b.multiply(scale, b.broadcastScalar(xScale, like: scale))
    let product = try b.dequantized(sums, scale: both, keeping: [1])
    let sum = try b.add(product, b.broadcast(bias, to: [m, n], dimensions: [1]))
    b.result("y", try b.maximum(sum, b.splat(0, like: sum)))
    return try b.build()
  }

  /// The kernel instructions of a group's loop.
  private func codes(_ graph: Graph, _ group: FusionPlan.Group) throws -> [Int] {
    var lowering = try #require(LoopLowering(graph, group, smallIntegers: SmallIntegers(graph)))
    lowering.body.formSuperinstructions(keeping: lowering.outputs.map(\.operand))
    return LoopCode(
      lowering.body, viewIsScalar: lowering.views.map { graph.type(of: $0.value).rank == 0 },
      outputs: lowering.outputs.map {
        .init(operand: $0.operand, storeCode: $0.storeCode, overwrittenViews: [])
      }
    ).instructions.map { Int($0.code) }
  }

  @Test("quantizing is one loop of three instructions, dequantizing with bias and ReLU another")
  func fusedChains() throws {
    let graph = try layer(4, 100, 8)
    let plan = FusionPlan(
      graph, rules: .init(elementwise: true, productEpilogues: false, reductions: false))
    let loops = try plan.groups.filter { $0.kind == .loop && $0.shape.count == 2 }
      .map { try codes(graph, $0) }
    #expect(loops.contains([CK_MULTIPLY, CK_ROUND_CLAMP, CK_STORE_I8]))
    #expect(loops.contains([CK_LOAD_I32, CK_MULTIPLY_ADD, CK_RELU]))
  }

  @Test("no step of a quantized layer falls back to the evaluator")
  func everyStepHasAKernel() throws {
    for fusion in FusionMode.allCases {
      var compiler = HostCompiler(
        try layer(4, 100, 8), engine: LoopDevice.NoProducts(), fusion: fusion)
      #expect(compiler.compile().steps.allSatisfy { !($0 is EvaluatedStep) })
    }
  }

  @Test("a layer that quantizes its input has the evaluator's bits, fused or not")
  func layers() throws {
    var random = KernelRandom(state: 51)
    for (m, k, n) in [(1, 3, 2), (5, 70, 33), (32, 200, 10)] {
      let graph = try layer(m, k, n)
      let inputs = graph.parameters.map { parameter in
        Literal(
          parameter.type,
          (0..<parameter.type.elementCount).map { _ in
            let x = Double(random.float(specialOnceIn: 0))
            return parameter.type.dtype == .i8 ? (x * 128).rounded(.down) : x
          })
      }
      let expected = try ReferenceEvaluator.evaluate(graph, inputs)
      for fusion in FusionMode.allCases {
        let options = CompileOptions(threads: 2, fusion: fusion)
        #expect(try LoopDevice().run(graph, inputs, options: options) == expected)
      }
    }
  }

  @Test("products of bytes of any orientation and size are exact on any number of threads")
  func products() throws {
    var random = KernelRandom(state: 52)
    let orientations = [(1, 0), (1, 1), (0, 0), (0, 1)]
    // The last is large enough to be divided among threads.
    for (m, k, n) in [(7, 5, 3), (20, 70, 33), (70, 260, 120)] {
      for (lhs, rhs) in m < 70 ? orientations : [(1, 0)] {
        var b = GraphBuilder(name: "product")
        let x = b.parameter("x", TensorType(lhs == 1 ? [m, k] : [k, m], .i8))
        let y = b.parameter("y", TensorType(rhs == 0 ? [k, n] : [n, k], .i8))
        let dimensions = DotDimensions(lhsContracting: [lhs], rhsContracting: [rhs])
        b.result("z", try b.dotGeneral(x, y, dimensions, sums: .i32))
        let graph = try b.build()
        let inputs = graph.parameters.map { random.bytes($0.type) }
        let expected = try ReferenceEvaluator.evaluate(graph, inputs)
        for threads in [1, 3] {
          #expect(
            try LoopDevice().run(graph, inputs, options: CompileOptions(threads: threads))
              == expected)
        }
      }
    }
  }

  @Test("convolutions of bytes of any layout are exact on any number of threads", arguments: 0..<60)
  func convolutions(seed: UInt64) throws {
    var random = KernelRandom(state: seed &* 977 &+ 5)
    let sample = ConvolutionSample(&random)
    var b = GraphBuilder(name: "convolution")
    let x = b.parameter("x", sample.input.type.with(dtype: .i8))
    let kernel = b.parameter("kernel", sample.kernel.type.with(dtype: .i8))
    b.result("y", try b.convolution(x, kernel, sample.attributes, sums: .i32))
    let graph = try b.build()
    let inputs = graph.parameters.map { random.bytes($0.type) }
    let expected = try ReferenceEvaluator.evaluate(graph, inputs)
    for threads in [1, 3] {
      #expect(
        try LoopDevice().run(graph, inputs, options: CompileOptions(threads: threads)) == expected,
        "\(sample.attributes)")
    }
  }

  @Test("bytes are compared, chosen between and converted in loops as the evaluator says")
  func loopsOverBytes() throws {
    var b = GraphBuilder(name: "bytes")
    let type = TensorType([256], .i8)
    let x = b.parameter("x", type)
    let y = b.parameter("y", type)
    let limit = try b.splat(-3, like: x)
    b.result("compare", try b.compare(.lt, x, y))
    b.result("choose", try b.select(b.compare(.ge, x, limit), x, limit))
    b.result("wide", try b.convert(x, to: .i32))
    b.result("float", try b.convert(b.convert(b.convert(x, to: .f32), to: .i8), to: .f32))
    b.result(
      "back",
      try b.convert(
        b.multiply(
          b.convert(x, to: .f32),
          b.splat(
            1.5, like: b.convert(y, to: .f32))), to: .i8))
    let graph = try b.build()
    let inputs = [
      Literal(type, (-128...127).map { Double($0) }),
      Literal(type, (-128...127).map { Double($0 * 31 % 128) }),
    ]
    var compiler = HostCompiler(graph, engine: LoopDevice.NoProducts())
    #expect(compiler.compile().steps.allSatisfy { !($0 is EvaluatedStep) })
    #expect(
      try LoopDevice().run(graph, inputs) == ReferenceEvaluator.evaluate(graph, inputs))
  }
}

extension KernelRandom {
  /// Signed bytes over the whole range.
  fileprivate mutating func bytes(_ type: TensorType) -> Literal {
    Literal(
      type, (0..<type.elementCount).map { _ in Double(Int8(truncatingIfNeeded: next() >> 30)) })
  }
}
