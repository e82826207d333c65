import DeviceAPI
import Oracles
import Testing

@Suite struct ConformanceSuiteTests {
  @Test("the reference evaluator passes its own suite, with operands as given and in bf16")
  func evaluatorPasses() throws {
    let suite = try ConformanceSuite(randomGraphs: 12)
    for type in [nil, DType.bf16] {
      let device = EvaluatorDevice(productOperandType: type)
      #expect(suite.run(on: device) == [])
      #expect(suite.skipped(on: device) == [])
    }
  }
}
