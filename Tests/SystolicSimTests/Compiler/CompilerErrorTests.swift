import DeviceAPI
import GraphIR
import Testing
import TestSupport

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

@Suite("Compiler errors")
struct CompilerErrorTests {
  private func failure(_ graph: Graph, _ overrides: [String]) throws -> DeviceError? {
    let chip = try Chip.load("edge-8x8", overrides: overrides, library: repositoryLibrary())
    do {
      _ = try SystolicCompiler(chip: chip).compile(graph)
      return nil
    } catch {
      return error
    }
  }

  /// Max pooling of one 32 x 32 plane: its window cannot be cut.
  private func pooling() throws -> Graph {
    var b = GraphBuilder(name: "pooling")
    let x = b.parameter("x", TensorType([32, 32], .f32))
    let two = WindowDimension(size: 2, stride: 2)
    b.result("y", try b.reduceWindow(.maximum, x, WindowAttributes([two, two])))
    return try b.build()
  }

  // The plane takes 32 · 32 · 4 = 4096 bytes, the result 16 · 16 · 4 = 1024.
  @Test("what cannot be tiled is an error that says bytes wanted and had")
  func untileable() throws {
    #expect(try failure(pooling(), [vmem(kibibytes: 5)]) == nil)
    let error = try #require(try failure(pooling(), [vmem(kibibytes: 4)]))
    #expect(error.kind == .outOfMemory)
    #expect(
      "\(error)"
        == "tpu-sim: 'reduce_window' (reduce_window) wants at least 5120 bytes of VMEM with the "
        + "smallest tiles that it can be divided into; a core has 4096. Raise "
        + "vmem.capacityMebibytes or use smaller tensors.")
  }

  @Test("values that DRAM cannot hold are an error that says bytes wanted and had")
  func dram() throws {
    let error = try #require(
      try failure(pooling(), ["dram.capacityGibibytes=0.0009765625", "cores=256"]))
    #expect(
      "\(error)"
        == "tpu-sim: 'pooling' wants 6144 bytes of DRAM for its parameters, results and spilled "
        + "values; a core has 4096. Use a smaller batch or model, or raise "
        + "dram.capacityGibibytes.")
  }

  @Test("a loop in a comparator, and f64, are unsupported, with what to do about it")
  func regions() throws {
    var b = GraphBuilder(name: "sorting")
    let x = b.parameter("x", TensorType([4], .f32))
    let sorted = try b.sort([x], dimension: 0) { (b, elements) throws(GraphError) in
      let less = try b.compare(.lt, elements[0], elements[1])
      return try b.branch(b.scalar(0, .i32), [less], count: 1) { (_, _, values) in values }[0]
    }
    b.result("y", sorted[0])
    let error = try #require(try failure(b.build(), []))
    #expect(error.kind == .unsupported)
    #expect(
      "\(error)"
        == "tpu-sim: %1 sort has a case in its comparator; the vector unit computes such regions "
        + "element by element. Compute it on the device 'cpu'")
    var inner = GraphBuilder(name: "inner")
    let counter = inner.parameter("i", TensorType([], .f64))
    let last = try inner.whileLoop(
      [counter],
      condition: { (b, values) throws(GraphError) in
        try b.compare(.lt, values[0], b.scalar(3, .f64))
      }, body: { (b, values) throws(GraphError) in [try b.add(values[0], values[0])] })
    inner.result("j", last[0])
    #expect("\(try #require(try failure(inner.build(), [])))".contains("f32 and narrower"))
    var wide = GraphBuilder(name: "wide")
    let y = wide.parameter("y", TensorType([4], .f64))
    wide.result("z", try wide.add(y, y))
    let second = try #require(try failure(wide.build(), []))
    #expect(second.kind == .unsupported)
    #expect(
      "\(second)"
        == "tpu-sim: %0 parameter is tensor<4xf64>; the chip computes in f32 and narrower. Convert to "
        + "f32, or compute it on the device 'cpu'")
  }

  @Test("a product of integers is unsupported, with what to do about it")
  func integers() throws {
    var b = GraphBuilder(name: "integers")
    let x = b.parameter("x", TensorType([4, 4], .i32))
    b.result("y", try b.dotGeneral(x, x))
    let error = try #require(try failure(b.build(), []))
    #expect(error.kind == .unsupported)
    #expect(
      "\(error)"
        == "tpu-sim: %1 dot_general multiplies i32; the array multiplies bf16, f16 and i8 "
        + "values; f32 operands are rounded to bf16. Convert the operands to a float type first.")
  }

  @Test("a product of int8 on a chip whose arrays have no rate for it names the chip and the key")
  func noInt8() throws {
    var b = GraphBuilder(name: "bytes")
    let x = b.parameter("x", TensorType([4, 4], .i8))
    b.result("y", try b.dotGeneral(x, x, sums: .i32))
    let graph = try b.build()
    let device = SystolicDevice(chip: try Chip.load("tpu-v3", library: repositoryLibrary()))
    #expect(!device.descriptor.supportedProductTypes.contains(.i8))
    let error = #expect(throws: DeviceError.self) {
      try device.run(
        graph,
        [
          Literal(TensorType([4, 4], .i8), splat: 1)
        ])
    }
    #expect(error?.kind == .unsupported)
    #expect(
      error?.description
        == "tpu-sim: %1 dot_general multiplies i8; the arrays of tpu-v3 do not multiply int8. Use a "
        + "chip that does, or give it a rate at mxu.relativeRates.int8.")
    #expect(try failure(graph, []) == nil)
  }

  @Test("a graph that breaks a rule is refused with the rule")
  func invalid() throws {
    var graph = try pooling()
    graph.results[0].value = ValueID(99)
    let error = try #require(try failure(graph, []))
    #expect(error.kind == .invalidGraph)
    #expect("\(error)".contains("names %99, which is undefined"))
  }
}
