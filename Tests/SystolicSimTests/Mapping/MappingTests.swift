import GraphPasses
import ProgramOracle
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

@Suite("Mappings")
struct MappingTests {
  /// All that a recorder keeps of one execution.
  private struct Record: Equatable {
    var usage: [[Int]]
    var opCycles: [Int]
    var lastUse: [Int]
    var machine: MachineState

    init(_ program: Program, _ timing: ChipTiming, compresses: Bool) {
      let engine = TimelineEngine(
        program, timing,
        recorder: ScheduleRecorder(
          ops: program.ops.count, buffers: program.buffers.count, listsEvents: false),
        compresses: compresses)
      machine = MachineState(program)
      let ends = [Int](repeating: 0, count: ProgramUnit.allCases.count)
      engine.execute(&machine, previousEnds: ends)
      engine.recorder.finish(
        engine.state, previousEnds: ends, cycles: machine.boundary, portWait: 0)
      usage = engine.recorder.usage(engine.state, units: ProgramUnit.allCases).map {
        $0.busy.map(\.count) + $0.stalls.map(\.count)
      }
      opCycles = engine.recorder.opCycles
      lastUse = engine.lastUse
    }
  }

  /// Checks mappings of one sample; returns how many there are.
  private func check(
    _ sample: MappingSample, most: Int, _ random: inout SplitMix64
  ) -> [Mapping] {
    let (every, mappings) = sample.mappings(most: most, &random)
    let (timing, mxu) = (every.timing, sample.chip.architecture.mxu)
    for mapping in mappings {
      let program = every.program(mapping)
      #expect(
        Record(program, timing, compresses: true) == Record(program, timing, compresses: false),
        "\(sample.problem) \(mapping) \(sample.chip.architecture)")
      let expanded = ExpandedProgram(program, timing)
      let times = InstructionTimes.run(program, timing, executions: 1)[0]
      #expect(
        times.map(\.duration) == expanded.instructions.map(\.duration)
          && times.map(\.unit) == expanded.instructions.map(\.unit),
        "\(sample.problem) \(mapping)")
      #expect(
        mxu.dataflow == .outputStationary || mapping.tile.k % mxu.rows == 0
          || mapping.tile.k >= sample.problem.extents.k, "\(mapping)")
    }
    return mappings
  }

  // Bits depend on array and dataflow only: sums are added fold by fold, whatever the tiles.
  @Test("every mapping runs what plain loops run, multiplied out or not, and cuts k at whole folds")
  func mappings() throws {
    var (count, sums, halos, batches): (Int, Set<Mapping.Sums>, Int, Int) = (0, [], 0, 0)
    for seed in 0..<36 {
      var random = SplitMix64(seed: UInt64(seed))
      for sample in try MappingSample.some(1, seed: seed) {
        let mappings = check(sample, most: 5, &random)
        count += mappings.count
        for mapping in mappings {
          sums.insert(mapping.sums)
          if mapping.tile.rows < sample.problem.extents.rows { halos += 1 }
          if mapping.tile.batch > 1 { batches += 1 }
        }
      }
    }
    // The samples are of all kinds.
    #expect(count >= 200)
    #expect(sums.count == 3 && halos > 0 && batches > 0, "\(sums) \(halos) \(batches)")
  }

  @Test("the mappings after the best are the fastest of all others", arguments: 0..<24)
  func nextBest(seed: Int) throws {
    for sample in try MappingSample.some(1, seed: 300 + seed) {
      let every = EveryMapping(
        sample.problem, ChipTiming(sample.chip.architecture),
        vmemBytes: sample.chip.architecture.vmem.capacityBytes)
      if every.mappings.isEmpty { continue }
      try expectNextBest(sample.problem, sample.chip)
    }
  }

  @Test("long loops multiplied out give what they give one by one", arguments: 0..<8)
  func compressedLong(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let narrow = [vmem(kibibytes: 1), "mxu.rows=2", "mxu.columns=1", "mxu.count=1"]
    for var sample in try MappingSample.some(2, seed: 100 + seed, overrides: narrow) {
      sample.problem =
        LayerProduct(
          product: ProductShape(
            batch: 1, m: 64 + Int.random(in: 0..<9, using: &random), k: 40,
            n: 30 + Int.random(in: 0..<5, using: &random)), operandType: .bf16, resident: []
        ).problem
      let (every, mappings) = sample.mappings(most: 3, &random)
      for mapping in mappings {
        let program = every.program(mapping)
        #expect(
          Record(program, every.timing, compresses: true)
            == Record(program, every.timing, compresses: false),
          "\(sample.problem) \(mapping) \(sample.chip.architecture)")
      }
    }
  }

  // A product that starts beside a long loop of the vector unit shares the ports with it for its first
  // tiles only.
  @Test("groups one after another multiplied out give what they give one by one", arguments: 0..<6)
  func compressedPrograms(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }
    let overrides = [
      "mxu.rows=\(pick([2, 4]))", "mxu.columns=\(pick([1, 2]))", "dma.queues=\(pick([1, 3, 8]))",
      "mxu.dataflow=\(pick(Dataflow.allCases).rawValue)",
      "mxu.overlap=\(pick(Overlap.allCases).rawValue)",
      "mxu.accumulatorKibibytes=\(pick([0.0625, 0.25, 1]))",
      "vmem.readBytesPerCycle=\(pick([4, 16, 64]))", "vmem.writeBytesPerCycle=\(pick([4, 16]))",
      vmem(kibibytes: pick([4.0, 32, 512])),
    ]
    let chip = try Chip.load("edge-8x8", overrides: overrides, library: repositoryLibrary())
    let timing = ChipTiming(chip.architecture)
    for graph in [
      try SampleGraphs.mlp(batch: 48, sizes: [60, 24, 10]), try SampleGraphs.cnn(),
    ] {
      for fusion in FusionMode.allCases {
        let program = try SystolicCompiler(chip: chip, fusion: fusion).compile(graph).program
        #expect(
          Record(program, timing, compresses: true) == Record(program, timing, compresses: false),
          "\(graph.name) \(fusion) \(overrides)")
      }
    }
  }

  @Test("nearly all of many tiles are multiplied out")
  func compression() throws {
    let chip = try Chip.load("tpu-v3", library: repositoryLibrary())
    let timing = ChipTiming(chip.architecture)
    let problem = LayerProduct(
      product: ProductShape(batch: 1, m: 8192, k: 8192, n: 8192), operandType: .bf16, resident: []
    ).problem
    var nest = LoopNest()
    for axis in [LoopNest.Axis.image, .n, .k] { nest.append(axis, 64) }
    var mapping = Mapping(tile: Tile(images: 128, n: 128, k: 128), nest: nest)
    mapping.lhs.outside = nest.all
    mapping.rhs.outside = nest.all
    let program = ProgramFrame(problem).program(GroupProgram(problem, mapping, timing))
    let engine = TimelineEngine(program, timing, recorder: InstructionTimes())
    var machine = MachineState(program)
    engine.execute(&machine)
    // 64 x 64 x 64 tiles of four instructions and more.
    #expect(engine.recorder.entries.count < 20_000)
  }
}
