import DeviceAPI
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler
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
    for (m, k, n) in [(32, 32, 32), (40, 8, 60), (9, 100, 16)] {
      for kibibytes in [1.0, 4] {
        let chip = try Chip.load(
          "edge-8x8", overrides: Self.narrow + [vmem(kibibytes: kibibytes)],
          library: repositoryLibrary())
        let layer = LayerProduct(
          product: ProductShape(batch: 1, m: m, k: k, n: n), operandType: .bf16, resident: [])
        try expectBest(layer.problem, chip)
      }
    }
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
    expectFalling(steps, "steps")
    expectFalling(products, "products")
  }

  /// The clocks of a core whose ports move 100 bytes a cycle each way.
  private func withClocks(_ body: (inout UnitClocks) -> Void) throws {
    let architecture = try Chip.load(
      "edge-8x8",
      overrides: [
        "vmem.banks=64", "vmem.bankWidthBytes=64", "vmem.readBytesPerCycle=100",
        "vmem.writeBytesPerCycle=100",
      ], library: repositoryLibrary()
    ).architecture
    let timing = ChipTiming(architecture)
    let count = UnitClocks.timeCount(copiesInFlight: timing.copiesInFlight)
    let words = count + UnitClocks.unitCount
    try withUnsafeTemporaryAllocation(of: Int.self, capacity: words) { times in
      try withUnsafeTemporaryAllocation(of: Double.self, capacity: UnitClocks.portRateCount) {
        let base = try #require(times.baseAddress)
        let rates = try #require($0.baseAddress)
        var clocks = UnitClocks(times: base, portRates: rates, copies: base + count, timing)
        clocks.start(at: 0, hostIn: 0, hostOut: 0)
        body(&clocks)
      }
    }
  }

  private func reading(_ bytes: Int, for cycles: Int) -> InstructionDuration {
    InstructionDuration(work: cycles, portRead: bytes, kind: .vector)
  }

  // The arrays read 800 bytes in 10 cycles, 80 a cycle. The vector unit would read 600 bytes in 10
  // cycles beside them: (800 + 600) / 100 = 14 cycles, 4 more than it takes by itself.
  @Test("of two units that meet at the ports the later one waits until both have their bytes")
  func contention() throws {
    try withClocks { clocks in
      var (first, second) = (InstructionTime(), InstructionTime())
      clocks.multiply(&first, reading(800, for: 10))
      clocks.run(&second, on: .vpu, reading(600, for: 10))
      #expect(first.contention == 0 && first.end == 10)
      #expect(second.contention == 4 && second.end == 14)
    }
  }

  // Of 10 cycles the last 5 are shared, with 5 · 80 = 400 bytes: (400 + 600) / 100 = 10 cycles.
  @Test("units that meet for a part of the time share the ports for that part")
  func partlyShared() throws {
    try withClocks { clocks in
      var (first, second) = (InstructionTime(), InstructionTime())
      first.issue = 5
      clocks.multiply(&first, reading(800, for: 10))
      clocks.run(&second, on: .vpu, reading(600, for: 10))
      #expect(second.contention == 0 && second.end == 10)
      var third = InstructionTime()
      // From 10 to 20: 5 cycles of the arrays' again, and 700 bytes of its own: 11 cycles.
      clocks.run(&third, on: .vpu, reading(700, for: 10))
      #expect(third.contention == 1 && third.end == 21)
    }
  }

  @Test("only one unit at work cannot contend, nor one that reads with one that writes")
  func alone() throws {
    try withClocks { clocks in
      for _ in 0..<5 {
        var time = InstructionTime()
        clocks.run(&time, on: .vpu, reading(1000, for: 10))
        #expect(time.contention == 0)
      }
      var time = InstructionTime()
      var load = InstructionDuration(work: 10, kind: .transfer)
      load.portWritten = 1000
      clocks.copy(&time, on: .dmaLoad, load)
      #expect(time.contention == 0)
    }
  }
}
