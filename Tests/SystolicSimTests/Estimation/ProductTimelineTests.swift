import DeviceAPI
import Testing
import Units

@testable import SystolicSim

@Suite("Product timeline")
struct ProductTimelineTests {
  static let chips = ["tpu-v3", "tpu-v6e", "edge-8x8", "tpu-v1-like", "tpu-v4i"]

  /// A product, a plan and a chip, such that there are few to some hundreds of tiles.
  struct Sample {
    var problem: ProductProblem
    var plan: ProductPlan
    var architecture: ChipArchitecture

    /// Products and plans for a chip that is drawn once, because reading its file takes long.
    static func some(_ count: Int, seed: Int, most: Int) throws -> [Sample] {
      var random = SplitMix64(seed: UInt64(seed))
      let architecture = try architecture(using: &random)
      return (0..<count).map { _ in Sample(architecture, most: most, using: &random) }
    }

    private static func architecture(
      using random: inout SplitMix64
    ) throws -> ChipArchitecture {
      func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
      let chip = ProductTimelineTests.chips[pick(0...4)]
      let dataflow = Dataflow.allCases[pick(0...2)]
      let overlap = Overlap.allCases[pick(0...2)]
      let queues = [1, 2, 3, 8, 40][pick(0...4)]
      let isBanked = chip == "tpu-v3" && pick(0...1) == 0
      let bandwidth = isBanked ? 900 : [0.5, 20, 900, 30_000][pick(0...3)]
      let overrides = [
        "dram.model=\(isBanked ? "banked" : "simple")",
        "mxu.dataflow=\(dataflow.rawValue)", "mxu.overlap=\(overlap.rawValue)",
        "dma.queues=\(queues)", "dma.setupCycles=\([0, 3, 200, 4000][pick(0...3)])",
        "dram.bandwidthGigabytesPerSecond=\(bandwidth)",
        "mxu.rows=\([4, 8, 128][pick(0...2)])", "mxu.columns=\([4, 8, 128][pick(0...2)])",
      ]
      return try Chip.load(chip, overrides: overrides, library: repositoryLibrary()).architecture
    }

    private init(
      _ architecture: ChipArchitecture, most: Int, using random: inout SplitMix64
    ) {
      func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
      self.architecture = architecture
      var tiling = Tiling()
      (tiling.m, tiling.n, tiling.k) = (pick(1...40), pick(1...40), pick(1...40))
      tiling.isRowMajor = pick(0...1) == 0
      func extent(_ tile: Int) -> Int { max(tile, tile * pick(1...most) - pick(0...tile - 1)) }
      var product = ProductShape(
        batch: 1, m: extent(tiling.m), k: extent(tiling.k), n: extent(tiling.n))
      if pick(0...3) == 0 {
        product.batch = pick(2...20)
        if pick(0...1) == 0 {
          tiling.batch = pick(2...3)
          (tiling.m, tiling.n, tiling.k) = (product.m, product.n, product.k)
        }
      }
      tiling.batch = min(tiling.batch, product.batch)
      problem = ProductProblem(
        product, type: OperandType.allCases[pick(0...2)],
        resident: ResidentOperands(rawValue: pick(0...7) & pick(0...7)))
      if architecture.cmem != nil {
        problem.inCMEM = ResidentOperands(rawValue: pick(0...7)).subtracting(problem.resident)
      }
      if pick(0...2) == 0 { problem.lhsBytes = max(1, problem.lhsBytes / 3) }
      let one = product.batch == 1
      plan = ProductPlan(
        tiling: tiling, keepsLhs: one && pick(0...1) == 0, keepsRhs: one && pick(0...1) == 0)
    }
  }

  @Test("a product takes the cycles of its whole program, event by event", arguments: 0..<20)
  func equalsProgram(block: Int) throws {
    for sample in try Sample.some(12, seed: block, most: 5) {
      let program = try ProductProgram(problem: sample.problem, plan: sample.plan).program()
      let engine = TimelineEngine(program, architecture: sample.architecture)
      var state = engine.idleState
      let times = engine.execute(&state)
      var end = 0
      for (index, time) in times.enumerated() where program.instructions[index].unit.isOnCore {
        end = max(end, time.end)
      }
      var timeline = ProductTimeline(
        sample.problem, sample.plan, architecture: sample.architecture,
        launch: sample.architecture.launchOverheadCycles, compresses: false)
      let result = timeline.run()
      #expect(result.cycles == end, "\(sample)")
      let builder = ScheduleBuilder(program: program, durations: engine.durations)
      let units = builder.schedule(
        times, cycles: end, previousEnds: [Int](repeating: 0, count: ProgramUnit.allCases.count)
      ).units
      #expect(
        units[ProgramUnit.mxu.rawValue].stalls.map(\.count)
          == StallCause.allCases.indices.map { result.stalls[$0] }, "\(sample)")
    }
  }

  @Test("turns multiplied out give what turns run one by one give", arguments: 0..<20)
  func equalsUncompressed(block: Int) throws {
    for sample in try Sample.some(10, seed: 1000 + block, most: 30) {
      func run(compresses: Bool) -> ProductTimeline.Result {
        var timeline = ProductTimeline(
          sample.problem, sample.plan, architecture: sample.architecture, launch: 100,
          compresses: compresses)
        return timeline.run()
      }
      var (short, long) = (run(compresses: true), run(compresses: false))
      #expect(short.simulatedTiles <= long.simulatedTiles)
      (short.simulatedTiles, long.simulatedTiles) = (0, 0)
      #expect(short == long, "\(sample)")
    }
  }

  @Test("nearly all of many tiles are multiplied out")
  func compression() throws {
    let chip = try Chip.load("tpu-v3", library: repositoryLibrary()).architecture
    for resident: ResidentOperands in [[], [.inputs], [.weights, .outputs]] {
      for isRowMajor in [true, false] {
        let problem = ProductProblem(
          ProductShape(batch: 1, m: 8192, k: 8192, n: 8192), type: .bf16, resident: resident)
        let plan = ProductPlan(
          tiling: Tiling(m: 128, n: 128, k: 128, isRowMajor: isRowMajor), keepsLhs: false,
          keepsRhs: false)
        var timeline = ProductTimeline(problem, plan, architecture: chip, launch: 0)
        // 64 x 64 x 64 tiles.
        #expect(timeline.run().simulatedTiles < 20_000)
      }
    }
  }
}
