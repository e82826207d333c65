import DeviceAPI
import GraphIR
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

@Suite("Workload estimator")
struct WorkloadEstimatorTests {
  static let shapes: [(m: Int, k: Int, n: Int)] = [
    (32, 784, 128), (1, 1000, 1000), (300, 77, 200), (513, 513, 513), (8, 8, 2000),
  ]

  private func chip(_ name: String, _ overrides: [String] = []) throws -> Chip {
    try Chip.load(name, overrides: overrides, library: repositoryLibrary())
  }

  private func estimate(
    _ m: Int, _ k: Int, _ n: Int, on chip: Chip, _ options: EstimateOptions = EstimateOptions()
  ) throws -> LayerEstimate {
    try WorkloadEstimator(chip: chip, options: options).estimate(
      Workload.Layer(name: "g", shape: .gemm(GEMMShape(m: m, n: n, k: k))))
  }

  @Test("no plan that the search left out is faster", arguments: 0..<5)
  func searchIsExhaustive(index: Int) throws {
    let shape = Self.shapes[index]
    for name in ["tpu-v3", "edge-8x8"] {
      for megabytes in [0.125, 16] {
        let layer = LayerProduct(
          product: ProductShape(batch: 1, m: shape.m, k: shape.k, n: shape.n), operandType: .bf16,
          resident: [])
        try expectBest(layer.problem, chip(name, ["vmem.capacityMebibytes=\(megabytes)"]))
      }
    }
  }

  @Test("sums close: the matrix unit's cycles, energy by component, bytes between levels")
  func sumsClose() throws {
    for name in CompilerTests.chips {
      let chip = try chip(name)
      for shape in Self.shapes {
        let layer = try estimate(shape.m, shape.k, shape.n, on: chip)
        #expect(layer.mxu.busyCycles + layer.mxu.stallCycles == layer.totalCycles)
        let parts = EnergyComponent.allCases.reduce(0) { $0 + layer.energy[$1].value }
        #expect(parts == layer.energyPicojoules)
        let offChip = layer.traffic[MemoryLevel.offChip.index]
        #expect(offChip.read.count >= 2 * shape.k * (shape.m + shape.n))
        // The result once; before it, whole sets of 32-bit sums where they wait in DRAM.
        let sums = offChip.written.count - 2 * shape.m * shape.n
        #expect(sums >= 0 && sums % (4 * shape.m * shape.n) == 0)
        #expect(layer.macs == shape.m * shape.k * shape.n)
        #expect(layer.utilization > 0 && layer.utilization <= 1)
      }
    }
  }

  private func expectFalling(_ key: String, _ values: [Double], on name: String) throws {
    for shape in Self.shapes {
      let cycles = try values.map {
        try estimate(shape.m, shape.k, shape.n, on: chip(name, ["\(key)=\($0)"])).totalCycles.count
      }
      SystolicSimTests.expectFalling(cycles, "\(key) on \(name): \(shape)")
    }
  }

  @Test("more bandwidth or more on-chip memory never makes a product slower")
  func monotone() throws {
    for name in ["tpu-v3", "edge-8x8"] {
      try expectFalling("dram.bandwidthGigabytesPerSecond", [0.3, 3, 80, 900], on: name)
      try expectFalling("vmem.capacityMebibytes", [0.0625, 0.125, 0.5, 2, 64], on: name)
    }
  }

  /// Products for which a search that gave up early, or left orders of loops out where memory was ample,
  /// took slower plans in larger memories.
  @Test(
    "a larger VMEM does not make the search miss what fits a smaller one",
    arguments: [
      ("edge-8x8", 285, 249, 32, [128, 256]), ("edge-8x8", 372, 74, 32, [64, 256]),
      ("tpu-v4", 4495, 279, 694, [4096, 8192, 16384]), ("edge-8x8", 461, 77, 22, [32, 96, 256]),
      ("edge-8x8", 1120, 724, 63, [256, 512]), ("edge-8x8", 1395, 1002, 52, [256, 1024]),
    ])
  func monotoneMemory(name: String, m: Int, k: Int, n: Int, kibibytes: [Int]) throws {
    let cycles = try kibibytes.map {
      try estimate(m, k, n, on: chip(name, ["vmem.capacityKibibytes=\($0)"])).totalCycles.count
    }
    SystolicSimTests.expectFalling(cycles, "VMEM of \(name): \(m)x\(k)x\(n)")
  }

  @Test("resident operands cost no DRAM traffic, and must fit")
  func resident() throws {
    let chip = try chip("tpu-v3")
    let all = EstimateOptions(resident: [.inputs, .weights, .outputs])
    let layer = try estimate(256, 256, 256, on: chip, all)
    #expect(layer.operationalIntensity == nil)
    #expect(layer.totalCycles < (try estimate(256, 256, 256, on: chip)).totalCycles)
    // 8192 x 8192 bf16 values take 128 MiB, VMEM has 16.
    #expect {
      try estimate(8192, 8192, 8192, on: chip, all)
    } throws: { error in
      "\(error)"
        == "g: wants at least 402653184 bytes of VMEM with the smallest tiles and the operands "
        + "that are to be resident; a core has 16777216. Let fewer operands be resident, or raise "
        + "vmem.capacityMebibytes."
    }
  }

  // 32 x 64 and 64 x 48 bf16 values: 4096 + 6144 bytes, 3072 for the result.
  @Test("between repeats inputs and outputs stay on chip if they fit, weights never")
  func residency() throws {
    let automatic = EstimateOptions(resident: nil, repeats: 4)
    let roomy = try estimate(32, 64, 48, on: chip("tpu-v3"), automatic)
    #expect(roomy.resident == [.inputs, .outputs])
    let offChip = roomy.traffic[MemoryLevel.offChip.index]
    #expect(offChip.read.count == 6144 && offChip.written.count == 0)
    // 4 MiB of inputs and of outputs; 6 MiB hold only one of them, 1 MiB none.
    for (mebibytes, count) in [(6, 1), (1, 0)] {
      let tight = try chip("tpu-v3", ["vmem.capacityMebibytes=\(mebibytes)"])
      let layer = try estimate(2048, 1024, 1024, on: tight, automatic)
      #expect(layer.resident.rawValue.nonzeroBitCount == count)
      #expect(!layer.resident.contains(.weights))
    }
    // A single execution finds nothing there.
    #expect(try estimate(32, 64, 48, on: chip("tpu-v3"), .init(resident: nil)).resident == [])
  }

  @Test("a repeat in the steady state has no launch")
  func repeats() throws {
    let chip = try chip("tpu-v3")
    let once = try estimate(64, 64, 64, on: chip)
    let repeated = try estimate(64, 64, 64, on: chip, EstimateOptions(repeats: 10))
    #expect(
      once.totalCycles - repeated.totalCycles == Cycles(chip.architecture.launchOverheadCycles))
  }

  @Test("int8 streams twice as fast on TPU v5e, fp32 six times as slowly; TPU v3 has no int8")
  func types() throws {
    let chip = try chip("tpu-v5e")
    func compute(_ type: OperandType) throws -> Int {
      try estimate(4096, 512, 512, on: chip, EstimateOptions(operandType: type)).mxu.busy[0].count
    }
    let bf16 = try compute(.bf16)
    #expect(try compute(.int8) == bf16 / 2)
    #expect(try compute(.fp32) == 6 * bf16)
    #expect {
      try WorkloadEstimator(
        chip: self.chip("tpu-v3"), options: EstimateOptions(operandType: .int8))
    } throws: { error in
      "\(error)"
        == "tpu-v3: its arrays do not multiply int8. Use one of: bf16, fp32; or give the chip a "
        + "rate at mxu.relativeRates.int8."
    }
  }

  @Test("a depthwise convolution uses one column of the array; explicit lowering costs more")
  func convolution() throws {
    let chip = try chip("tpu-v3")
    let shape = ConvolutionShape(
      inputHeight: 30, inputWidth: 30, kernelHeight: 3, kernelWidth: 3, channels: 64, filters: 64,
      groups: 64)
    let layer = Workload.Layer(name: "dw", shape: .convolution(shape))
    let implicit = try WorkloadEstimator(chip: chip).estimate(layer)
    #expect(implicit.gemm == GEMMShape(m: 28 * 28, n: 1, k: 9))
    #expect(implicit.batch == 64)
    // 9 rows of 128, 1 column of 128.
    #expect(implicit.mappingEfficiency == 9.0 / (128 * 128))
    let explicit = try WorkloadEstimator(
      chip: chip, options: EstimateOptions(convolution: .explicit)
    ).estimate(layer)
    #expect(explicit.totalCycles > implicit.totalCycles)
    #expect(
      explicit.traffic[MemoryLevel.offChip.index].written.count
        == 2 * 64 * 28 * 28 * (9 + 1))
  }

  @Test("the total is the sum over layers, each as often as it occurs, with one launch")
  func total() throws {
    let chip = try chip("tpu-v3")
    let gemm = Workload.Layer.Shape.gemm(GEMMShape(m: 64, n: 64, k: 64))
    let estimator = try WorkloadEstimator(chip: chip)
    let alone = try estimator.estimate(Workload.Layer(name: "a", shape: gemm))
    let workload = Workload(name: "w", layers: [.init(name: "a", shape: gemm, count: 3)])
    let total = try estimator.estimate(workload).total
    let launch = Cycles(chip.architecture.launchOverheadCycles)
    #expect(total.totalCycles == 3 * alone.totalCycles - 2 * launch)
    #expect(total.macs == 3 * alone.macs)
    #expect(total.traffic[1].read.count == 3 * alone.traffic[1].read.count)
  }

  // One image of 8 x 8 and one channel, 3 x 3 kernels, 4 filters and no padding: 36 positions of 9
  // values each, out of 64 pixels.
  @Test("a convolution of a graph reads its input once, not patch by patch, unless they are copied")
  func graphConvolution() throws {
    var builder = GraphBuilder(name: "c")
    let x = builder.parameter("x", TensorType([1, 8, 8, 1], .bf16))
    let w = builder.parameter("w", TensorType([3, 3, 1, 4], .bf16))
    let window = [WindowDimension(size: 3), WindowDimension(size: 3)]
    builder.result("y", try builder.convolution(x, w, ConvolutionAttributes(window: window)))
    let workload = Workload(productsOf: try builder.build())
    let layer = try #require(workload.layers.first)
    func read(_ way: EstimateOptions.ConvolutionLowering) throws -> (Int, Int) {
      let estimate = try WorkloadEstimator(
        chip: chip("tpu-v3"), options: EstimateOptions(convolution: way)
      ).estimate(layer)
      let traffic = estimate.traffic[MemoryLevel.offChip.index]
      return (traffic.read.count, traffic.written.count)
    }
    #expect(try read(.implicit) == (2 * (64 + 36), 2 * 36 * 4))
    #expect(try read(.explicit) == (2 * (64 + 36 * 9 + 36), 2 * (36 * 9 + 36 * 4)))
  }
}
