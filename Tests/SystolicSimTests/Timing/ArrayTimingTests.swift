import Oracles
import Testing
import Units

@testable import SystolicModel

@Suite("Closed-form array timing")
struct ArrayTimingTests {
  @Test(
    "the formulas equal stepping the array", arguments: Dataflow.allCases, Overlap.allCases)
  func steppingAgrees(dataflow: Dataflow, overlap: Overlap) {
    var random = SplitMix64(seed: 21)
    for _ in 0..<60 {
      let one = GoldenCase(dataflow, overlap, using: &random)
      let cost = one.array.cost(of: one.gemm)
      let run = one.run()
      let what: Comment = "\(one.gemm) on \(one.array)"
      #expect(cost.total == Cycles(run.cycles), what)
      #expect(cost.compute == Cycles(run.computeCycles), what)
      #expect(cost.weightLoad == Cycles(run.weightLoadCycles), what)
      #expect(
        cost.fillDrain == Cycles(run.cycles - run.computeCycles - run.weightLoadCycles), what)
      expectCounts(of: cost, equal: [run], what)
    }
  }

  private func expectCounts(of cost: ArrayCost, equal runs: [GoldenRun<Float>], _ what: Comment) {
    func sum(_ count: (GoldenRun<Float>) -> Int) -> Int { runs.reduce(0) { $0 + count($1) } }
    #expect(cost.macs == sum { $0.usefulMACs.reduce(0, +) }, what)
    #expect(cost.folds == sum(\.folds), what)
    #expect(cost.stationaryElements == sum(\.stationaryElements), what)
    #expect(cost.streamedElements == sum(\.streamedElements), what)
    #expect(cost.accumulatorWrites == sum(\.accumulatorWrites), what)
    #expect(cost.accumulatorReads == sum(\.accumulatorReads), what)
  }

  // Each array's share is a product of its own: whole column folds, and an even part of the stream.
  @Test(
    "several arrays cost what the busiest one costs under the best division, and count what all do",
    arguments: [Dataflow.weightStationary, .inputStationary], 1...7)
  func severalArrays(dataflow: Dataflow, arrays: Int) {
    var random = SplitMix64(seed: 22)
    for _ in 0..<8 {
      let one = GoldenCase(dataflow, .pipelined, using: &random)
      let cost = one.array.cost(of: one.gemm, arrays: arrays)
      let what: Comment = "\(one.gemm) on \(arrays) of \(one.array)"
      // From the most columns at once to one, with all other arrays for the stream.
      let divisions = (1...arrays).reversed().map { runs(one, columns: $0, arrays, &random) }
      func cycles(_ runs: [GoldenRun<Float>]) -> Int { runs.map(\.cycles).max() ?? 0 }
      let best = divisions.map(cycles).min() ?? 0
      #expect(cost.total == Cycles(best), what)
      if let runs = divisions.first(where: { cycles($0) == best }) {
        #expect(cost.arrays == runs.count, what)
        expectCounts(of: cost, equal: runs, what)
      }
    }
  }

  /// The shares of a product when at most `columns` arrays divide the columns, each run.
  private func runs(
    _ one: GoldenCase, columns: Int, _ arrays: Int, _ random: inout SplitMix64
  ) -> [GoldenRun<Float>] {
    let mapping = one.array.dataflow.mapping(of: one.gemm)
    let folds = mapping.columns.dividedRoundingUp(by: one.array.columns)
    let columnShares = EvenSplit(folds, parts: columns).ranges.map { range in
      min(range.upperBound * one.array.columns, mapping.columns)
        - range.lowerBound * one.array.columns
    }
    let streamShares = EvenSplit(mapping.steps, parts: arrays / columnShares.count).ranges
    var runs: [GoldenRun<Float>] = []
    for columns in columnShares {
      for steps in streamShares {
        let share =
          one.array.dataflow == .weightStationary
          ? GEMMShape(m: steps.count, n: columns, k: one.gemm.k)
          : GEMMShape(m: columns, n: steps.count, k: one.gemm.k)
        runs.append(GoldenCase(share, one.array, using: &random).run())
      }
    }
    return runs
  }

  // Five output folds on two arrays: the busier one has three.
  @Test("arrays that keep results share the folds")
  func outputFoldsAreShared() {
    let array = array(.outputStationary, .none, rows: 2, columns: 2)
    let five = GEMMShape(m: 10, n: 2, k: 3)
    let three = GEMMShape(m: 6, n: 2, k: 3)
    #expect(array.cost(of: five, arrays: 2).total == array.cost(of: three).total)
    #expect(array.cost(of: five, arrays: 2).macs == five.macs)
    #expect(array.cost(of: five, arrays: 9).arrays == 5)
  }

  private func array(
    _ dataflow: Dataflow, _ overlap: Overlap, rows: Int, columns: Int, accumulatorRows: Int = 1000
  ) -> SystolicArray {
    SystolicArray(
      rows: rows, columns: columns, dataflow: dataflow, overlap: overlap,
      accumulatorRows: accumulatorRows)
  }

  // Load 8, stream 8, cross 8 + 8 - 2 = 14 (or: stream 8, cross 14, drain 8): 30 cycles.
  @Test("one full fold costs load or drain, stream and crossing", arguments: Dataflow.allCases)
  func oneFullFold(dataflow: Dataflow) {
    for overlap in Overlap.allCases {
      let cost = array(dataflow, overlap, rows: 8, columns: 8)
        .cost(of: GEMMShape(m: 8, n: 8, k: 8))
      #expect(cost.total == Cycles(30))
      #expect(cost.compute == Cycles(8))
      #expect(cost.weightLoad == Cycles(dataflow == .outputStationary ? 0 : 8))
    }
  }

  @Test("one row or column more than the array needs a second fold")
  func oneTooMany() {
    func folds(_ dataflow: Dataflow, m: Int, n: Int, k: Int) -> Int {
      array(dataflow, .none, rows: 4, columns: 6).cost(of: GEMMShape(m: m, n: n, k: k)).folds
    }
    #expect(folds(.weightStationary, m: 50, n: 6, k: 4) == 1)
    #expect(folds(.weightStationary, m: 50, n: 7, k: 4) == 2)
    #expect(folds(.weightStationary, m: 50, n: 6, k: 5) == 2)
    #expect(folds(.inputStationary, m: 6, n: 50, k: 4) == 1)
    #expect(folds(.inputStationary, m: 7, n: 50, k: 4) == 2)
    #expect(folds(.inputStationary, m: 6, n: 50, k: 5) == 2)
    #expect(folds(.outputStationary, m: 4, n: 6, k: 50) == 1)
    #expect(folds(.outputStationary, m: 5, n: 6, k: 50) == 2)
    #expect(folds(.outputStationary, m: 4, n: 7, k: 50) == 2)
  }

  // 2 KiB / (4 bytes x 8 columns) = 64 rows.
  @Test("one row more than the accumulators hold needs a second pass over the weights")
  func accumulatorCapacity() {
    let mxu = MXUParameters(
      count: 1, rows: 4, columns: 8, dataflow: .weightStationary, overlap: .pipelined,
      accumulatorKibibytes: 2, accumulatorMebibytes: nil,
      relativeRates: RelativeRates(bf16: 1, int8: nil, fp32: nil),
      sustainedShare: nil, compatibility: nil)
    #expect(mxu.array.accumulatorRows == 64)
    #expect(mxu.cost(of: GEMMShape(m: 64, n: 8, k: 8)).folds == 2)
    #expect(mxu.cost(of: GEMMShape(m: 64, n: 8, k: 8)).stationaryElements == 64)
    #expect(mxu.cost(of: GEMMShape(m: 65, n: 8, k: 8)).folds == 4)
    #expect(mxu.cost(of: GEMMShape(m: 65, n: 8, k: 8)).stationaryElements == 128)
  }

  @Test("more accumulators, more arrays and more overlap never cost cycles")
  func monotone() {
    var random = SplitMix64(seed: 23)
    for _ in 0..<300 {
      let one = GoldenCase(
        Dataflow.allCases.randomElement(using: &random) ?? .weightStationary, .none, using: &random)
      let (rows, columns) = (one.array.rows, one.array.columns)
      var slower: [Overlap: [Cycles]] = [:]
      for overlap in Overlap.allCases {
        let byDepth = (1...24).map { depth in
          array(
            one.array.dataflow, overlap, rows: rows, columns: columns, accumulatorRows: depth
          ).cost(of: one.gemm).total
        }
        #expect(byDepth == byDepth.sorted(by: >), "\(one.gemm) on \(one.array), \(overlap)")
        let whole = array(one.array.dataflow, overlap, rows: rows, columns: columns)
        let byArrays = (1...12).map { whole.cost(of: one.gemm, arrays: $0).total }
        #expect(byArrays == byArrays.sorted(by: >), "\(one.gemm) on \(one.array), \(overlap)")
        slower[overlap] = byDepth + byArrays
      }
      let serial = slower[.none] ?? []
      let buffered = slower[.doubleBuffered] ?? []
      let pipelined = slower[.pipelined] ?? []
      #expect(zip(serial, buffered).allSatisfy { $0 >= $1 })
      #expect(zip(buffered, pipelined).allSatisfy { $0 >= $1 })
      #expect(pipelined.count == 36)
    }
  }

  @Test("a product of nothing costs nothing", arguments: Dataflow.allCases)
  func nothing(dataflow: Dataflow) {
    let array = array(dataflow, .pipelined, rows: 4, columns: 4)
    #expect(array.cost(of: GEMMShape(m: 0, n: 3, k: 5)) == .zero)
    #expect(array.cost(of: GEMMShape(m: 3, n: 5, k: 0)) == .zero)
  }

  @Test("an even split covers its length in order, in parts that differ by one at most")
  func evenSplit() {
    for length in 0...30 {
      for parts in 1...12 {
        let split = EvenSplit(length, parts: parts)
        #expect(split.ranges.flatMap { Array($0) } == Array(0..<length))
        #expect(split.ranges.count == split.count)
        #expect(split.ranges.map(\.count).max() ?? 0 == split.longest)
        #expect(split.sum { $0 * $0 } == split.ranges.reduce(0) { $0 + $1.count * $1.count })
      }
    }
  }

  // Tiles of whole folds along k, one after another with nothing between them, are the folds of the
  // whole product: the golden model's cycles hold for both.
  @Test("products back to back take what one product of all their folds takes", arguments: 1...40)
  func backToBack(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let dataflow = [Dataflow.weightStationary, .inputStationary][pick(0...1)]
    let array = SystolicArray(
      rows: pick(1...9), columns: pick(1...9), dataflow: dataflow, overlap: .pipelined,
      accumulatorRows: 1000)
    let (free, tiles) = (pick(1...12), pick(2...5))
    let folds = pick(1...3)
    func gemm(_ k: Int) -> GEMMShape {
      dataflow == .weightStationary
        ? GEMMShape(m: free, n: array.columns, k: k) : GEMMShape(m: array.columns, n: free, k: k)
    }
    let one = array.cost(of: gemm(folds * array.rows))
    let all = array.cost(of: gemm(tiles * folds * array.rows))
    let taken = one.total - one.head - one.tail
    #expect(
      one.head + tiles * taken + (tiles - 1) * one.pause + one.tail == all.total,
      "\(array) \(free) \(tiles) \(folds)")
  }
}
