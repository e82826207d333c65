import SystolicModel
import Testing
import Units

/// A row of what SCALE-Sim 3.0.0 as published printed, in bandwidth CALC mode.
struct PublishedRun: Sendable, CustomTestStringConvertible {
  let dataflow: Dataflow
  let side: Int
  let gemm: GEMMShape
  /// Index of the last cycle: the count less one.
  let lastCycle: Int
  let inputReads: Int
  let filterReads: Int
  /// `nil` where it counts something else than results that leave.
  let resultWrites: Int?

  init(
    _ dataflow: Dataflow, side: Int, m: Int, n: Int, k: Int, lastCycle: Int, reads: (Int, Int),
    writes: Int?
  ) {
    self.dataflow = dataflow
    self.side = side
    gemm = GEMMShape(m: m, n: n, k: k)
    self.lastCycle = lastCycle
    (inputReads, filterReads) = reads
    resultWrites = writes
  }

  var testDescription: String { "\(dataflow) \(side)x\(side), \(gemm)" }

  /// The same array here: folds do not overlap, and accumulators hold any stream.
  var cost: ArrayCost {
    SystolicArray(
      rows: side, columns: side, dataflow: dataflow, overlap: .none, accumulatorRows: 1 << 20
    ).cost(of: gemm)
  }
}

/// - Source: SCALE-Sim 3.0.0 (Samajdar et al., ISPASS 2020 and later), run on single products.
@Suite("Array timing against a published simulator")
struct PublishedArrayTimingTests {
  static let stationaryOperand = [
    PublishedRun(
      .weightStationary, side: 8, m: 784, n: 128, k: 128, lastCycle: 206_335,
      reads: (1_605_632, 16_384), writes: 1_605_632),
    PublishedRun(
      .weightStationary, side: 32, m: 100, n: 37, k: 53, lastCycle: 775, reads: (10_600, 1_961),
      writes: 7_400),
    PublishedRun(
      .weightStationary, side: 8, m: 128, n: 128, k: 10, lastCycle: 4_799, reads: (20_480, 1_280),
      writes: 32_768),
    PublishedRun(
      .weightStationary, side: 128, m: 129, n: 257, k: 63, lastCycle: 1_532,
      reads: (24_381, 16_191), writes: 33_153),
    PublishedRun(
      .inputStationary, side: 8, m: 7, n: 5, k: 3, lastCycle: 26, reads: (21, 15), writes: 35),
    PublishedRun(
      .inputStationary, side: 8, m: 129, n: 257, k: 63, lastCycle: 37_943,
      reads: (8_127, 275_247), writes: 265_224),
    PublishedRun(
      .inputStationary, side: 256, m: 784, n: 128, k: 128, lastCycle: 3_575,
      reads: (100_352, 65_536), writes: 100_352),
    PublishedRun(
      .inputStationary, side: 16, m: 32, n: 128, k: 10, lastCycle: 347, reads: (320, 2_560),
      writes: 4_096),
  ]

  @Test(
    "cycles and accesses with operands stationary are SCALE-Sim's", arguments: stationaryOperand)
  func operands(published: PublishedRun) {
    let cost = published.cost
    #expect(cost.total == Cycles(published.lastCycle + 1))
    let inputsStay = published.dataflow == .inputStationary
    #expect(
      published.inputReads == (inputsStay ? cost.stationaryElements : cost.streamedElements))
    #expect(
      published.filterReads == (inputsStay ? cost.streamedElements : cost.stationaryElements))
    #expect(published.resultWrites == cost.accumulatorWrites)
  }

  static let stationaryResult = [
    PublishedRun(
      .outputStationary, side: 256, m: 32, n: 10, k: 128, lastCycle: 637, reads: (4_096, 1_280),
      writes: nil),
    PublishedRun(
      .outputStationary, side: 16, m: 128, n: 10, k: 32, lastCycle: 495, reads: (4_096, 2_560),
      writes: nil),
    PublishedRun(
      .outputStationary, side: 16, m: 1, n: 1_024, k: 1_024, lastCycle: 67_455,
      reads: (65_536, 1_048_576), writes: nil),
  ]

  @Test(
    "with results stationary the drain of each fold is all that differs",
    arguments: stationaryResult)
  func results(published: PublishedRun) {
    let cost = published.cost
    let drain = Cycles(cost.folds * published.side)
    #expect(cost.total - drain == Cycles(published.lastCycle + 1))
    #expect(published.inputReads + published.filterReads == cost.streamedElements)
  }
}
