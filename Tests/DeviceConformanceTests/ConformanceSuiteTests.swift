import DeviceConformance
import GraphIR
import TestSupport
import Testing

@Suite struct ConformanceSuiteTests {
  @Test(
    "the reference evaluator passes, with operands as given and in bf16",
    arguments: [nil, DType.bf16])
  func evaluatorPasses(type: DType?) throws {
    let suite = try ConformanceSuite(randomGraphs: 12)
    let device = EvaluatorDevice(productOperandType: type)
    #expect(suite.run(on: device) == [])
    #expect(suite.skipped(on: device) == [])
  }

  /// Every case but the large ones, whose time goes into many equal sums.
  func quickSuite() throws -> ConformanceSuite {
    var suite = try ConformanceSuite(randomGraphs: 4)
    suite.cases.removeAll { $0.inputs.contains { $0.type.elementCount > 5000 } }
    return suite
  }

  @Test("a device that computes something else fails", arguments: Mutation.allCases)
  func mutationFails(mutation: Mutation) throws {
    let device = EvaluatorDevice(evaluate: mutation.evaluate)
    // The first case that finds it out is enough.
    let failures = try quickSuite().cases.reversed().lazy.map { $0.check(on: device) }.first {
      !$0.isEmpty
    }
    let failure = try #require(failures?.first)
    #expect(failure.detail.hasPrefix("result "))
  }

  @Test("a device that breaks the contract fails", arguments: FaultyDevice.Fault.allCases)
  func faultFails(fault: FaultyDevice.Fault) throws {
    var suite = try quickSuite()
    // A few cases will do; what matters are the executions around them.
    suite.cases = Array(suite.cases.filter { $0.name.hasSuffix("f32") }.prefix(20))
    let device = FaultyDevice(device: EvaluatorDevice(), fault: fault)
    #expect(!suite.run(on: device).isEmpty)
  }

  @Test("a device that keeps f32 operands but promises bf16 fails")
  func wrongPromise() throws {
    var device = EvaluatorDevice()
    device.descriptor.productOperandType = .bf16
    var suite = try quickSuite()
    suite.cases.removeAll { !$0.name.hasPrefix("dot_general") }
    let failures = suite.run(on: device)
    #expect(failures.contains { $0.caseName == "dot_general 5x7x1" })
  }

  @Test("a failure names case, place, value, expectation and bound in one line")
  func failureLine() throws {
    var builder = GraphBuilder(name: "double")
    let x = builder.parameter("x", TensorType([2, 2], .f32))
    builder.result("r", try builder.add(x, x))
    let doubling = ConformanceCase(
      name: "double", graph: try builder.build(), inputs: [tensor([2, 2], [1, 2, 3, 4])])
    let device = EvaluatorDevice { (_, _) in [tensor([2, 2], [2, 4, 5, 8])] }
    #expect(
      doubling.check(on: device).map(\.description) == [
        "double: result 0 tensor<2x2xf32> at [1, 0] is 5.0, expected 6.0 ± 0.0; 1 of 4 elements "
          + "are wrong"
      ])
  }

  @Test("cases that need what a device lacks are skipped by name, but not all of them")
  func skipping() throws {
    var suite = try quickSuite()
    suite.cases = Array(suite.cases.filter { $0.inputs.count == 2 || $0.name.hasPrefix("tanh") })
    var device = EvaluatorDevice()
    device.descriptor.supportedTypes = [.f32]
    device.descriptor.supportedOperations.remove("tanh")
    #expect(suite.run(on: device) == [])
    let skipped = suite.skipped(on: device)
    #expect(skipped.contains("tanh f32") && skipped.contains("add bf16"))
    #expect(!skipped.contains("add f32"))
    device.descriptor.supportedTypes = []
    #expect(
      suite.run(on: device).map(\.description) == [
        "suite: evaluator supports no case; list its operations and types in the descriptor"
      ])
  }

  @Test("random graphs repeat for a seed, differ between seeds and constrain their results")
  func randomGraphs() throws {
    #expect(try RandomGraph(seed: 3).graph == RandomGraph(seed: 3).graph)
    #expect(try RandomGraph(seed: 3).inputs == RandomGraph(seed: 3).inputs)
    #expect(try RandomGraph(seed: 3).graph != RandomGraph(seed: 4).graph)
    // A device that returns zeros is found out by nearly all of them.
    let zeros = EvaluatorDevice { (graph, _) in
      graph.results.map { Literal(graph.type(of: $0.value), splat: 0) }
    }
    let caught = try (0..<40).filter { seed in
      let random = try RandomGraph(seed: UInt64(seed))
      return !ConformanceCase(name: "random", graph: random.graph, inputs: random.inputs)
        .check(on: zeros).isEmpty
    }
    #expect(caught.count == 40)
  }
}
