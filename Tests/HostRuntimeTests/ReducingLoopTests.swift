import TestSupport
import CKernels
import DeviceAPI
import GraphIR
import GraphPasses
import Testing

@testable import HostRuntime

@Suite("Loops with reductions")
struct ReducingLoopTests {
  /// Elementwise operations on `[a, b, c]` and reductions of what they compute.
  private static func graph(
    _ shape: [Int], _ dtype: DType = .f32
  ) throws(GraphError) -> Graph {
    var b = GraphBuilder(name: "reducing")
    let x = b.parameter("x", TensorType(shape, dtype))
    let mean = b.parameter("mean", TensorType([shape[2]], dtype))
    let scale = b.parameter("scale", TensorType([shape[0]], dtype))
    let centred = try b.subtract(x, b.broadcast(mean, to: shape, dimensions: [2]))
    let squares = try b.multiply(centred, centred)
    let scaled = try b.multiply(squares, b.broadcast(scale, to: shape, dimensions: [0]))
    b.result("variance", try b.reduce(.add, squares, dimensions: [0, 1]))
    b.result("rows", try b.reduce(.add, scaled, dimensions: [2]))
    b.result("greatest", try b.reduce(.maximum, scaled, dimensions: [1, 2]))
    b.result("all", try b.reduce(.add, squares, dimensions: [0, 1, 2]))
    b.result("apart", try b.reduce(.add, squares, dimensions: [1]))
    b.result("scaled", scaled)
    return try b.build()
  }

  private static func inputs(_ graph: Graph, seed: Int) -> [Literal] {
    var state = UInt64(seed + 1)
    return graph.parameters.map { parameter in
      Literal(
        parameter.type,
        (0..<parameter.type.elementCount).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Double(Float(state >> 40) / Float(1 << 23)) - 1
        })
    }
  }

  /// Bits, so that zeros of two signs differ.
  private static func bits(_ literals: [Literal]) -> [[UInt8]] { literals.map(\.bytes) }

  @Test(
    "have the bits of loops and reductions apart, whatever the shape, the type and the threads",
    arguments: [
      [1, 1, 1], [64, 10, 1], [3, 5, 7], [8, 14, 16], [64, 49, 16], [31, 33, 6], [2, 3, 5000],
      [1, 1, 9000], [40, 1, 100], [0, 3, 4], [4096, 2, 3],
    ], [DType.f32, .bf16])
  func sameBits(shape: [Int], dtype: DType) throws {
    let graph = try Self.graph(shape, dtype)
    let inputs = Self.inputs(graph, seed: shape.reduce(7, +))
    let device = LoopDevice()
    let apart = try Self.bits(
      device.run(graph, inputs, options: CompileOptions(fusion: .off)))
    for threads in [1, 2] {
      let fused = try Self.bits(
        device.run(graph, inputs, options: CompileOptions(threads: threads)))
      #expect(fused == apart, "\(threads) threads")
    }
  }

  private static func program(
    _ graph: Graph, threads: Int = 1, fusion: FusionMode = .on
  ) -> HostProgram {
    var compiler = HostCompiler(
      graph, engine: LoopDevice.NoProducts(), fusion: fusion, threads: threads)
    return compiler.compile()
  }

  @Test("what only a reduction reads is never in memory, and all is one pass")
  func onePass() throws {
    let shape = [64, 196, 16]
    var b = GraphBuilder(name: "variance")
    let x = b.parameter("x", TensorType(shape, .f32))
    let mean = b.parameter("mean", TensorType([16], .f32))
    let centred = try b.subtract(x, b.broadcast(mean, to: shape, dimensions: [2]))
    let sum = try b.reduce(.add, b.multiply(centred, centred), dimensions: [0, 1])
    b.result("variance", sum)
    let graph = try b.build()
    let bytes = TensorType(shape, .f32).byteCount
    let fused = Self.program(graph)
    #expect(fused.steps.count { $0 is LoopStep } == 1)
    #expect(!fused.steps.contains { $0 is ReduceStep })
    #expect(fused.arenaByteCount < bytes / 50)
    let unfused = Self.program(graph, fusion: .off)
    #expect(unfused.arenaByteCount >= bytes)
    // Sums of columns go through all rows: with two threads the loop has parts, and they follow.
    #expect(Self.program(graph, threads: 2).steps.contains { $0 is ReduceStep })
  }

  @Test("the loss and its gradient take a loop each behind that of the powers and their sums")
  func softmax() throws {
    let shape = [64, 10]
    var b = GraphBuilder(name: "loss")
    let logits = b.parameter("logits", TensorType(shape, .f32))
    let labels = b.parameter("labels", TensorType(shape, .f32))
    func spread(_ rows: ValueID) throws(GraphError) -> ValueID {
      try b.broadcast(rows, to: shape, dimensions: [0])
    }
    let shifted = try b.subtract(
      logits, spread(b.reduce(.maximum, logits, dimensions: [1])))
    let powers = try b.unary(.exponential, shifted)
    let sums = try b.reduce(.add, powers, dimensions: [1])
    let logSums = try b.unary(.log, sums)
    let losses = try b.multiply(labels, b.subtract(spread(logSums), shifted))
    b.result("loss", try b.reduce(.add, losses, dimensions: [0, 1]))
    let shares = try b.divide(powers, spread(sums))
    b.result("gradient", try b.subtract(shares, labels))
    let fused = Self.program(b.graph)
    let unfused = Self.program(b.graph, fusion: .off)
    let loops = fused.steps.filter { $0 is LoopStep }.count
    // Powers and their sums; the logarithms of the sums; the loss; the gradient.
    #expect(loops == 4, "\(fused.steps.map { type(of: $0) })")
    // The maximum of the logits, which nothing computes here.
    #expect(fused.steps.count { $0 is ReduceStep } == 1)
    #expect(unfused.steps.count { $0 is LoopStep } == 7)
    #expect(unfused.steps.count { $0 is ReduceStep } == 3)
  }
}
