import DeviceAPI
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler
@testable import SystolicSim

@Suite("Products on several cores")
struct CoreSplitTests {
  private func chip(_ name: String, _ overrides: [String] = []) throws -> Chip {
    try Chip.load(name, overrides: overrides, library: repositoryLibrary())
  }

  private func estimate(
    _ gemm: GEMMShape, on chip: Chip, cores: Int, resident: ResidentOperands = [],
    explains: Bool = false
  ) throws -> LayerEstimate {
    try WorkloadEstimator(
      chip: chip,
      options: EstimateOptions(resident: resident, cores: cores, explains: explains)
    ).estimate(Workload.Layer(name: "g", shape: .gemm(gemm)))
  }

  @Test("an even split over rows or columns takes what one core takes for its part")
  func evenSplits() throws {
    let chip = try chip("tpu-v3")
    for (m, n, k) in [(1024, 512, 784), (64, 4096, 512), (256, 256, 4096)] {
      let both = try estimate(GEMMShape(m: m, n: n, k: k), on: chip, cores: 2, explains: true)
      func cycles(_ dimension: CoreSplit.Dimension?) throws -> Cycles {
        let split = dimension.map { CoreSplit(dimension: $0, cores: 2) }
        return try #require(both.splits.first { $0.split == split }).cycles
      }
      func alone(_ gemm: GEMMShape) throws -> LayerEstimate {
        try estimate(gemm, on: chip, cores: 1)
      }
      let rows = try alone(GEMMShape(m: m / 2, n: n, k: k))
      let columns = try alone(GEMMShape(m: m, n: n / 2, k: k))
      #expect(try cycles(.m) == rows.totalCycles)
      #expect(try cycles(.n) == columns.totalCycles)
      #expect(try cycles(nil) == alone(GEMMShape(m: m, n: n, k: k)).totalCycles)
      #expect(both.splits.map(\.cycles) == both.splits.map(\.cycles).sorted())
      #expect(both.totalCycles == both.splits[0].cycles && both.split == both.splits[0].split)
      // What both cores do is twice what one does; nothing is lost or done twice but copies.
      let part = both.split?.dimension == .m ? rows : columns
      guard both.split?.dimension != .k else { continue }
      #expect(both.macs == 2 * part.macs)
      for (all, one) in zip(both.traffic, part.traffic) {
        #expect(all.read.count == 2 * one.read.count)
        #expect(all.written.count == 2 * one.written.count)
      }
      for component in EnergyComponent.allCases {
        let (all, one) = (both.energy[component].value, part.energy[component].value)
        #expect(abs(all - 2 * one) <= 0.01, "\(component)")
      }
      #expect(both.mxu.busyCycles + both.mxu.stallCycles == both.totalCycles)
      #expect(abs(both.utilization - part.utilization) < 1e-12)
    }
  }

  @Test("the split that is chosen is the fastest that an enumeration of programs finds")
  func enumeration() throws {
    let chip = try chip("edge-8x8", ["cores=3", "program.launchOverheadMicroseconds=0.1"])
    var dimensions = Set<CoreSplit.Dimension?>()
    for (m, n, k) in [(17, 3, 8), (2, 24, 8), (3, 2, 5), (1, 1, 900)] {
      let product = ProductShape(batch: 1, m: m, k: k, n: n)
      var fastest = Int.max
      for parts in 1...3 {
        for dimension in [CoreSplit.Dimension.m, .n, .k] {
          fastest = min(fastest, slowCycles(product, dimension, parts, chip.architecture))
        }
      }
      let layer = try estimate(GEMMShape(m: m, n: n, k: k), on: chip, cores: 3)
      // Each part, and the addition of sums, may take 2 % more for less traffic.
      let limit = MappingObjective.limit(fastest)
      #expect((fastest...limit).contains(layer.totalCycles.count), "\(m) \(n) \(k)")
      dimensions.insert(layer.split?.dimension)
    }
    // The samples are of all kinds.
    #expect(dimensions.contains(.m) && dimensions.contains(.n) && dimensions.contains(.k))
  }

  /// Every core's part as a program of its own, with every mapping that there is, tile by tile; then
  /// the program that adds sums.
  private func slowCycles(
    _ product: ProductShape, _ dimension: CoreSplit.Dimension, _ parts: Int,
    _ architecture: ChipArchitecture
  ) -> Int {
    let whole = LayerProduct(product: product, operandType: .bf16, resident: [])
    let extent = whole.extent(of: dimension)
    let timing = ChipTiming(architecture)
    var slowest = 0
    for core in 0..<parts {
      let length = (core + 1) * extent / parts - core * extent / parts
      guard length > 0 else { continue }
      var part = whole
      switch dimension {
      case .m: part.product.m = length
      case .n: part.product.n = length
      case .k: part.product.k = length
      case .batch: part.product.batch = length
      }
      part.leavesSums = dimension == .k && parts > 1
      let every = EveryMapping(
        part.problem, timing, vmemBytes: architecture.vmem.capacityBytes)
      let cycles = every.mappings.map { every.cycles(every.program($0.mapping)) }
      slowest = max(slowest, cycles.min() ?? .max)
    }
    guard dimension == .k && parts > 1 else { return slowest }
    guard parts <= extent else { return .max }
    let elements = (product.m * product.n).dividedRoundingUp(by: parts)
    let pass = GroupProblem.sums(of: elements, parts: parts, type: .bf16, isResident: false)
    let adding = ChipTiming(architecture, launchCycles: 0)
    let sums = (0..<8).map { power -> Int in
      let size = elements.dividedRoundingUp(by: 1 << power)
      var mapping = Mapping(tile: Tile(batch: size))
      mapping.nest.append(.batch, elements.dividedRoundingUp(by: size))
      let program = ProgramFrame(pass).program(GroupProgram(pass, mapping, adding))
      let engine = TimelineEngine(program, adding, recorder: NoRecorder(), compresses: false)
      return engine.coldCycles() ?? .max
    }
    return slowest + (sums.min() ?? 0)
  }

  @Test("another core with a share of the DRAM of its own never makes a product slower")
  func monotone() throws {
    let chip = try chip("tpu-v4i", ["cores=4"])
    for gemm in [
      GEMMShape(m: 100, n: 100, k: 100), GEMMShape(m: 7, n: 3000, k: 500),
      GEMMShape(m: 2, n: 3, k: 30_000), GEMMShape(m: 1, n: 1, k: 1),
    ] {
      for resident: ResidentOperands in [[], [.weights, .outputs]] {
        let cycles = try (1...4).map {
          try estimate(gemm, on: chip, cores: $0, resident: resident).totalCycles
        }
        expectFalling(cycles.map(\.count), "\(gemm)")
      }
    }
  }

  @Test("divided sums pass through memory as 32-bit numbers; convolutions may divide their groups")
  func traffic() throws {
    let chip = try chip("tpu-v3")
    let sums = try estimate(GEMMShape(m: 8, n: 8, k: 200_000), on: chip, cores: 2)
    #expect(sums.split == CoreSplit(dimension: .k, cores: 2))
    let offChip = sums.traffic[MemoryLevel.offChip.index]
    // Operands once; partial sums of both cores written and read once; the result written once.
    #expect(offChip.read.count == 2 * 200_000 * 16 + 2 * 4 * 64)
    #expect(offChip.written.count == 2 * 4 * 64 + 2 * 64)
    let shape = ConvolutionShape(
      inputHeight: 30, inputWidth: 30, kernelHeight: 3, kernelWidth: 3, channels: 64, filters: 64,
      groups: 64)
    let options = EstimateOptions(cores: 2, explains: true)
    let depthwise = try WorkloadEstimator(chip: chip, options: options).estimate(
      Workload.Layer(name: "dw", shape: .convolution(shape)))
    // One core; m, k, batch over two. n is 1 and cannot be divided.
    #expect(depthwise.splits.count == 4)
    #expect(depthwise.splits.contains { $0.split == CoreSplit(dimension: .batch, cores: 2) })
    #expect(depthwise.batch == 64)
  }

  @Test("cores that a chip lacks, and patches that are written first, are errors")
  func errors() throws {
    func message(cores: Int, on name: String) throws -> String {
      do {
        _ = try WorkloadEstimator(chip: chip(name), options: EstimateOptions(cores: cores))
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      try message(cores: 3, on: "tpu-v3")
        == "tpu-v3: has 2 cores; found 3 to run on. Use from 1 to 2, or raise the chip's key cores."
    )
    #expect(
      try message(cores: 0, on: "tpu-v6e")
        == "tpu-v6e: has 1 core; found 0 to run on. Use from 1 to 1, or raise the chip's key cores."
    )
    #expect(try message(cores: 2, on: "tpu-v4").isEmpty)
    let options = EstimateOptions(convolution: .explicit, cores: 2)
    let shape = ConvolutionShape(
      inputHeight: 8, inputWidth: 8, kernelHeight: 3, kernelWidth: 3, channels: 4, filters: 4)
    #expect {
      try WorkloadEstimator(chip: chip("tpu-v3"), options: options).estimate(
        Workload.Layer(name: "c", shape: .convolution(shape)))
    } throws: { error in
      "\(error)"
        == "c: explicit convolutions run on one core. Use implicit ones, or --cores 1."
    }
  }
}
