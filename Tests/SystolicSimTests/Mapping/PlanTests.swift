import ConfigFiles
import DeviceAPI
import GraphIR
import GraphPasses
import ProgramOracle
import Testing
import TestSupport
import Units

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

/// What plans must keep whatever they are.
@Suite("Plans")
struct PlanTests {
  private static func product(_ m: Int, _ k: Int, _ n: Int) throws -> Graph {
    var b = GraphBuilder(name: "product")
    let x = b.parameter("x", TensorType([m, k], .f32))
    let w = b.parameter("w", TensorType([k, n], .f32))
    let product = try b.dotGeneral(x, w)
    b.result("y", try b.maximum(product, b.splat(0, like: product)))
    return try b.build()
  }

  /// A chip of one array, with random memories, bandwidths and latencies around it.
  private static func chip(
    _ array: [String], using random: inout SplitMix64
  ) throws -> Chip {
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }
    return try Chip.load(
      "edge-8x8",
      overrides: array + [
        vmem(kibibytes: pick([2.0, 3, 8, 64, 1024])),
        "mxu.accumulatorKibibytes=\(pick([0.03125, 0.125, 1, 64]))",
        "mxu.overlap=\(pick(Overlap.allCases).rawValue)",
        "dram.bandwidthGigabytesPerSecond=\(pick([0.1, 5, 500]))",
        "vmem.readBytesPerCycle=\(pick([4, 64]))", "dma.setupCycles=\(pick([0, 500]))",
      ], library: repositoryLibrary())
  }

  @Test(
    "bits depend on array and dataflow only, not on the plan", arguments: Dataflow.allCases)
  func bits(dataflow: Dataflow) throws {
    let array = ["mxu.rows=4", "mxu.columns=8", "mxu.dataflow=\(dataflow.rawValue)"]
    let graph = try Self.product(13, 150, 21)
    let value = try #require(graph.values.first { graph.productShape(of: $0) != nil })
    let inputs = graph.parameters.map { parameter in
      Literal(
        parameter.type,
        (0..<parameter.type.elementCount).map { Double(($0 * 37) % 101 - 50) / 7 })
    }
    var random = SplitMix64(seed: 4)
    var plans: Set<Mapping> = []
    var results: Set<[Double]> = []
    for round in 0..<67 {
      let chip = try Self.chip(array, using: &random)
      let compiler = SystolicCompiler(
        chip: chip, fusion: FusionMode.allCases[round % 3],
        objective: MappingObjective.allCases[round % 4])
      let program = try compiler.compile(graph)
      plans.formUnion(program.program.groups.map(\.program.mapping))
      let depth = dataflow == .outputStationary ? 150 : 4
      #expect(program.accumulation(of: value) == Accumulation(k: 150, foldDepth: depth))
      if round % 16 == 0 {
        results.insert(try SystolicDevice(chip: chip).run(graph, inputs)[0].elements)
      }
    }
    #expect(plans.count >= 10 && results.count == 1, "\(plans.count) \(results.count)")
  }

  @Test("accumulators of 8 to 4096 bytes hold all sums of every program", arguments: 0..<24)
  func accumulators(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }
    let bytes = 8 << (seed % 10)
    let columns = pick([1, 2, 4, 8].filter { 4 * $0 <= bytes })
    let overrides = [
      "mxu.count=\(pick([1, 2]))", "mxu.rows=\(pick([2, 5, 8]))", "mxu.columns=\(columns)",
      "mxu.accumulatorKibibytes=\(Double(bytes) / 1024)",
      "mxu.dataflow=\(pick(Dataflow.allCases).rawValue)",
      "mxu.overlap=\(pick(Overlap.allCases).rawValue)", vmem(kibibytes: pick([4, 16, 128])),
    ]
    let sizes = [Int.random(in: 1...40, using: &random), Int.random(in: 1...30, using: &random), 7]
    for graph in [
      try SampleGraphs.mlp(batch: pick([1, 3, 9]), sizes: sizes),
      try SampleGraphs.cnn(batch: 1, size: 6),
    ] {
      do { try expectSound(graph, "edge-8x8", overrides) } catch let error as DeviceError {
        #expect(error.kind == .outOfMemory && "\(error)".contains("a core has"), "\(error)")
      }
    }
  }

  /// Bytes of the input that a convolution loads in strips of so many rows of its output.
  private func loaded(_ layer: LayerProduct, rows: Int) throws -> Int {
    let chip = try Chip.load("edge-8x8", library: repositoryLibrary())
    let problem = layer.problem
    var tile = problem.extents
    tile.rows = rows
    var mapping = Mapping(tile: tile)
    mapping.nest.append(.row, tile.counts(of: problem.extents).rows)
    mapping.lhs.outside = mapping.nest.all
    let timing = ChipTiming(chip.architecture)
    let program = ProgramFrame(problem).program(GroupProgram(problem, mapping, timing))
    return ExpandedProgram(program, timing).instructions.reduce(0) {
      if case .load(0, let bytes) = $1.work { $0 + bytes } else { $0 }
    }
  }

  // 230 x 230 pixels of 3 channels in bf16 are 317,400 bytes; 7 x 7 windows at every second pixel make
  // 112 x 112 outputs. Strips of 4 rows read 7 + 3 · 2 = 13 rows, 28 times; of each row the 111 · 2 + 7 = 229
  // pixels that are in a window.
  @Test("a strip of a convolution reads its halo; the whole image is read once")
  func halos() throws {
    let axis = PatchGeometry.Axis(input: 230, output: 112, window: 7, stride: 2)
    let layer = LayerProduct(
      product: ProductShape(batch: 1, m: 112 * 112, k: 147, n: 8),
      geometry: PatchGeometry(images: 1, rows: axis, columns: axis, placeBytes: 6),
      operandType: .bf16, resident: [])
    #expect(try loaded(layer, rows: 4) == 28 * 13 * 229 * 6)
    #expect(try loaded(layer, rows: 112) == 229 * 229 * 6)
  }

  // 56 x 56 pixels of 256 channels in bf16 at stride 2: 28 of 56 rows, and of a row everything from its
  // first pixel to the 55th.
  @Test("rows that a stride passes over are not read")
  func skippedRows() throws {
    let axis = PatchGeometry.Axis(input: 56, output: 28, window: 1, stride: 2)
    let layer = LayerProduct(
      product: ProductShape(batch: 1, m: 784, k: 256, n: 64),
      geometry: PatchGeometry(images: 1, rows: axis, columns: axis, placeBytes: 512),
      operandType: .bf16, resident: [])
    #expect(try loaded(layer, rows: 28) == 28 * 55 * 512)
    #expect(try loaded(layer, rows: 7) == 28 * 55 * 512)
  }

  @Test("with more memory no more of an image is read, and all of it at least once")
  func imageTraffic() throws {
    let shape = ConvolutionShape(
      inputHeight: 230, inputWidth: 230, kernelHeight: 7, kernelWidth: 7, channels: 3, filters: 8,
      strideHeight: 2, strideWidth: 2)
    let least = 2 * 230 * 230 * 3 + 2 * 147 * 8
    func read(kibibytes: Double) throws -> Int {
      let chip = try Chip.load(
        "edge-8x8", overrides: [vmem(kibibytes: kibibytes)], library: repositoryLibrary())
      return try WorkloadEstimator(chip: chip).estimate(
        Workload.Layer(name: "c", shape: .convolution(shape))
      ).traffic[MemoryLevel.offChip.index].read.count
    }
    let (roomy, tight) = try (read(kibibytes: 1024), read(kibibytes: 8))
    // No seven rows fit; strips that slide down the image would read 328,440 bytes of it.
    #expect(tight > 328_440)
    #expect((least...tight).contains(roomy), "\(roomy)")
  }

  // A plan of 2.6 MB takes at most 1.1 % longer than the fastest at twice the bandwidth.
  @Test("among plans within 2 % of the fastest the one with least DRAM traffic is taken")
  func leastTraffic() throws {
    func estimate(_ gigabytes: Double) throws -> LayerEstimate {
      let chip = try Chip.load(
        "edge-8x8", overrides: ["dram.bandwidthGigabytesPerSecond=\(gigabytes)"],
        library: repositoryLibrary())
      return try WorkloadEstimator(chip: chip).estimate(
        Workload.Layer(name: "g", shape: .gemm(GEMMShape(m: 512, n: 512, k: 512))))
    }
    let estimates = try [3.2, 6.4, 12.8].map(estimate)
    expectFalling(estimates.map(\.totalCycles.count), "bandwidth")
    let read = estimates.map { $0.traffic[MemoryLevel.offChip.index].read.count }
    #expect(read[1] <= read[0] && read[2] <= read[0], "\(read)")
  }
}
