import ConfigFiles
import DeviceAPI
import SystolicSim
import Testing

@Test("the simulated TPU does what every device must do", arguments: ["tpu-v3", "edge-8x8"])
func conformance(chip: String) throws {
  let suite = try ConformanceSuite()
  let device = SystolicDevice(chip: try Chip.load(chip, library: try repositoryLibrary()))
  #expect(suite.skipped(on: device).allSatisfy { $0.contains("i8") || $0.contains("i32") })
  for failure in suite.run(on: device) { Issue.record("\(failure)") }
}
