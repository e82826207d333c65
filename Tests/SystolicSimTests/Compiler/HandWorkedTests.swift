import DeviceAPI
import GraphIR
import ProgramOracle
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler

/// Programs small enough to work out by hand.
@Suite("Worked by hand")
struct HandWorkedTests {
  /// At 1 GHz: a launch of 100 cycles, copies of 10 + 20 cycles before their data, DRAM at 8 bytes
  /// a cycle; VMEM at 64 bytes a cycle each way, 3 cycles; a vector unit of 8 positions, 5 cycles.
  static let simple = [
    "clockMegahertz=1000", "cores=1", "program.launchOverheadMicroseconds=0.1",
    "dma.setupCycles=10", "dma.queues=8", "dram.latencyNanoseconds=20",
    "dram.bandwidthGigabytesPerSecond=8", "vmem.readBytesPerCycle=64",
    "vmem.writeBytesPerCycle=64", "vmem.latencyCycles=3", "vpu.lanes=4", "vpu.sublanes=2",
    "vpu.alusPerSublane=1", "vpu.transcendentalsPerCycle=1", "vpu.latencyCycles=5",
    "hostLink.latencyMicroseconds=0.05", "hostLink.bandwidthGigabytesPerSecond=4",
  ]

  private func sum(donate: Bool = true, _ role: Parameter.Role = .resident) throws -> Graph {
    var b = GraphBuilder(name: "sum")
    let x = b.parameter("x", TensorType([64], .f32), role: role)
    let y = b.parameter("y", TensorType([64], .f32))
    b.result("z", try b.add(x, y), donating: donate ? y : nil)
    return try b.build()
  }

  /// When each instruction of the first execution ends.
  private func coldEnds(
    _ compiled: CompiledProgram, _ architecture: ChipArchitecture
  ) -> [Int] {
    InstructionTimes.run(compiled.program, ChipTiming(architecture), executions: 1)[0]
      .map(\.time.end)
  }

  // In two tiles, so that the first half is added while the second is loaded. launch 0..100; all four
  // copies issued at 100, data from 130: 128 / 8 = 16 cycles each, to 146, 162, 178 and 194. Add: 32 / 8
  // = 4 registers, 4 cycles; VMEM reads 256 / 64 = 4; 4 + 5 + 2 · 3 = 15, from 162 to 177 and from 194
  // to 209. Stores: data from 177 + 30 = 207 to 223, and from 239 to 255.
  @Test("two loads, an addition and a store of 64 numbers take 255 cycles")
  func addition() throws {
    let (program, architecture) = try compiled(sum(), "edge-8x8", Self.simple)
    #expect(coldEnds(program, architecture) == [100, 146, 162, 178, 194, 177, 223, 209, 255])
    #expect(program.cost.cold.cycles == Cycles(255))
    #expect(program.cost.steady.cycles == Cycles(255))
    let cost = program.cost
    // vector: 162..177 and 194..209; launch: 0..100; dma: all else.
    #expect(cost.attribution(of: cost.cold).map(\.count) == [0, 0, 0, 30, 125, 100, 0, 0])
    let vector = cost.cold.units[ProgramUnit.vpu.rawValue]
    #expect(vector.busyCycles == Cycles(30))
    #expect(vector.stalls[StallCause.launch.index] == Cycles(100))
    #expect(vector.stalls[StallCause.dma.index] == Cycles(62 + 17))
    #expect(vector.stalls[StallCause.idle.index] == Cycles(46))
  }

  // As above, but the second copy is issued when the first is done: data from 162 + 30 = 192 to 224;
  // add to 243; store data from 273 to 305.
  @Test("with one copy in flight the second pays its latency again")
  func oneQueue() throws {
    let (program, architecture) = try compiled(
      sum(), "edge-8x8", Self.simple + ["dma.queues=1"])
    #expect(coldEnds(program, architecture) == [100, 162, 224, 243, 305])
  }

  // host-in: 50 + 256 / 4 = 114, to 114; the loads of x wait for it: data from 144, 16 cycles a half,
  // to 160, 176, 192, 208; adds from 176 to 191 and from 208 to 223; stores from 221 to 237 and from
  // 253 to 269; host-out 114 more, to 383. Steady: the core is busy 255 cycles as before, the link less: it hides both ways.
  @Test("the host link delays the first execution and hides behind the later ones")
  func hostLink() throws {
    let graph = try sum(donate: false, .infeed)
    let (program, architecture) = try compiled(graph, "edge-8x8", Self.simple)
    #expect(
      coldEnds(program, architecture) == [100, 114, 160, 176, 192, 208, 191, 237, 223, 269, 383])
    #expect(program.cost.cold.cycles == Cycles(383))
    #expect(program.cost.steady.cycles == Cycles(255))
  }

  // host-in takes 50 + 256 / 0.5 = 562 cycles and the core never more than 255: the link is the
  // bottleneck.
  @Test("a slow host link sets the period")
  func slowHostLink() throws {
    let slow = Self.simple + ["hostLink.bandwidthGigabytesPerSecond=0.5"]
    let (program, _) = try compiled(sum(.infeed), "edge-8x8", slow)
    #expect(program.cost.steady.cycles == Cycles(562))
  }

  private func sum(_ role: Parameter.Role) throws -> Graph { try sum(donate: true, role) }

  @Test("energy is the table's figures times the actions counted by hand")
  func energy() throws {
    let chip = try Chip.load("edge-8x8", overrides: Self.simple, library: repositoryLibrary())
    let cost = try SystolicCompiler(chip: chip).compile(sum()).cost
    let table = chip.energyTable
    let energy = cost.cold.energy
    func expect(_ component: EnergyComponent, _ picojoules: Double) {
      // Rounded to 2⁻¹⁰ pJ an operation; there is one.
      #expect(abs(energy[component].value - picojoules) <= 1.0 / 2048, "\(component)")
    }
    expect(.vpu, 64 * table.vectorPicojoules.add.typical)
    // Loads write 512 bytes and the unit 256; the unit reads 512 and the store 256.
    expect(
      .onChip,
      768 * (table.vmemPicojoulesPerByte.read.typical + table.vmemPicojoulesPerByte.write.typical))
    expect(.offChip, 768 * 8 * chip.dramPicojoulesPerBit.typical)
    expect(.mxu, 0)
    expect(.hostLink, 0)
    expect(.idle, 255 * chip.architecture.idlePicojoulesPerCycle)
  }

  // 8 x 8 weights stationary: m = 4, k = 16, n = 8: two folds. MACs 512; operands 2 · 64 weights and
  // 2 · 32 inputs of 4 bytes; 32 sums written twice, read back once and read by the vector unit.
  @Test("a product's MACs and accumulator traffic are those of its folds")
  func product() throws {
    var b = GraphBuilder(name: "product")
    let x = b.parameter("x", TensorType([4, 16], .f32))
    let w = b.parameter("w", TensorType([16, 8], .f32))
    b.result("y", try b.dotGeneral(x, w))
    let overrides = Self.simple + ["mxu.count=1", "mxu.dataflow=weightStationary"]
    let (program, _) = try compiled(b.build(), "edge-8x8", overrides)
    let op = program.cost.ops[1]
    #expect(op.macs == 512)
    #expect(
      op.traffic[MemoryLevel.accumulators.index]
        == MemoryTraffic(read: Bytes(2 * 32 * 4), written: Bytes(2 * 32 * 4)))
    // The array reads (128 + 64) · 4, the store 128; loads write 256 + 512, the unit 128.
    #expect(
      op.traffic[MemoryLevel.onChip.index]
        == MemoryTraffic(read: Bytes(768 + 128), written: Bytes(768 + 128)))
  }

  @Test(
    "a reduction crosses the lanes once for each register of results, seven steps for 128 lanes",
    arguments: [
      ([1000, 28, 28], [0, 1, 2], 7), ([1000, 28, 28], [0, 2], 4 * 7), ([64, 128], [1], 8 * 7),
      ([64, 128], [0], 0), ([128], [0], 7), ([9, 4], [0, 1], 7),
    ])
  func crossLaneSteps(shape: [Int], dimensions: [Int], steps: Int) throws {
    let vpu = try Chip.load("tpu-v3", library: repositoryLibrary()).architecture.vpu
    let graph = Graph(name: "none", parameters: [], instructions: [], results: [])
    let work = graph.reductionWork(
      .maximum, TensorType(shape, .f32), dimensions, vpu: vpu)
    #expect(work.crossLaneSteps == steps)
  }
}
