import DeviceConformance
import GraphIR
import ProgramOracle
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler

func compiled(
  _ graph: Graph, _ name: String, _ overrides: [String] = []
) throws -> (program: CompiledProgram, architecture: ChipArchitecture) {
  let chip = try Chip.load(name, overrides: overrides, library: repositoryLibrary())
  return (try SystolicCompiler(chip: chip).compile(graph), chip.architecture)
}

/// Compiles and verifies a program from scratch.
func expectSound(_ graph: Graph, _ name: String, _ overrides: [String] = []) throws {
  let (program, architecture) = try compiled(graph, name, overrides)
  let problems = ProgramChecker(compiled: program, architecture: architecture).problems()
  #expect(problems.isEmpty, "\(graph.name) on \(name) \(overrides): \(problems.prefix(5))")
}

/// An override that sets VMEM to so many KiB.
func vmem(kibibytes: Double) -> String { "vmem.capacityMebibytes=\(kibibytes / 1024)" }

@Suite("Compiler")
struct CompilerTests {
  static let chips = [
    "tpu-v1-like", "tpu-v2", "tpu-v3", "tpu-v4", "tpu-v5e", "tpu-v6e", "edge-8x8",
  ]

  @Test("a training step of a dense network is sound on every chip", arguments: chips)
  func mlp(chip: String) throws {
    try expectSound(SampleGraphs.mlp(batch: 16, sizes: [100, 40, 10]), chip)
  }

  @Test("convolution, pooling and their gradients are sound on every chip", arguments: chips)
  func cnn(chip: String) throws {
    try expectSound(SampleGraphs.cnn(), chip)
  }

  @Test(
    "with little memory everything is tiled and spilled, and still sound",
    arguments: [1.0, 2, 3, 5, 11], Dataflow.allCases)
  func tinyMemory(kibibytes: Double, dataflow: Dataflow) throws {
    let overrides = [vmem(kibibytes: kibibytes), "mxu.dataflow=\(dataflow.rawValue)"]
    try expectSound(SampleGraphs.mlp(batch: 8, sizes: [30, 16, 10]), "edge-8x8", overrides)
  }

  @Test("random elementwise programs are sound", arguments: 0..<40)
  func randomGraphs(seed: Int) throws {
    let graph = try RandomGraph(seed: UInt64(seed)).graph
    try expectSound(graph, "tpu-v3")
    try expectSound(graph, "edge-8x8", [vmem(kibibytes: 4)])
  }

  @Test("random architectures give sound programs", arguments: 0..<20)
  func randomArchitectures(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func pick<T>(_ values: [T]) -> String {
      "\(values[Int.random(in: values.indices, using: &random)])"
    }
    let overrides = [
      vmem(kibibytes: Double(Int.random(in: 4...200, using: &random))),
      "mxu.count=" + pick([1, 2, 4]), "mxu.rows=" + pick([1, 3, 8, 32]),
      "mxu.columns=" + pick([1, 5, 8, 16]), "mxu.accumulatorKibibytes=" + pick([1, 2, 16]),
      "mxu.dataflow=" + pick(Dataflow.allCases.map(\.rawValue)),
      "mxu.overlap=" + pick(Overlap.allCases.map(\.rawValue)), "dma.queues=" + pick([1, 2, 5]),
      "dram.bandwidthGigabytesPerSecond=" + pick([0.1, 3, 100]),
      "hostLink.bandwidthGigabytesPerSecond=" + pick([0.01, 1, 50]),
      "program.launchOverheadMicroseconds=" + pick([0.0, 1, 20]),
    ]
    let sizes = [Int.random(in: 1...70, using: &random), Int.random(in: 1...40, using: &random), 7]
    let batch = Int.random(in: 1...20, using: &random)
    try expectSound(SampleGraphs.mlp(batch: batch, sizes: sizes), "edge-8x8", overrides)
  }

  @Test("no array or vector instruction could start a cycle earlier: the checker would notice")
  func tight() throws {
    let graph = try SampleGraphs.mlp(batch: 4, sizes: [20, 12, 5])
    let (program, architecture) = try compiled(graph, "edge-8x8", [vmem(kibibytes: 3)])
    let checker = ProgramChecker(compiled: program, architecture: architecture)
    #expect(checker.problems().isEmpty)
    for (index, entry) in checker.executions[0].enumerated()
    where entry.unit == .mxu || entry.unit == .vpu {
      var earlier = checker
      earlier.executions[0][index].time.issue -= 1
      earlier.executions[0][index].time.begin -= 1
      #expect(!earlier.problems().isEmpty, "\(index)")
    }
  }

  @Test("results that nothing computes, and tensors without elements, are sound programs")
  func degenerate() throws {
    var b = GraphBuilder(name: "degenerate")
    let empty = b.parameter("empty", TensorType([0, 3], .f32), role: .infeed)
    let batch = b.parameter("batch", TensorType([4, 3], .f32), role: .infeed)
    let state = b.parameter("state", TensorType([4, 3], .f32))
    b.result("infeed", batch)
    b.result("state", state)
    b.result("kept", state, donating: state)
    b.result("count", try b.iota(TensorType([5], .f32), dimension: 0))
    b.result("one", try b.scalar(1))
    b.result(
      "spread", try b.broadcast(b.unary(.negate, state), to: [2, 4, 3], dimensions: [1, 2]))
    b.result("nothing", try b.unary(.negate, empty))
    let sums = try b.reduce(.add, empty, dimensions: [0])
    b.result("sums", try b.unary(.abs, sums))
    b.result(
      "zeros",
      try b.dotGeneral(empty, empty, DotDimensions(lhsContracting: [0], rhsContracting: [0])))
    let graph = try b.build()
    try expectSound(graph, "tpu-v3")
    try expectSound(graph, "edge-8x8", [vmem(kibibytes: 1)])
  }

  @Test("a graph of nothing is a launch")
  func nothing() throws {
    let (program, architecture) = try compiled(
      Graph(name: "nothing", parameters: [], instructions: [], results: []), "edge-8x8")
    #expect(program.cost.steady.cycles.count == architecture.launchOverheadCycles)
    #expect(program.cost.ops.map(\.kind) == ["launch"])
  }

  @Test("the same graph and chip give the same program and the same times")
  func deterministic() throws {
    let graph = try SampleGraphs.mlp(batch: 8, sizes: [60, 24, 10])
    let (a, _) = try compiled(graph, "edge-8x8", [vmem(kibibytes: 8)])
    let (b, _) = try compiled(graph, "edge-8x8", [vmem(kibibytes: 8)])
    #expect(a.program.groups.map(\.program.mapping) == b.program.groups.map(\.program.mapping))
    #expect(a.program.buffers == b.program.buffers)
    #expect(a.times == b.times)
    #expect(a.cost.steady.energy == b.cost.steady.energy)
  }

  @Test("batched and fully contracted products keep their shape as matrix products")
  func productShapes() throws {
    var b = GraphBuilder(name: "products")
    let x = b.parameter("x", TensorType([2, 3, 5, 7], .f32))
    let y = b.parameter("y", TensorType([5, 2, 7, 11], .f32))
    let batched = try b.dotGeneral(
      x, y,
      DotDimensions(
        lhsBatching: [0], rhsBatching: [1], lhsContracting: [2, 3], rhsContracting: [0, 2]))
    let scalar = try b.dotGeneral(
      x, x, DotDimensions(lhsContracting: [0, 1, 2, 3], rhsContracting: [0, 1, 2, 3]))
    let image = b.parameter("image", TensorType([4, 8, 8, 6], .f32))
    let kernel = b.parameter("kernel", TensorType([3, 3, 3, 10], .f32))
    let window = WindowDimension(size: 3)
    let convolution = try b.convolution(
      image, kernel, ConvolutionAttributes(window: [window, window], featureGroupCount: 2))
    #expect(b.graph.productShape(of: batched) == ProductShape(batch: 2, m: 3, k: 35, n: 11))
    #expect(b.graph.productShape(of: scalar) == ProductShape(batch: 1, m: 1, k: 210, n: 1))
    // 4 images of 6 x 6 positions; 3 x 3 taps of 3 features; 2 groups of 5 features.
    #expect(b.graph.productShape(of: convolution) == ProductShape(batch: 2, m: 144, k: 27, n: 5))
  }

  @Test(
    "a fold sums as many products as the array has rows, or all where results stay",
    arguments: [(Dataflow.weightStationary, 8), (.inputStationary, 8), (.outputStationary, 60)])
  func accumulation(dataflow: Dataflow, depth: Int) throws {
    let graph = try SampleGraphs.mlp(batch: 8, sizes: [60, 24, 10])
    let (program, _) = try compiled(graph, "edge-8x8", ["mxu.dataflow=\(dataflow.rawValue)"])
    let product = try #require(graph.values.first { graph.productShape(of: $0) != nil })
    #expect(program.accumulation(of: product) == Accumulation(k: 60, foldDepth: depth))
    #expect(program.accumulation(of: ValueID(0)) == nil)
  }

  @Test("a transpose that only a product reads costs nothing; another one is moved")
  func transposes() throws {
    func kinds(asResult: Bool) throws -> [String] {
      var b = GraphBuilder(name: "transpose")
      let x = b.parameter("x", TensorType([4, 6], .f32))
      let turned = try b.transpose(x, permutation: [1, 0])
      b.result("product", try b.dotGeneral(turned, x))
      if asResult { b.result("turned", turned) }
      return try compiled(b.build(), "edge-8x8").program.cost.ops.map(\.kind)
    }
    #expect(try kinds(asResult: false) == ["launch", "dot_general", "outfeed"])
    #expect(
      try kinds(asResult: true) == ["launch", "transpose", "dot_general", "outfeed", "outfeed"])
  }
}
