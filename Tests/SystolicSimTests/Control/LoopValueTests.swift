import ConfigFiles
import DeviceAPI
import DeviceConformance
import Foundation
import GraphIR
import StableHLO
import Testing
import TestSupport

@testable import SystolicModel
@testable import SystolicSim

/// Programs that JAX 0.10.2 lowered: values as the evaluator's with bf16 products. Random ones are in the
/// conformance suite.
@Suite("Values of loops and branches")
struct LoopValueTests {
  private static let names = [
    "rnn", "newton", "inplace", "nested", "condscan", "pick", "triangle", "collatz",
  ]

  private func program(_ name: String) throws -> Graph {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Programs/\(name).mlir")
    return try GraphConverter.graph(of: TextReader.read([UInt8](Data(contentsOf: file))))
  }

  /// Small numbers, the same each time; what some programs need besides.
  private func inputs(_ graph: Graph, _ name: String) -> [Literal] {
    graph.parameters.enumerated().map { index, parameter in
      let type = parameter.type
      let noise = words(type.elementCount, seed: UInt64(index + 1)).map {
        Double($0) / Double(UInt32.max) - 0.5
      }
      switch (name, index) {
      case ("collatz", _): return Literal(type, splat: 27)
      case ("condscan", 2): return Literal(type, noise.map { $0 > 0 ? 1 : -1 })
      // Near the identity, and a first guess of its inverse.
      case ("newton", _):
        let size = type.shape[0]
        return Literal(
          type,
          noise.enumerated().map { place, noise in
            (place / size == place % size ? (index == 0 ? 1 : 0.2) : 0)
              + (index == 0 ? 0.1 * noise : 0)
          })
      default: return Literal(type, noise)
      }
    }
  }

  @Test(
    "programs from JAX have the evaluator's values", arguments: names,
    ["tpu-v3", "tpu-v6e", "edge-8x8"])
  func jax(name: String, chip: String) throws {
    let graph = try program(name)
    let inputs = inputs(graph, name)
    let device = SystolicDevice(chip: try Chip.load(chip, library: repositoryLibrary()))
    let expected = try ReferenceEvaluator(productOperandType: .bf16).results(of: graph, inputs)
    for (found, expected) in zip(try device.run(graph, inputs), expected) {
      let magnitude = expected.elements.reduce(0) { max($0, abs($1)) }
      let difference = zip(found.elements, expected.elements).map { abs($0 - $1) }.max()
      #expect(try #require(difference) <= 2e-4 * magnitude)
    }
    #expect(
      ConformanceCase(name: name, graph: graph, inputs: inputs).check(on: device).isEmpty)
  }

  /// Programs of training and inference, whose arguments are within 0 and 1.
  @Test(
    "steps of training in JAX have the evaluator's values",
    arguments: [
      "scan_epoch", "ctrl_flow_const", "mlp_optax_adam", "gpt_sgd", "gpt_bf16", "cnn_raw_adam",
    ], ["tpu-v3", "tpu-v6e", "edge-8x8"])
  func cases(name: String, chip: String) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "StableHLOTests/Programs/\(name).mlir")
    let graph = try GraphConverter.graph(of: TextReader.read([UInt8](Data(contentsOf: file))))
    let inputs = graph.parameters.enumerated().map { index, parameter in
      Literal(
        parameter.type,
        words(parameter.type.elementCount, seed: UInt64(index + 1)).map {
          let value = Double($0) / Double(UInt32.max)
          return parameter.type.dtype.isInteger ? value.rounded() : 0.1 * value
        })
    }
    let device = SystolicDevice(chip: try Chip.load(chip, library: repositoryLibrary()))
    let expected = try ReferenceEvaluator(productOperandType: .bf16).results(of: graph, inputs)
    for (found, expected) in zip(try device.run(graph, inputs), expected) {
      let magnitude = expected.elements.reduce(0) { max($0, abs($1)) }
      let difference = zip(found.elements, expected.elements).map { abs($0 - $1) }.max()
      #expect(try #require(difference) <= 2e-3 * magnitude, "\(found.type)")
    }
  }

  @Test("turns that can be seen are, and others are counted as they run")
  func turns() throws {
    let device = SystolicDevice(chip: try Chip.load("tpu-v3", library: repositoryLibrary()))
    func runs(_ name: String) throws -> [[Int]] {
      let graph = try program(name)
      let executable = try device.compile(graph, options: CompileOptions())
      let buffers = try inputs(graph, name).map { try device.makeBuffer($0) }
      let outputs = try graph.results.map { try device.makeBuffer(graph.type(of: $0.value)) }
      try executable.execute(inputs: buffers, outputs: outputs)
      return try #require(executable.profile?.simulated).dataDependences.map(\.runs)
    }
    for name in ["rnn", "inplace", "nested", "pick"] { #expect(try runs(name) == [], "\(name)") }
    // 27 takes 111 steps to 1; 0 + 1 + 2 + 3 + 4.
    #expect(try runs("collatz") == [[111]])
    #expect(try runs("triangle") == [[10]])
    #expect(try runs("condscan").map { $0.reduce(0, +) } == [7])
  }
}
