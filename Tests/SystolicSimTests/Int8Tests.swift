import ConfigFiles
import DeviceAPI
import GraphIR
import Oracles
import SystolicCompiler
import SystolicModel
import SystolicSim
import Testing
import TestSupport
import Units

/// Products of bytes on the simulated array: values, cycles, bytes and energy.
@Suite struct Int8Tests {
  private func chip(_ overrides: [String] = []) throws -> Chip {
    try Chip.load("edge-8x8", overrides: overrides, library: repositoryLibrary())
  }

  private func product(_ m: Int, _ k: Int, _ n: Int, _ dtype: DType) throws -> Graph {
    var b = GraphBuilder(name: "product")
    let x = b.parameter("x", TensorType([m, k], dtype))
    let y = b.parameter("y", TensorType([k, n], dtype))
    b.result("z", try b.dotGeneral(x, y, sums: dtype == .i8 ? .i32 : .f32))
    return try b.build()
  }

  @Test(
    "values and cycles of int8 products are those of the golden array",
    arguments: Dataflow.allCases, Overlap.allCases)
  func goldenProducts(dataflow: Dataflow, overlap: Overlap) throws {
    var random = SplitMix64(seed: 71)
    for round in 0..<10 {
      let extents = (0..<3).map { _ in Int.random(in: 1...20, using: &random) }
      let gemm = GEMMShape(m: extents[0], n: extents[1], k: extents[2])
      let chip = try chip([
        "mxu.rows=\(Int.random(in: 1...7, using: &random))",
        "mxu.columns=\(Int.random(in: 1...7, using: &random))",
        "mxu.dataflow=\(dataflow.rawValue)", "mxu.overlap=\(overlap.rawValue)",
      ])
      let mxu = chip.architecture.mxu
      // Every third product is of extremes alone.
      let draw = { (count: Int) in
        (0..<count).map { _ in round % 3 == 0 ? -128 : Int8.random(in: -128...127, using: &random) }
      }
      let (left, right) = (draw(gemm.m * gemm.k), draw(gemm.k * gemm.n))
      let golden = GoldenArray(mxu.array(for: .int8)).run(gemm, left: left, right: right)
      #expect(mxu.array(for: .int8).cost(of: gemm).total == Cycles(golden.cycles))
      let inputs = [
        Literal(TensorType([gemm.m, gemm.k], .i8), left.map { Double($0) }),
        Literal(TensorType([gemm.k, gemm.n], .i8), right.map { Double($0) }),
      ]
      let graph = try product(gemm.m, gemm.k, gemm.n, .i8)
      let result = try SystolicDevice(chip: chip).run(graph, inputs)[0]
      #expect(result.elements == golden.result.map { Double($0) }, "\(gemm)")
    }
  }

  @Test("sums of the golden array wrap around in 32 bits")
  func goldenSumsWrap() {
    // 2¹⁷ · (−128)² = 2³¹ = −2³¹ in 32 bits.
    let k = 1 << 17
    let array = SystolicArray(
      rows: 1, columns: 1, dataflow: .outputStationary, overlap: .none, accumulatorRows: 1)
    let lows = [Int8](repeating: -128, count: k)
    let run = GoldenArray(array).run(GEMMShape(m: 1, n: 1, k: k), left: lows, right: lows)
    #expect(run.result == [Int32.min])
  }

  // One fold of the 8 x 8 array streams 64 values: in 32 cycles at twice the rate.
  @Test("the array streams int8 at the chip's rate for it")
  func rate() throws {
    let graph = try product(64, 8, 8, .i8)
    func cycles(_ rate: Int) throws -> Int {
      let chip = try chip(["mxu.relativeRates.int8=\(rate)"])
      let units = try SystolicCompiler(chip: chip).compile(graph).cost.cold.units
      // Of the array, those in which operands enter: how many tiles there are does not matter.
      return units[ProgramUnit.mxu.rawValue].busy[0].count
    }
    #expect(try cycles(1) - cycles(2) == 32)
  }

  @Test("a program of int8 products is measured against the peak at the rate of int8")
  func peak() throws {
    let chip = try chip(["mxu.relativeRates.int8=2"])
    for (dtype, peak) in [(DType.i8, 128), (.bf16, 64)] {
      let cost = try SystolicCompiler(chip: chip).compile(product(8, 8, 8, dtype)).cost
      #expect(cost.peakMACsPerCycle == peak)
    }
    let rates = SystolicDevice(chip: chip).descriptor.peakRates
    #expect(rates.map(\.dtype) == [.bf16, .i8])
    #expect(rates[1].gigaflopsPerSecond == 2 * rates[0].gigaflopsPerSecond)
  }

  @Test("int8 operands are one byte in DRAM and VMEM, sums four")
  func bytes() throws {
    let (m, k, n) = (16, 24, 8)
    let cost = try SystolicCompiler(chip: chip()).compile(product(m, k, n, .i8)).cost
    let wide = try SystolicCompiler(chip: chip()).compile(product(m, k, n, .bf16)).cost
    func traffic(_ cost: SimulatedCost, _ level: MemoryLevel) -> MemoryTraffic {
      cost.ops.filter { $0.macs > 0 }.reduce(into: MemoryTraffic()) {
        $0.read += $1.traffic[level.index].read
        $0.written += $1.traffic[level.index].written
      }
    }
    #expect(traffic(cost, .offChip).read == Bytes(m * k + k * n))
    #expect(traffic(wide, .offChip).read == Bytes(2 * (m * k + k * n)))
    #expect(traffic(cost, .offChip).written == Bytes(4 * m * n))
    #expect(traffic(cost, .accumulators) == traffic(wide, .accumulators))
    // Loads write what the array reads.
    #expect(
      traffic(wide, .onChip).read.count - traffic(cost, .onChip).read.count == m * k + k * n)
  }

  @Test("multiply-accumulates of int8 cost what the energy table says, and hand on 5 bytes, not 6")
  func energy() throws {
    let table = try chip().energyTable
    func energy(_ dtype: DType) throws -> (mxu: Double, macs: Double) {
      let cost = try SystolicCompiler(chip: chip()).compile(product(16, 24, 8, dtype)).cost
      return (cost.steady.energy[.mxu].value, Double(cost.ops.reduce(0) { $0 + $1.macs }))
    }
    let (bytes, wide) = (try energy(.i8), try energy(.bf16))
    let perMAC =
      table.macPicojoules.bf16.typical - table.macPicojoules.int8.typical
      + table.arrayHopPicojoulesPerByte.typical
    // Energies are on a grid of 2^-10 pJ, an operation at a time.
    #expect(abs(wide.mxu - bytes.mxu - wide.macs * perMAC) < 0.01)
  }

  @Test("quantizing runs before the product, dequantizing in its epilogue")
  func fusion() throws {
    var b = GraphBuilder(name: "layer")
    let x = b.parameter("x", TensorType([16, 24], .f32))
    let weights = b.parameter("w", TensorType([24, 8], .i8))
    let scale = b.parameter("scale", TensorType([8], .f32))
    let xScale = b.parameter("xScale", .scalar(.f32))
    let q = try b.quantizedToInt8(x, scale: xScale)
    let sums = try b.dotGeneral(q, weights, sums: .i32)
    let y = try b.dequantized(sums, scale: scale, keeping: [1])
    b.result("y", try b.maximum(y, b.splat(0, like: y)))
    let kinds = try SystolicCompiler(chip: chip()).compile(b.build()).cost.ops.map(\.kind)
    #expect(kinds.contains("multiply+round_nearest_even+maximum+minimum+convert"))
    #expect(kinds.contains("dot_general+convert+multiply+maximum"))
  }
}
