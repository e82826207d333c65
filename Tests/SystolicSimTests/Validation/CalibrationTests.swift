import ConfigFiles
import GraphIR
import SystolicCompiler
import SystolicModel
import SystolicSim
import Testing
import Units

@Suite("What calibration added")
struct CalibrationTests {
  private func chip(_ name: String, _ overrides: [String] = []) throws -> Chip {
    try Chip.load(name, overrides: overrides, library: repositoryLibrary())
  }

  // 32 x 128 x 10 on 256 x 256, T = 128: SCALE-Sim charges 128 + 256 + 256 - 2 = 638 cycles and
  // prints 637; a machine needs 256 more for the drain.
  @Test("compatibility takes the drain of an output stationary fold away, and nothing else")
  func drain() {
    func cost(_ dataflow: Dataflow, _ compatibility: Compatibility?) -> ArrayCost {
      SystolicArray(
        rows: 256, columns: 256, dataflow: dataflow, overlap: .none, accumulatorRows: 4096,
        compatibility: compatibility
      ).cost(of: GEMMShape(m: 32, n: 10, k: 128))
    }
    #expect(cost(.outputStationary, .scalesim).total == Cycles(638))
    #expect(cost(.outputStationary, nil).total == Cycles(894))
    #expect(cost(.weightStationary, .scalesim) == cost(.weightStationary, nil))
    #expect(cost(.inputStationary, .scalesim) == cost(.inputStationary, nil))
  }

  @Test("compatibility with folds that overlap is refused")
  func compatibilityNeedsSerialFolds() {
    let error = #expect(throws: ConfigError.self) {
      try chip("scalesim", ["mxu.overlap=pipelined"])
    }
    #expect(
      error?.description.contains(
        "'mxu.compatibility' is 'scalesim', which knows serial folds only; set overlap to 'none' "
          + "or remove compatibility") == true)
  }

  // SCALE-Sim prints cycle 24,303 and 51.615 % for 784 x 32 x 128 on 16 x 16.
  @Test("an estimate on the compatible chip shows SCALE-Sim's figures")
  func estimate() throws {
    let chip = try chip(
      "scalesim", ["mxu.rows=16", "mxu.columns=16", "mxu.dataflow=outputStationary"])
    let layer = try WorkloadEstimator(chip: chip).estimate(
      Workload.Layer(name: "g", shape: .gemm(GEMMShape(m: 784, n: 128, k: 32))))
    #expect(layer.computeCycles == Cycles(24_304))
    #expect(abs(100 * layer.utilization - 51.615) < 5e-5)
    #expect(layer.mappingEfficiency == 1)
  }

  private func add(_ elements: Int, _ dtype: DType, _ chip: Chip) throws -> Int {
    var builder = GraphBuilder(name: "add")
    let type = TensorType([elements], dtype)
    let (a, b) = (builder.parameter("a", type), builder.parameter("b", type))
    builder.result("y", try builder.add(a, b), donating: builder.parameter("y", type))
    return try SystolicCompiler(chip: chip).compile(builder.build()).cost.ops.reduce(0) {
      $0 + $1.vectorOperations
    }
  }

  @Test("16-bit floats are widened on their way into the vector unit and narrowed on their way out")
  func conversions() throws {
    let chip = try chip("tpu-v6e")
    #expect(try add(4096, .f32, chip) == 4096)
    #expect(try add(4096, .bf16, chip) == 4 * 4096)
  }

  private func expCycles(_ elements: Int, _ chip: Chip) throws -> Int {
    var builder = GraphBuilder(name: "exp")
    let type = TensorType([elements], .f32)
    let a = builder.parameter("a", type)
    builder.result(
      "y", try builder.unary(.exponential, a), donating: builder.parameter("y", type))
    return try SystolicCompiler(chip: chip).compile(builder.build()).cost.ops.reduce(0) {
      $0 + $1.cycles.count
    }
  }

  // 1,000 special functions a cycle for 4,000,000 elements are 4,000 cycles; at a quarter, 16,000.
  // The difference, 12,000, is free of latencies; each tile may round up by a cycle.
  @Test("a loop of as many elements as count as long is not short; one element fewer is")
  func shortLoops() throws {
    let keys = ["vpu.transcendentalsPerCycle=1000", "vpu.shortLoops.relativeRate=0.25"]
    let long = try chip("tpu-v6e", keys + ["vpu.shortLoops.belowElements=4000000"])
    let short = try chip("tpu-v6e", keys + ["vpu.shortLoops.belowElements=4000001"])
    let (full, quarter) = (try expCycles(4_000_000, long), try expCycles(4_000_000, short))
    #expect(abs(quarter - full - 12_000) <= 200)
  }

  @Test("a stream takes the sustained share of the peak")
  func sustainedShare() throws {
    func hbmCycles(_ share: String) throws -> Int {
      let options = EstimateOptions(repeats: 2)
      let layer = try WorkloadEstimator(
        chip: chip("tpu-v6e", ["dram.sustainedShare=\(share)"]), options: options
      ).estimate(
        Workload.Layer(name: "g", shape: .gemm(GEMMShape(m: 1, n: 16_384, k: 16_384))))
      return layer.demands[.hbm]?.count ?? 0
    }
    let ratio = Double(try hbmCycles("0.5")) / Double(try hbmCycles("1"))
    #expect(abs(ratio - 2) < 0.001)
  }
}
