import TestSupport
import CPUDevice
import DeviceAPI
import DeviceConformance
import GraphIR
import GraphPasses
import Testing

@Suite("Fusion on the CPU")
struct FusionModeTests {
  static func cases() throws -> [ConformanceCase] {
    let cases = try ConformanceSuite(randomGraphs: 25).cases.filter {
      $0.graph.instructions.count > 12 && $0.inputs.allSatisfy { $0.type.elementCount < 5000 }
    }
    #expect(cases.count > 25)
    return cases
  }

  @Test(
    "fused and unfused programs give the same bits",
    arguments: [FusionMode.off, .epilogueOnly])
  func changesNothing(mode: FusionMode) throws {
    let device = try CPUDevice()
    for item in try Self.cases() {
      let fused = try device.run(item.graph, item.inputs)
      let unfused = try device.run(item.graph, item.inputs, options: CompileOptions(fusion: mode))
      #expect(fused == unfused, "\(item.name)")
    }
  }

  @Test("regions give the bits of the graph that they were made of", arguments: FusionMode.allCases)
  func regions(mode: FusionMode) throws {
    let device = try CPUDevice()
    for item in try Self.cases() {
      let regions = try FusionPass(mode).run(item.graph)
      #expect(try device.run(item.graph, item.inputs) == device.run(regions, item.inputs))
    }
  }

  @Test("a region may reduce what it only reads")
  func reducedParameter() throws {
    var body = GraphBuilder(name: "body")
    let x = body.parameter("x", TensorType([300, 16], .f32))
    let y = body.parameter("y", TensorType([300, 16], .f32))
    let sum = try body.reduce(.add, x, dimensions: [1])
    let square = try body.multiply(y, y)
    let squares = try body.reduce(.add, square, dimensions: [1])
    for (name, value) in [("sum", sum), ("square", square), ("squares", squares)] {
      body.result(name, value)
    }
    var builder = GraphBuilder(name: "regions")
    let type = TensorType([300, 16], .f32)
    let operands = [builder.parameter("a", type), builder.parameter("b", type)]
    let results = try builder.fusion(FusedRegion(body: body.graph), operands)
    for (index, result) in results.enumerated() { builder.result("r\(index)", result) }
    let inputs = [3.0, 2].map { scale in
      Literal(type, (0..<4800).map { scale * Double($0 % 7 - 3) })
    }
    let expected = try ReferenceEvaluator().results(of: builder.graph, inputs)
    #expect(try CPUDevice().run(builder.graph, inputs) == expected)
  }
}
