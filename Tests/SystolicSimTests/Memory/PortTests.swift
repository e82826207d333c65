import DeviceAPI
import Testing
import Units

@testable import SystolicSim

@Suite("Ports of on-chip memory")
struct PortTests {
  /// Everything else is fast, so that the units meet at VMEM.
  private static let narrow = [
    "vmem.readBytesPerCycle=4", "vmem.writeBytesPerCycle=4",
    "dram.bandwidthGigabytesPerSecond=100", "dma.setupCycles=0", "dram.latencyNanoseconds=0",
    "program.launchOverheadMicroseconds=0.2",
  ]

  @Test("what the units want beyond the ports' bandwidth is a stall, and sums close")
  func stall() throws {
    let graph = try SampleGraphs.mlp(batch: 16, sizes: [100, 40, 10])
    for memory in [8.0, 256] {
      let overrides = Self.narrow + [vmem(kibibytes: memory)]
      try expectSound(graph, "edge-8x8", overrides)
      let (compiled, architecture) = try compiled(graph, "edge-8x8", overrides)
      var (read, written) = (0, 0)
      for op in compiled.cost.ops {
        read += op.traffic[MemoryLevel.onChip.index].read.count
        written += op.traffic[MemoryLevel.onChip.index].written.count
      }
      let least = architecture.launchOverheadCycles + max(read, written).dividedRoundingUp(by: 4)
      #expect(compiled.cost.steady.cycles.count >= least)
      #expect(compiled.cost.cold.cycles.count >= least)
      let wait = compiled.times.steadyPortWait
      #expect((wait > 0) == (compiled.cost.steady.cycles.count == least))
      for unit in compiled.cost.steady.units {
        #expect(unit.busyCycles + unit.stallCycles == compiled.cost.steady.cycles)
      }
    }
  }

  @Test("the best plan of a product is still the best when ports are narrow")
  func planner() throws {
    var waits = 0
    for (m, k, n) in [(32, 32, 32), (40, 8, 60), (9, 100, 16)] {
      for kibibytes in [1.0, 4] {
        let architecture = try Chip.load(
          "edge-8x8", overrides: Self.narrow + [vmem(kibibytes: kibibytes)],
          library: repositoryLibrary()
        ).architecture
        let problem = ProductProblem(
          ProductShape(batch: 1, m: m, k: k, n: n), type: .bf16, resident: [])
        let planner = ProductPlanner(problem: problem, architecture: architecture, launch: 50)
        let best = try #require(planner.best())
        for candidate in planner.candidates(atLeast: 2) {
          let program = try ProductProgram(problem: problem, plan: candidate.plan).program()
          let engine = TimelineEngine(program, architecture: architecture)
          #expect(
            candidate.portEnd - 50 == engine.portCycles - architecture.launchOverheadCycles)
          #expect(candidate.bound <= (candidate.result?.cycles ?? .max))
          #expect(best.result.cycles <= (candidate.result?.cycles ?? .max))
        }
        waits += best.result.stalls[StallCause.onChipPorts.index]
      }
    }
    // Otherwise nothing of this was tested.
    #expect(waits > 0)
  }

  @Test("more of VMEM's bandwidth never makes a product or a step slower")
  func monotone() throws {
    let graph = try SampleGraphs.mlp(batch: 8, sizes: [60, 24, 10])
    var (steps, products): ([Int], [Int]) = ([], [])
    for bytes in [1, 2, 3, 5, 8, 20, 64] {
      let overrides = [
        "vmem.readBytesPerCycle=\(bytes)", "vmem.writeBytesPerCycle=\(max(1, bytes / 2))",
        vmem(kibibytes: 8),
      ]
      steps.append(try compiled(graph, "edge-8x8", overrides).program.cost.steady.cycles.count)
      let chip = try Chip.load("edge-8x8", overrides: overrides, library: repositoryLibrary())
      products.append(
        try WorkloadEstimator(chip: chip).estimate(
          Workload.Layer(name: "g", shape: .gemm(GEMMShape(m: 100, n: 60, k: 70)))
        ).totalCycles.count)
    }
    #expect(steps == steps.sorted(by: >), "\(steps)")
    #expect(products == products.sorted(by: >), "\(products)")
  }

  @Test("only one unit at work cannot contend")
  func alone() {
    var demand = PortDemand()
    var duration = InstructionDuration(kind: .vector)
    (duration.portRead, duration.portWritten) = (4096 * 10, 4096 * 3)
    demand.add(duration, on: .vpu)
    let vmem = try? Chip.load("tpu-v3", library: repositoryLibrary()).architecture.vmem
    #expect(vmem.map { demand.leastCycles($0) } == 10)
    #expect(vmem.map { demand.mostContentionCycles($0) } == 0)
    duration.portRead = 4096 * 4
    demand.add(duration, on: .mxu)
    // Reads: 10 + 4 cycles, of which 4 are not the busiest unit's; writes: 3 + 3.
    #expect(vmem.map { demand.leastCycles($0) } == 14)
    #expect(vmem.map { demand.mostContentionCycles($0) } == 7)
  }
}
