import TestSupport
import CKernels
import DeviceAPI
import GraphIR
import GraphPasses
import Testing

@testable import HostRuntime

@Suite struct LoopTests {
  /// Adam's update of one parameter, as `Training` builds it.
  private func adamGraph(count: Int) throws -> Graph {
    var b = GraphBuilder(name: "adam")
    let type = TensorType([count], .f32)
    let p = b.parameter("p", type)
    let m = b.parameter("m", type)
    let v = b.parameter("v", type)
    let g = b.parameter("g", type, role: .infeed)
    let stepSize = b.parameter("stepSize", .scalar(.f32), role: .infeed)
    let m2 = try b.add(
      b.multiply(b.splat(0.9, like: m), m), b.multiply(b.splat(0.1, like: g), g))
    let v2 = try b.add(
      b.multiply(b.splat(0.999, like: v), v),
      b.multiply(b.splat(0.001, like: g), b.multiply(g, g)))
    let root = try b.add(
      b.multiply(b.unary(.sqrt, v2), b.splat(2, like: v)), b.splat(1e-8, like: v))
    let p2 = try b.subtract(
      p, b.multiply(b.broadcastScalar(stepSize, like: p), b.divide(m2, root)))
    b.result("p", p2, donating: p)
    b.result("m", m2, donating: m)
    b.result("v", v2, donating: v)
    return try b.build()
  }

  @Test("Adam's update is one loop of three instructions without temporaries")
  func adamIsOneLoop() throws {
    let graph = try adamGraph(count: 100)
    let plan = FusionPlan(
      graph, rules: .init(elementwise: true, productEpilogues: false, reductions: false))
    #expect(plan.groups.count == 1)
    var lowering = try #require(
      LoopLowering(graph, plan.groups[0], smallIntegers: SmallIntegers(graph)))
    lowering.body.formSuperinstructions(keeping: lowering.outputs.map(\.operand))
    let code = LoopCode(
      lowering.body, viewIsScalar: lowering.views.map { graph.type(of: $0.value).rank == 0 },
      outputs: lowering.outputs.map {
        .init(operand: $0.operand, storeCode: $0.storeCode, overwrittenViews: [])
      })
    #expect(
      code.instructions.map { Int($0.code) } == [
        CK_SUM_OF_PRODUCTS, CK_PRODUCT_PLUS_SCALED_SQUARE, CK_SUBTRACT_QUOTIENT_BY_ROOT,
      ])
    #expect(code.temporaryCount == 0)
  }

  @Test(
    "a choice between small integers is small, however many ways lead to one that is not",
    .timeLimit(.minutes(1)))
  func smallIntegers() throws {
    // Each value chooses between the two before it: F(90) = 2.9e18 ways.
    for (scalar, isSmall) in [(16_777_215.0, true), (16_777_216.0, false)] {
      var b = GraphBuilder(name: "choices")
      let predicate = b.parameter("p", TensorType([4], .i1))
      let bytes = b.parameter("x", TensorType([4], .i8))
      var values = [try b.convert(bytes, to: .i32)]
      values.append(try b.broadcastScalar(b.scalar(scalar, .i32), like: bytes))
      for n in 0..<90 { values.append(try b.select(predicate, values[n], values[n + 1])) }
      b.result("y", values[values.count - 1])
      let graph = try b.build()
      #expect(SmallIntegers(graph).contains(values[values.count - 1]) == isSmall)
    }
  }

  @Test("an old value that is read after its donated memory is due is not overwritten early")
  func readAfterDonation() throws {
    // The new x is known first; the old x is still needed for y.
    var b = GraphBuilder(name: "late read")
    let x = b.parameter("x", TensorType([5000], .f32))
    let y = b.parameter("y", TensorType([5000], .f32))
    let x2 = try b.add(x, b.splat(1, like: x))
    let y2 = try b.multiply(b.multiply(x2, x2), b.add(y, x))
    b.result("x", x2, donating: x)
    b.result("y", y2, donating: y)
    let device = LoopDevice()
    let xs = Literal(TensorType([5000], .f32), (0..<5000).map { Double($0 % 7) })
    let ys = Literal(TensorType([5000], .f32), (0..<5000).map { Double($0 % 5) })
    let graph = try b.build()
    #expect(
      try device.run(graph, [xs, ys]) == ReferenceEvaluator.evaluate(graph, [xs, ys]))
  }

  @Test("two parameters may take each other's place")
  func swap() throws {
    var b = GraphBuilder(name: "swap")
    let x = b.parameter("x", TensorType([3], .f32))
    let y = b.parameter("y", TensorType([3], .f32))
    b.result("x", y, donating: x)
    b.result("y", x, donating: y)
    let one = Literal(TensorType([3], .f32), [1, 2, 3])
    let two = Literal(TensorType([3], .f32), [4, 5, 6])
    #expect(try LoopDevice().run(b.build(), [one, two]) == [two, one])
  }
}

/// A device of this runtime without products.
struct LoopDevice: Device {
  struct NoProducts: ProductEngine {
    struct Kernel: ProductKernel {
      var partCount: Int { 1 }
      var scratchByteCount: Int { 0 }
      func run(
        part: Int, lhs: UnsafeRawPointer, rhs: UnsafeRawPointer,
        out: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
      ) { Issue.record("these graphs have no products") }
    }
    func kernel(for product: MatrixProduct, of value: ValueID) -> any ProductKernel { Kernel() }
    func chainedSum(of value: ValueID, depth: Int) -> ChainedSum {
      ChainedSum(roundsOperands: false, chainDepth: depth)
    }
  }

  var descriptor: DeviceDescriptor {
    DeviceDescriptor(
      name: "loops", summary: "", isSimulated: false, productOperandType: nil, memorySpaces: [],
      peakRates: [], supportedOperations: [], supportedTypes: [], supportedProductTypes: [])
  }

  func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    HostBuffer(type, device: "loops")
  }

  func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    HostExecutable(graph, device: "loops", engine: NoProducts(), options: options)
  }
}
