import CPUDevice
import DeviceConformance
import Testing

@Test("the CPU device does what every device must do")
func conformance() throws {
  let suite = try ConformanceSuite()
  let device = try CPUDevice()
  #expect(suite.skipped(on: device) == [])
  for failure in suite.run(on: device) { Issue.record("\(failure)") }
}
