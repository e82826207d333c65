import ConfigFiles
import DeviceAPI
import ProgramOracle
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

@Suite("CMEM")
struct CMEMTests {
  /// A small core with CMEM, so that little work fills its memories.
  private static let small = [
    "mxu.count=1", "mxu.rows=8", "mxu.columns=8", "vpu.lanes=8", "vpu.sublanes=1",
    "dram.bandwidthGigabytesPerSecond=10", "cmem.readBytesPerCycle=64",
    "cmem.writeBytesPerCycle=32",
  ]

  private static func cmem(kibibytes: Double) -> String {
    "cmem.capacityMebibytes=\(kibibytes / 1024)"
  }

  /// The chip without the block `cmem`.
  private func chipWithoutCMEM(_ overrides: [String]) throws -> Chip {
    let library = try repositoryLibrary()
    return try Chip.load(
      "tpu-v4i", overrides: ["cmem=null"] + overrides.filter { !$0.hasPrefix("cmem.") },
      library: library)
  }

  @Test("programs with values in CMEM are sound", arguments: [1.0, 3, 20, 500])
  func sound(kibibytes: Double) throws {
    let overrides = Self.small + [Self.cmem(kibibytes: kibibytes)]
    for memory in [4.0, 256] {
      try expectSound(
        SampleGraphs.mlp(batch: 8, sizes: [60, 24, 10]), "tpu-v4i",
        overrides + [vmem(kibibytes: memory)])
    }
    try expectSound(SampleGraphs.cnn(batch: 2, size: 8), "tpu-v4i", overrides)
  }

  @Test("the engine agrees with stepping CMEM's copies cycle by cycle", arguments: 0..<4)
  func stepping(seed: Int) throws {
    let graph = try SampleGraphs.mlp(
      batch: 3, sizes: [9, 4, 3], optimizer: seed.isMultiple(of: 2))
    let (program, architecture) = try compiled(
      graph, "tpu-v4i",
      TimelineTests.quick + Self.small + [
        "dma.queues=\([1, 8][seed / 2])", "cmem.latencyCycles=2", "cmem.readBytesPerCycle=8",
        "dram.bandwidthGigabytesPerSecond=5", "clockMegahertz=500", vmem(kibibytes: 1.5),
      ])
    #expect(program.program.cmemBytes > 0)
    expectStepped(program.program, architecture, queues: architecture.dma.queues)
  }

  @Test("CMEM, and more of it, never makes a step longer; with enough, only the batch is in DRAM")
  func monotone() throws {
    for graph in [
      try SampleGraphs.mlp(batch: 8, sizes: [60, 24, 10]),
      try SampleGraphs.mlp(batch: 3, sizes: [20, 100, 5], optimizer: false),
    ] {
      for memory in [6.0, 256] {
        let overrides = Self.small + [vmem(kibibytes: memory)]
        let without = try SystolicCompiler(chip: chipWithoutCMEM(overrides)).compile(graph)
        var periods = [without.cost.steady.cycles.count]
        for kibibytes in [1.0, 2, 3, 4, 8, 12, 24, 64, 1024] {
          let (program, architecture) = try compiled(
            graph, "tpu-v4i", overrides + [Self.cmem(kibibytes: kibibytes)])
          periods.append(program.cost.steady.cycles.count)
          guard kibibytes == 1024 else { continue }
          let read = program.cost.ops.reduce(0) {
            $0 + $1.traffic[MemoryLevel.offChip.index].read.count
          }
          let made = program.program
          let fetched = made.outfeeds.reduce(0) { $0 + $1.bytes }
          let batch = Set(made.infeeds.map(\.value))
          var loaded = 0
          let expanded = ExpandedProgram(made, ChipTiming(architecture))
          for instruction in expanded.instructions where instruction.unit == .dmaLoad {
            guard case .load(let value, let bytes) = instruction.work else { continue }
            #expect(batch.contains(value))
            loaded += bytes
          }
          #expect(read == loaded + fetched)
          #expect(program.program.cmemBytes > 0)
        }
        expectFalling(periods, "CMEM")
        #expect(periods.last ?? 0 < periods[0])
      }
    }
  }

  @Test("resident operands too large for VMEM stay in CMEM, and cost no DRAM traffic")
  func resident() throws {
    let chip = try Chip.load("tpu-v4i", library: repositoryLibrary())
    // 4096 x 4096 bf16 values take 32 MiB, VMEM has 16.
    let layer = try estimate(GEMMShape(m: 512, n: 4096, k: 4096), chip, resident: [.weights])
    #expect(layer.inCMEM == .weights)
    #expect(layer.traffic[MemoryLevel.cmem.index].read.count == 4096 * 4096 * 2)
    #expect(layer.traffic[MemoryLevel.cmem.index].written == .zero)
    #expect(layer.traffic[MemoryLevel.offChip.index].read.count == 512 * 4096 * 2)
    #expect(layer.mxu.busyCycles + layer.mxu.stallCycles == layer.totalCycles)
    let streamed = try estimate(GEMMShape(m: 512, n: 4096, k: 4096), chip, resident: [])
    #expect(layer.totalCycles < streamed.totalCycles)
    // What fits VMEM lies there.
    let small = try estimate(GEMMShape(m: 64, n: 64, k: 64), chip, resident: [.inputs, .weights])
    #expect(small.inCMEM == [])
    #expect {
      try estimate(GEMMShape(m: 8192, n: 8192, k: 8192), chip, resident: [.inputs, .weights])
    } throws: { error in
      "\(error)".contains("a core has 16777216, and 134217728 of CMEM. Let fewer operands")
    }
  }

  @Test("an estimate with CMEM is never slower than one without, nor with more of it")
  func monotoneEstimates() throws {
    let without = try chipWithoutCMEM([])
    for shape in [GEMMShape(m: 512, n: 1000, k: 784), GEMMShape(m: 8, n: 3000, k: 2000)] {
      for resident: ResidentOperands in [[.weights], [.inputs, .outputs]] {
        var cycles = [try estimate(shape, without, resident: resident).totalCycles]
        for mebibytes in [1, 16, 128] {
          let chip = try Chip.load(
            "tpu-v4i", overrides: ["cmem.capacityMebibytes=\(mebibytes)"],
            library: repositoryLibrary())
          cycles.append(try estimate(shape, chip, resident: resident).totalCycles)
        }
        expectFalling(cycles.map(\.count), "\(shape) \(resident.rawValue)")
      }
    }
  }

  @Test("no plan that the search left out is faster with operands in CMEM", arguments: 1..<8)
  func searchIsExhaustive(bits: Int) throws {
    let chip = try Chip.load(
      "tpu-v4i", overrides: Self.small + [vmem(kibibytes: 16)], library: repositoryLibrary())
    for (m, k, n) in [(40, 64, 48), (8, 200, 16)] {
      let layer = LayerProduct(
        product: ProductShape(batch: 1, m: m, k: k, n: n), operandType: .bf16, resident: [],
        inCMEM: ResidentOperands(rawValue: bits))
      try expectBest(layer.problem, chip)
    }
  }

  private func estimate(
    _ shape: GEMMShape, _ chip: Chip, resident: ResidentOperands
  ) throws -> LayerEstimate {
    try WorkloadEstimator(chip: chip, options: EstimateOptions(resident: resident)).estimate(
      Workload.Layer(name: "g", shape: .gemm(shape)))
  }

  @Test("a chip with CMEM needs its energy figure, and a share for each core")
  func configuration() throws {
    let library = try repositoryLibrary()
    #expect {
      try Chip.load("tpu-v4i", overrides: ["energy.table=horowitz-45nm"], library: library)
    } throws: { error in
      "\(error)".hasSuffix(
        "'cmem' needs 'cmemPicojoulesPerByte', which the energy table 'horowitz-45nm' has not. Add "
          + "the figure, or name another table at energy.table.")
    }
    #expect {
      try Chip.load("tpu-v4i", overrides: ["cmem.capacityMebibytes=0"], library: library)
    } throws: { "\($0)".contains("'cmem.capacityMebibytes' must be from") }
    let v4 = try Chip.load("tpu-v4", library: library).architecture
    #expect(v4.cmemBytesPerCore == 64 << 20)
    #expect(try Chip.load("tpu-v3", library: library).architecture.cmemBytesPerCore == 0)
  }
}
