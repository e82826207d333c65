import DeviceAPI
import Testing
import Units

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
      let problem = ProductProblem(
        ProductShape(batch: 1, m: m, k: k, n: n), type: .bf16, resident: [])
      var fastest = Int.max
      for parts in 1...3 {
        for dimension in [CoreSplit.Dimension.m, .n, .k] {
          let cycles = try slowCycles(problem, dimension, parts, chip.architecture)
          fastest = min(fastest, cycles)
        }
      }
      let layer = try estimate(GEMMShape(m: m, n: n, k: k), on: chip, cores: 3)
      #expect(layer.totalCycles.count == fastest, "\(m) \(n) \(k)")
      dimensions.insert(layer.split?.dimension)
    }
    // The samples are of all kinds.
    #expect(dimensions.contains(.m) && dimensions.contains(.n) && dimensions.contains(.k))
  }

  /// Every core's part as a program of its own, with every plan that there is, instruction by
  /// instruction; then the program that adds sums.
  private func slowCycles(
    _ problem: ProductProblem, _ dimension: CoreSplit.Dimension, _ parts: Int,
    _ architecture: ChipArchitecture
  ) throws -> Int {
    let extent = problem.extent(of: dimension)
    var slowest = 0
    for core in 0..<parts {
      let length = (core + 1) * extent / parts - core * extent / parts
      guard length > 0 else { continue }
      var part = problem.product
      switch dimension {
      case .m: part.m = length
      case .n: part.n = length
      case .k: part.k = length
      case .batch: part.batch = length
      }
      var own = ProductProblem(part, type: .bf16, resident: [])
      if dimension == .k && parts > 1 {
        own.leavesSums = true
        own.outputBytes = 4 * part.m * part.n
      }
      let planner = ProductPlanner(
        problem: own, architecture: architecture, launch: architecture.launchOverheadCycles)
      var fastest = Int.max
      for candidate in planner.candidates(atLeast: 2) {
        let program = try ProductProgram(problem: own, plan: candidate.plan).program()
        let engine = TimelineEngine(program, architecture: architecture)
        var state = engine.idleState
        let times = engine.execute(&state)
        let end = zip(program.instructions, times).reduce(0) {
          $1.0.unit.isOnCore ? max($0, $1.1.end) : $0
        }
        fastest = min(fastest, max(end, engine.portCycles))
      }
      slowest = max(slowest, fastest)
    }
    guard dimension == .k && parts > 1 else { return slowest }
    guard parts <= extent else { return .max }
    let elements = (problem.product.m * problem.product.n).dividedRoundingUp(by: parts)
    let pass = StreamedPass.sums(
      of: elements, parts: parts, type: .bf16, isResident: false, architecture)
    let sums = (0..<8).map { slowCycles(pass, parts: 1 << $0, architecture) }.min() ?? 0
    return slowest + sums
  }

  /// A pass over a stream as a program.
  private func slowCycles(
    _ pass: StreamedPass, parts: Int, _ architecture: ChipArchitecture
  ) -> Int {
    var program = Program(
      ops: [], instructions: [], accessPool: [], buffers: [], turns: [], vmemBytes: 0, dramBytes: 0)
    func emit(_ work: ProgramInstruction.Work, data: Int?, space: Int?) -> Int {
      var instruction = ProgramInstruction(
        work: work, op: 0, dataDependences: Dependences(), spaceDependences: Dependences(),
        accesses: 0..<0)
      if let data {
        instruction.dataDependences.insert(data, program.instructions[data].unit)
      }
      if let space {
        instruction.spaceDependences.insert(space, program.instructions[space].unit)
      }
      program.instructions.append(instruction)
      return program.instructions.count - 1
    }
    func bytes(_ whole: Int) -> TransferPattern {
      TransferPattern(bytes: whole.dividedRoundingUp(by: parts))
    }
    var (loads, works, stores): ([Int], [Int], [Int]) = ([], [], [])
    func load(_ part: Int) {
      guard pass.loads, part < parts else { return }
      loads.append(
        emit(
          .load(value: ValueID(0), bytes(pass.inputBytes)), data: nil,
          space: part < 2 ? nil : works[part - 2]))
    }
    load(0)
    for part in 0..<parts {
      load(part + 1)
      works.append(
        emit(
          .vector(pass.work(parts)), data: pass.loads ? loads[part] : nil,
          space: pass.stores && part >= 2 ? stores[part - 2] : nil))
      guard pass.stores else { continue }
      stores.append(
        emit(.store(value: ValueID(0), bytes(pass.outputBytes)), data: works[part], space: nil))
    }
    let engine = TimelineEngine(program, architecture: architecture)
    var state = engine.idleState
    return engine.execute(&state).reduce(0) { max($0, $1.end) }
  }

  @Test("a pass over a stream takes the cycles of its program", arguments: 0..<10)
  func passes(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let architecture = try chip(
      "edge-8x8", ["dma.queues=\(pick(1...3))", "dma.setupCycles=\(pick(0...50))"]
    ).architecture
    for _ in 0..<10 {
      var pass = StreamedPass.sums(
        of: pick(1...5000), parts: pick(2...5), type: [.bf16, .int8, .fp32][pick(0...2)],
        isResident: pick(0...1) == 0, architecture)
      if pick(0...2) == 0 {
        let problem = ProductProblem(
          ProductShape(batch: 2, m: pick(1...40), k: pick(1...30), n: 3), type: .bf16,
          resident: pick(0...1) == 0 ? [] : [.inputs])
        pass = .patches(problem, architecture)
      }
      let parts = pick(1...9)
      #expect(pass.cycles(parts: parts, launch: 0) == slowCycles(pass, parts: parts, architecture))
    }
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
        #expect(cycles == cycles.sorted(by: >), "\(gemm): \(cycles)")
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
