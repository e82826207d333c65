import ConfigFiles
import DeviceAPI
import DeviceConformance
import GraphIR
import GraphPasses
import Oracles
import SystolicCompiler
import SystolicModel
import SystolicSim
import Testing
import TestSupport
import Units

@Suite struct PrecisionAndFusionTests {
  static func chip(_ name: String = "edge-8x8") throws -> Chip {
    try Chip.load(name, library: repositoryLibrary())
  }

  static func cost(_ graph: Graph, _ mode: FusionMode = .on) throws -> SimulatedCost {
    try SystolicCompiler(chip: chip(), fusion: mode).compile(graph).cost
  }

  @Test(
    "fused and unfused programs give the same bits",
    arguments: [FusionMode.off, .epilogueOnly])
  func fusionChangesNothing(mode: FusionMode) throws {
    let device = SystolicDevice(chip: try Self.chip())
    let cases = try ConformanceSuite(randomGraphs: 12).cases.filter {
      $0.isSupported(by: device.descriptor) && $0.graph.instructions.count > 12
        && $0.inputs.allSatisfy { $0.type.elementCount < 2000 }
    }
    #expect(cases.count > 12)
    for item in cases {
      let fused = try device.run(item.graph, item.inputs)
      let unfused = try device.run(
        item.graph, item.inputs, options: CompileOptions(fusion: mode))
      #expect(fused == unfused, "\(item.name)")
    }
  }

  /// max(x · w + b, 0), twice over: two products with an epilogue of two operations each.
  static func layers(_ dtype: DType = .f32) throws -> Graph {
    var b = GraphBuilder(name: "layers")
    let first = b.parameter("x", TensorType([32, 48], dtype))
    var x = first
    for index in 0..<2 {
      let w = b.parameter("w\(index)", TensorType([48, 48], dtype))
      let bias = b.parameter("b\(index)", TensorType([32, 48], dtype))
      let sum = try b.add(b.dotGeneral(x, w), bias)
      x = try b.maximum(sum, b.splat(0, like: sum))
    }
    b.result("y", x, donating: first)
    return try b.build()
  }

  @Test("without fusion every operation is one of its own and passes its result through memory")
  func unfusedTraffic() throws {
    let fused = try Self.cost(Self.layers())
    let unfused = try Self.cost(Self.layers(), .off)
    let kinds = unfused.ops.map(\.kind)
    #expect(
      kinds.filter { ["dot_general", "add", "maximum"].contains($0) }
        == ["dot_general", "add", "maximum", "dot_general", "add", "maximum"])
    #expect(fused.ops.filter { $0.kind == "dot_general+add+maximum" }.count == 2)
    // Each unfused sum leaves the accumulators, is read by `add`, and its result by `maximum`.
    let bytes = 32 * 48 * 4
    for op in unfused.ops where op.kind == "add" {
      #expect(op.traffic[MemoryLevel.onChip.index].read == Bytes(2 * bytes))
    }
    // The second maximum is the result, which is read once more to be stored off chip.
    #expect(
      unfused.ops.filter { $0.kind == "maximum" }
        .map { $0.traffic[MemoryLevel.onChip.index].read } == [Bytes(bytes), Bytes(2 * bytes)])
    func onChip(_ cost: SimulatedCost) -> Int {
      cost.ops.reduce(0) {
        $0 + $1.traffic[MemoryLevel.onChip.index].read.count
          + $1.traffic[MemoryLevel.onChip.index].written.count
      }
    }
    // Two layers, two values each between operations, written and read.
    #expect(onChip(unfused) - onChip(fused) == 2 * 2 * 2 * bytes)
    #expect(unfused.steady.cycles > fused.steady.cycles)
    let total = (fused.steady.energy.total, unfused.steady.energy.total)
    #expect(total.1 > total.0)
  }

  @Test("fused behind products only, the operations of a loop stay apart")
  func epiloguesOnly() throws {
    var b = GraphBuilder(name: "mixed")
    let x = b.parameter("x", TensorType([8, 8], .f32))
    let product = try b.dotGeneral(x, x)
    let behind = try b.unary(.tanh, b.unary(.negate, product))
    let apart = try b.unary(.tanh, b.unary(.negate, b.transpose(behind, permutation: [1, 0])))
    b.result("r", apart)
    let kinds = try Self.cost(b.build(), .epilogueOnly).ops.map(\.kind)
    #expect(kinds.filter { $0.contains("negate") } == ["dot_general+negate+tanh", "negate"])
  }

  @Test("products of binary16 have the bits of an array that multiplies them exactly")
  func halfProducts() throws {
    let device = SystolicDevice(chip: try Self.chip())
    for seed in 0..<8 {
      let (m, n, k) = (3 * seed + 1, 17 - seed, 5 * seed + 2)
      // Quotients of small primes: all bits of a half are in use.
      let left = Literal(
        TensorType([m, k], .f16), (0..<m * k).map { Double(($0 * 37 + seed) % 101 - 50) / 7 })
      let right = Literal(
        TensorType([k, n], .f16), (0..<k * n).map { Double(($0 * 53 + seed) % 97 - 48) / 11 })
      var b = GraphBuilder(name: "product")
      let (x, y) = (b.parameter("x", left.type), b.parameter("y", right.type))
      b.result(
        "r",
        try b.append(
          .dotGeneral(.matrixProduct), [x, y], resultType: TensorType([m, n], .f32)))
      let result = try device.run(b.build(), [left, right])[0]
      let golden = GoldenArray(device.chip.architecture.mxu.array).run(
        GEMMShape(m: m, n: n, k: k), left: left.elements.map { Float($0) },
        right: right.elements.map { Float($0) })
      #expect(result.elements.map { Float($0).bitPattern } == golden.result.map(\.bitPattern))
    }
  }

  @Test("multiply-accumulates of binary16 cost what the energy table says for them")
  func halfEnergy() throws {
    let table = try Self.chip().energyTable
    let half = try Self.cost(Self.layers(.f16))
    let brain = try Self.cost(Self.layers(.bf16))
    #expect(half.steady.cycles == brain.steady.cycles)
    let macs = Double(half.ops.reduce(0) { $0 + $1.macs })
    let difference =
      macs * (table.macPicojoules.fp16.typical - table.macPicojoules.bf16.typical)
    let measured = half.steady.energy[.mxu].value - brain.steady.energy[.mxu].value
    // Energies are on a grid of 2^-10 pJ, an operation at a time.
    #expect(abs(measured - difference) < 0.01)
  }
}
