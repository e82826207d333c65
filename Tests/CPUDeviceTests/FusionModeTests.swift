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
}
