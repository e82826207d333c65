import ConfigFiles
import DeviceAPI
import GraphIR
import GraphPasses
import ProgramOracle
import Testing
import Units

@testable import SystolicCompiler
@testable import SystolicModel
@testable import SystolicSim
@testable import Training

@Suite("Training on several cores")
struct CoreTests {
  static let steps: [ShardedStep] = [
    ShardedStep(optimizer: SGD(learningRate: 0.1)),
    ShardedStep(
      optimizer: Momentum(learningRate: 0.1), recipe: TrainingRecipe(weightDecay: 0.1), shards: 4),
    ShardedStep(optimizer: Adam(learningRate: 0.01), recipe: TrainingRecipe(clipNorm: 0.1)),
    ShardedStep(
      optimizer: Adam(learningRate: 0.01), recipe: TrainingRecipe(schedule: .cosine),
      precision: PrecisionSettings(.mixedBF16)),
    ShardedStep(precision: PrecisionSettings(.mixedFP16), shards: 4),
    ShardedStep(kind: .convolution, optimizer: Adam(learningRate: 0.01)),
    ShardedStep(
      kind: .convolution, optimizer: Momentum(learningRate: 0.1),
      recipe: TrainingRecipe(clipNorm: 0.1), precision: PrecisionSettings(.mixedBF16), shards: 4),
  ]

  private func chip(cores: Int, _ name: String = "tpu-v3") throws -> Chip {
    try Chip.load(
      name, overrides: cores == 4 ? ["cores=4"] : [], library: repositoryLibrary())
  }

  // The parts are evaluated on a memory that the cores share; the whole is the ordinary step.
  @Test(
    "what the cores compute together is the step in shards, bit for bit, in whatever order they run",
    arguments: steps, [2, 4])
  func bits(step: ShardedStep, cores: Int) throws {
    if step.shards % cores != 0 { return }
    let program = try step.program()
    let inputs = step.inputs(of: program)
    let whole = try ReferenceEvaluator.evaluate(program.step, inputs)
    let parts = CoreParts(CoreAssignment(program.step), cores: cores)
    for isReversed in [false, true] {
      var evaluator = DividedEvaluator(parts, inputs, isReversed: isReversed)
      let results = try evaluator.results()
      for (result, (one, many)) in zip(program.step.results, zip(whole, results)) {
        #expect(one == many, "\(result.name)")
      }
    }
  }

  // 219 + 24 weights and biases of `one` and `two`: 30·7 + 7 and 7·3 + 3 elements in Adam's update of 2
  // cores; each reads its share of two gradients, the parameter and two moments, and writes three.
  @Test("sums and update are divided evenly, and each core reads no more than its share")
  func shares() throws {
    let step = ShardedStep()
    let parts = CoreParts(CoreAssignment(try step.program().step), cores: 2)
    #expect(parts.phases.count == 2)
    let sizes = [210, 7, 21, 3]
    for (core, share) in [sizes.map { ($0 + 1) / 2 }, sizes.map { $0 / 2 }].enumerated() {
      let part = try #require(parts.phases[1][core])
      let read = zip(part.graph.parameters, part.sources).filter { $1 != nil }
        .map(\.0.type.elementCount).filter { $0 > 1 }
      let written = part.graph.results.map { part.graph.type(of: $0.value).elementCount }
        .filter { $0 > 1 }
      let own = share.filter { $0 > 1 }.reduce(0, +)
      #expect(read.reduce(0, +) == 5 * own)
      #expect(written.reduce(0, +) == 3 * own)
    }
  }

  @Test("clipping by the norm of all gradients is the work of one core between two phases of all")
  func clipping() throws {
    let step = ShardedStep(recipe: TrainingRecipe(clipNorm: 1))
    let parts = CoreParts(CoreAssignment(try step.program().step), cores: 2)
    #expect(parts.phases.map { $0.map { $0 != nil } }.count == 4)
    #expect(parts.phases[2][0] != nil && parts.phases[2][1] == nil)
  }

  // The slow road: every part compiled by itself, nothing shared.
  @Test(
    "an execution is the launch, and for each phase its slowest core and a barrier",
    arguments: steps)
  func cycles(step: ShardedStep) throws {
    let chip = try chip(cores: 2)
    let graph = try step.program().step
    let compiler = SystolicCompiler(chip: chip)
    let tree = try compiler.tree(of: graph, cores: 2)
    #expect(tree.problems(on: chip.architecture) == [])
    let cost = tree.cost()
    let parts = CoreParts(CoreAssignment(graph), cores: 2)
    var phases = 0
    for phase in parts.phases {
      phases +=
        try phase.compactMap(\.self).map {
          try compiler.plan($0.graph, launchCycles: 0).cost.cold.cycles.count
        }.max() ?? 0
    }
    // A word written and two read: set-up and latency of each, and a cycle on the bus.
    let architecture = chip.architecture
    let latency = architecture.dram.latencyNanoseconds * architecture.clockMegahertz / 1e3
    let lead = architecture.dma.setupCycles + Int(latency.rounded(.up))
    let barriers = (parts.phases.count - 1) * 2 * (lead + 1)
    #expect(
      cost.steady.cycles.count == architecture.launchOverheadCycles + phases + barriers)
    #expect(cost.cold.cycles >= cost.steady.cycles)
    #expect(cost.ops.count { $0.kind == "barrier" } == parts.phases.count - 1)
  }

  @Test("all cores are counted: units, products, room, idle power", arguments: steps)
  func counts(step: ShardedStep) throws {
    let chip = try chip(cores: 2)
    let graph = try step.program().step
    let cost = try SystolicDevice(chip: chip, cores: 2).cost(of: graph)
    let alone = try SystolicDevice(chip: chip).cost(of: graph)
    #expect(cost.macs == alone.macs)
    #expect(cost.peakMACsPerCycle == 2 * alone.peakMACsPerCycle)
    #expect(cost.onChipCapacity.count == 2 * alone.onChipCapacity.count)
    #expect(cost.unitNames.prefix(3) == ["host-in", "host-out", "core0.sequencer"])
    #expect(cost.unitNames.contains("core1.mxu") && !cost.unitNames.contains("core2.mxu"))
    let work = cost.steady.units.filter { $0.name.hasSuffix(".mxu") }.map(\.busyCycles)
    #expect(work[0] == work[1] && work[0] > .zero)
    let idle = chip.architecture.energy.idleWatts / Double(chip.architecture.cores) * 2
    let seconds = Double(cost.steady.cycles.count) / chip.architecture.clockHertz
    #expect(abs(cost.steady.energy[.idle].joules / (idle * seconds) - 1) < 1e-9)
    // Each gradient is written by each core, and read by the one that adds it.
    var gradients = 0
    for result in graph.results where ["weight", "kernel"].contains(where: result.name.hasSuffix) {
      gradients += 4 * step.shards * graph.type(of: result.value).elementCount
    }
    func bytes(_ cost: SimulatedCost) -> Int {
      cost.ops.reduce(0) { $0 + $1.traffic[MemoryLevel.offChip.index].total.count }
    }
    if step.precision == .fp32 { #expect(bytes(cost) >= bytes(alone) + 2 * gradients) }
    let names = cost.ops.map(\.name)
    #expect(names.contains { $0.hasPrefix("forward/shard1") })
    #expect(names.contains { $0.hasPrefix("update/core1") || $0.hasPrefix("shards/core1") })
  }

  @Test("equal shards are compiled once, and differ in name alone")
  func once() throws {
    let tree = try SystolicCompiler(chip: chip(cores: 4)).tree(
      of: ShardedStep(kind: .convolution, shards: 4).program().step, cores: 4)
    guard case .cores(let phase) = tree.nodes[0] else {
      Issue.record("no phase of cores")
      return
    }
    let programs = phase.programs.compactMap { $0 }
    #expect(programs.map(\.firstShard) == [0, 1, 2, 3])
    let names = programs.map { own in own.program.cost.ops.map { own.name(of: $0.name, core: 0) } }
    #expect(names[2].contains { $0.contains("forward/shard2/") })
    #expect(Set(programs.map(\.program.cost.cold.cycles)).count == 1)
  }

  @Test("work that is large is faster on two cores than in two shards on one")
  func faster() throws {
    let chip = try chip(cores: 2)
    var step = ShardedStep(kind: .convolution)
    step.batchSize = 4096
    let graph = try step.program().step
    let one = try SystolicDevice(chip: chip).cost(of: graph).steady.cycles.count
    let two = try SystolicDevice(chip: chip, cores: 2).cost(of: graph).steady.cycles.count
    #expect(two < one && 2 * two > one, "\(two) and \(one)")
  }

  @Test("a program that is not in shards runs on the first core, and the others wait and are paid")
  func oneOfTwo() throws {
    let chip = try chip(cores: 2)
    let graph = try ShardedStep(shards: 1).program().step
    let alone = try SystolicDevice(chip: chip).cost(of: graph)
    let cost = try SystolicDevice(chip: chip, cores: 2).cost(of: graph)
    for (one, two) in [(alone.cold, cost.cold), (alone.steady, cost.steady)] {
      #expect(one.cycles == two.cycles)
      #expect(abs(two.energy[.idle].value - 2 * one.energy[.idle].value) < 0.01)
      for unit in two.units { #expect(unit.busyCycles + unit.stallCycles == two.cycles) }
      #expect(two.units.last?.busyCycles == .zero)
      #expect(one.timeline.events.count == two.timeline.events.count)
    }
  }

  @Test("more cores than the chip has, and shards that they cannot share, are refused")
  func refused() throws {
    let chip = try chip(cores: 2)
    for (cores, words) in [(3, "tpu-v3 has 2 cores. Use 1 to 2."), (0, "tpu-v3 has 2 cores")] {
      #expect {
        try SystolicDevice(chip: chip, cores: cores)
      } throws: {
        "\($0)".contains(words)
      }
    }
    let four = try SystolicDevice(chip: self.chip(cores: 4), cores: 4)
    #expect {
      try four.cost(of: ShardedStep(shards: 2).program().step)
    } throws: {
      "\($0)".contains("has 2 shards, which 4 cores cannot share evenly")
    }
  }
}
