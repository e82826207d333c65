import DeviceAPI
import Testing
import Units

@testable import SystolicSim

@Suite("Compiler")
struct CompilerTests {
  static let chips = [
    "tpu-v1-like", "tpu-v2", "tpu-v3", "tpu-v4", "tpu-v5e", "tpu-v6e", "edge-8x8",
  ]

  func compile(
    _ graph: Graph, _ chip: String, _ overrides: [String] = []
  ) throws -> (CompiledProgram, ChipArchitecture) {
    let chip = try Chip.load(chip, overrides: overrides, library: repositoryLibrary())
    return (try SystolicCompiler(chip: chip).compile(graph), chip.architecture)
  }

  func check(_ graph: Graph, _ chip: String, _ overrides: [String] = []) throws {
    let (compiled, architecture) = try compile(graph, chip, overrides)
    let problems = ProgramChecker(compiled: compiled, architecture: architecture).problems()
    #expect(problems.isEmpty, "\(chip) \(overrides): \(problems.prefix(5))")
  }

  @Test("a training step of the default network is sound on every chip", arguments: chips)
  func mlp(chip: String) throws {
    try check(SampleGraphs.mlp(), chip)
    let (compiled, _) = try compile(SampleGraphs.mlp(), chip)
    let cost = compiled.cost
    print(
      chip, compiled.program.instructions.count, compiled.program.vmemBytes, "cold",
      cost.cold.cycles, "steady", cost.steady.cycles, cost.utilization)
    if chip == "tpu-v3" {
      for u in cost.steady.units { print(u.name, u.busy.map(\.count), u.stalls.map(\.count)) }
      for (o) in cost.ops { print(o.name, o.kind.prefix(40), o.cycles, o.macs) }
    }
  }
}
