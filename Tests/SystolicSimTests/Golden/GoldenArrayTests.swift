import Units
import Oracles
import SystolicModel
import Testing

@Suite("The golden array")
struct GoldenArrayTests {
  private func square(
    _ dataflow: Dataflow, _ overlap: Overlap, side: Int = 2, accumulatorRows: Int = 100
  ) -> SystolicArray {
    SystolicArray(
      rows: side, columns: side, dataflow: dataflow, overlap: overlap,
      accumulatorRows: accumulatorRows)
  }

  /// X = [[1, 2], [3, 4], [5, 6]], W = [[7, 8], [9, 10]]:
  /// 1·7 + 2·9 = 25, 1·8 + 2·10 = 28; 21 + 36 = 57, 24 + 40 = 64; 35 + 54 = 89, 40 + 60 = 100.
  @Test("a product worked out by hand", arguments: Dataflow.allCases, Overlap.allCases)
  func byHand(dataflow: Dataflow, overlap: Overlap) {
    let run = GoldenArray(square(dataflow, overlap)).run(
      GEMMShape(m: 3, n: 2, k: 2), left: [1, 2, 3, 4, 5, 6] as [Float], right: [7, 8, 9, 10])
    #expect(run.result == [25, 28, 57, 64, 89, 100])
  }

  // Weight stationary, 2 x 2, m = 3, one fold. PE(r, c) works on row m in cycle 2 + m + r + c.
  //   cycle   0     1     2    3         4            5         6
  //           load  load  00   00 01 10  00 01 10 11  01 10 11  11
  // Two folds (k = 4): serial, 5 cycles of stream after each load of 2; with shadow registers only
  // the first load shows; pipelined, the second fold starts in cycle 5, right behind the third row.
  @Test(
    "weight stationary, cycle by cycle",
    arguments: [
      (Overlap.none, 2, [0, 0, 1, 3, 4, 3, 1]),
      (Overlap.doubleBuffered, 2, [0, 0, 1, 3, 4, 3, 1]),
      (Overlap.pipelined, 2, [0, 0, 1, 3, 4, 3, 1]),
      (Overlap.none, 4, [0, 0, 1, 3, 4, 3, 1, 0, 0, 1, 3, 4, 3, 1]),
      (Overlap.doubleBuffered, 4, [0, 0, 1, 3, 4, 3, 1, 1, 3, 4, 3, 1]),
      (Overlap.pipelined, 4, [0, 0, 1, 3, 4, 4, 4, 4, 3, 1]),
    ])
  func weightStationary(overlap: Overlap, k: Int, activity: [Int]) {
    let gemm = GEMMShape(m: 3, n: 2, k: k)
    #expect(ones(gemm, square(.weightStationary, overlap)).usefulMACs == activity)
    // Input stationary is the same machine with m and n exchanged.
    let turned = GEMMShape(m: 2, n: 3, k: k)
    #expect(ones(turned, square(.inputStationary, overlap)).usefulMACs == activity)
  }

  // m = 1 streams for 1 cycle, the next fold's load takes 2: fold 1 starts in cycle 2 + 2.
  @Test("a stream shorter than the load waits for it")
  func streamShorterThanLoad() {
    let run = ones(GEMMShape(m: 1, n: 2, k: 4), square(.weightStationary, .pipelined))
    #expect(run.usefulMACs == [0, 0, 1, 2, 2, 2, 1])
    #expect(run.weightLoadCycles == 3)
  }

  // Output stationary, 2 x 2, k = 3: PE(r, c) works on k in cycle k + r + c, then two rows leave.
  // Two folds (m = 4): serial 7 each; the drain behind the next stream; the streams back to back.
  @Test(
    "output stationary, cycle by cycle",
    arguments: [
      (Overlap.none, 2, 3, [1, 3, 4, 3, 1, 0, 0]),
      (Overlap.none, 4, 3, [1, 3, 4, 3, 1, 0, 0, 1, 3, 4, 3, 1, 0, 0]),
      (Overlap.doubleBuffered, 4, 3, [1, 3, 4, 3, 1, 1, 3, 4, 3, 1, 0, 0]),
      (Overlap.pipelined, 4, 3, [1, 3, 4, 4, 4, 4, 3, 1, 0, 0]),
      // k = 1 is shorter than the two rows that a column must let out: fold 1 starts in cycle 2.
      (Overlap.pipelined, 4, 1, [1, 2, 2, 2, 1, 0, 0]),
    ])
  func outputStationary(overlap: Overlap, m: Int, k: Int, activity: [Int]) {
    let run = ones(GEMMShape(m: m, n: 2, k: k), square(.outputStationary, overlap))
    #expect(run.usefulMACs == activity)
  }

  private func ones(_ gemm: GEMMShape, _ array: SystolicArray) -> GoldenRun<Float> {
    GoldenArray(array).run(
      gemm, left: [Float](repeating: 1, count: gemm.m * gemm.k),
      right: [Float](repeating: 1, count: gemm.k * gemm.n))
  }

  @Test("results equal the ordered definition bit for bit", arguments: Dataflow.allCases)
  func resultsFollowTheOrder(dataflow: Dataflow) {
    var random = SplitMix64(seed: 11)
    for overlap in Overlap.allCases {
      for _ in 0..<25 {
        let one = GoldenCase(dataflow, overlap, using: &random)
        let depth = dataflow == .outputStationary ? one.gemm.k : one.array.rows
        let expected = orderedProduct(one.gemm, left: one.left, right: one.right, depth: depth)
        #expect(bits(one.run().result) == bits(expected), "\(one.gemm) on \(one.array)")
      }
    }
  }

  @Test("results do not depend on the overlap or the accumulators' capacity")
  func resultsIgnoreOverlap() {
    var random = SplitMix64(seed: 12)
    for dataflow in Dataflow.allCases {
      let gemm = GEMMShape(m: 13, n: 9, k: 17)
      let first = GoldenCase(
        gemm, square(dataflow, .none, side: 4, accumulatorRows: 100), using: &random)
      for overlap in Overlap.allCases {
        let array = square(dataflow, overlap, side: 4, accumulatorRows: 5)
        let run = GoldenArray(array).run(gemm, left: first.left, right: first.right)
        #expect(bits(run.result) == bits(first.run().result))
      }
    }
  }

  // One chain: 2²⁴ + 0 + 1 + 1 stays 2²⁴, each 1 is half a unit in the last place, ties to even.
  // Folds of two: (2²⁴ + 0) + (1 + 1) = 2²⁴ + 2.
  @Test(
    "folds are summed one by one, then added in order",
    arguments: [
      (Dataflow.outputStationary, Float(16_777_216)),
      (Dataflow.weightStationary, Float(16_777_218)),
      (Dataflow.inputStationary, Float(16_777_218)),
    ])
  func foldOrder(dataflow: Dataflow, expected: Float) {
    let run = GoldenArray(square(dataflow, .pipelined)).run(
      GEMMShape(m: 1, n: 1, k: 4), left: [16_777_216, 0, 1, 1] as [Float], right: [1, 1, 1, 1])
    #expect(run.result == [expected])
  }

  // -2⁻¹⁰⁰ · 2⁻¹⁰⁰ rounds to -0; adding a padded zero's product would turn that into +0.
  @Test("masked elements leave the sign of an underflowed sum alone", arguments: Dataflow.allCases)
  func maskedElementsKeepSign(dataflow: Dataflow) {
    let run = GoldenArray(square(dataflow, .none)).run(
      GEMMShape(m: 1, n: 1, k: 1), left: [-0x1p-100] as [Float], right: [0x1p-100])
    #expect(bits(run.result) == [0x8000_0000])
  }

  @Test("a NaN leaves with the canonical bits", arguments: Dataflow.allCases)
  func canonicalNaN(dataflow: Dataflow) {
    let run = GoldenArray(square(dataflow, .none)).run(
      GEMMShape(m: 1, n: 1, k: 2), left: [-.infinity, .infinity] as [Float], right: [1, 1])
    #expect(bits(run.result) == [0x7fc0_0000])
  }

  @Test("a sum over nothing is zero and takes no cycle")
  func emptySum() {
    let run = GoldenArray(square(.weightStationary, .none)).run(
      GEMMShape(m: 2, n: 1, k: 0), left: [] as [Float], right: [])
    #expect(run.result == [0, 0])
    #expect(run.cycles == 0)
  }
}
