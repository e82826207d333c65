import ConfigFiles
import DeviceConformance
import GraphIR
import SystolicModel
import SystolicSim
import Testing

@Test("the simulated TPU does what every device must do", arguments: ["tpu-v3", "edge-8x8"])
func conformance(chip: String) throws {
  let suite = try ConformanceSuite()
  let device = SystolicDevice(chip: try Chip.load(chip, library: try repositoryLibrary()))
  let skipped = suite.skipped(on: device)
  for item in suite.cases where skipped.contains(item.name) {
    let usesF64 = item.graph.instructions.contains { $0.type.dtype == .f64 }
    let usesIntegers = ["i8", "i16", "i32", "i64"].contains { item.name.contains($0) }
    #expect(usesF64 || usesIntegers, "\(item.name)")
  }
  #expect(skipped.contains { $0.contains("i8 to i32") } == (chip == "tpu-v3"))
  for failure in suite.run(on: device) { Issue.record("\(failure)") }
}

@Test("the TPU v1, and a chip with twice the rate for int8, run every quantized program")
func int8Conformance() throws {
  var suite = try ConformanceSuite(randomGraphs: 0)
  suite.cases.removeAll { !$0.name.contains("i8 to i32") && !$0.name.contains("quant") }
  #expect(suite.cases.count > 20)
  for (name, overrides) in [("tpu-v1", []), ("edge-8x8", ["mxu.relativeRates.int8=2"])] {
    let chip = try Chip.load(name, overrides: overrides, library: repositoryLibrary())
    let device = SystolicDevice(chip: chip)
    #expect(suite.skipped(on: device) == [])
    for failure in suite.run(on: device) { Issue.record("\(name): \(failure)") }
  }
}
