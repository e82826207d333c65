package import SystolicModel

/// The golden model of one systolic array: processing element by processing element, registers and
/// all, stepped cycle by cycle.
///
/// It knows no formula for time: edges feed operands when registers are free, and the cycles are
/// counted. A processing element is a fused multiply-add, exact product and one rounding to fp32; or,
/// for int8, an exact product and an int32 sum.
/// Where a fold is smaller than the array, the rest is masked: such an element passes its sum on.
/// (Multiplying by a zero would do the same but for the sign of a sum that underflowed to -0.)
package struct GoldenArray: Sendable {
  package let array: SystolicArray

  package init(_ array: SystolicArray) { self.array = array }

  /// Runs `gemm` fold after fold.
  ///
  /// - Parameters:
  ///   - left: `[m, k]`, row-major; values must already be rounded to the operand type.
  ///   - right: `[k, n]`, row-major, rounded likewise.
  package func run<Operand: GoldenOperand>(
    _ gemm: GEMMShape, left: [Operand], right: [Operand]
  ) -> GoldenRun<Operand.Sum> {
    precondition(left.count == gemm.m * gemm.k, "the left operand must be [m, k]")
    precondition(right.count == gemm.k * gemm.n, "the right operand must be [k, n]")
    guard gemm.macs > 0 else {
      return GoldenRun(
        result: [Operand.Sum](repeating: Operand.zeroSum, count: gemm.m * gemm.n))
    }
    var run: GoldenRun<Operand.Sum>
    switch array.dataflow {
    case .outputStationary:
      var state = StationaryResultArray(array, gemm, left: left, right: right)
      run = state.run()
    case .weightStationary:
      var state = StationaryOperandArray(array, gemm, streamed: left, stationary: right)
      run = state.run()
    case .inputStationary:
      // (X W)ᵀ = Wᵀ Xᵀ: the left operand stays, the right one streams, the result is transposed.
      let turned = GEMMShape(m: gemm.n, n: gemm.m, k: gemm.k)
      var state = StationaryOperandArray(
        array, turned, streamed: transposed(right, rows: gemm.k, columns: gemm.n),
        stationary: transposed(left, rows: gemm.m, columns: gemm.k))
      run = state.run()
      run.result = transposed(run.result, rows: gemm.n, columns: gemm.m)
    }
    run.result = run.result.map(Operand.leaving)
    return run
  }

  private func transposed<Element>(
    _ matrix: [Element], rows: Int, columns: Int
  ) -> [Element] {
    (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
  }
}

/// What the golden model saw.
package struct GoldenRun<Sum: Hashable & Sendable>: Hashable, Sendable {
  /// `[m, n]`, row-major: fp32, or int32 where the operands are int8.
  package internal(set) var result: [Sum]
  /// For each cycle, the processing elements that multiplied two operands of the product. One entry
  /// a cycle, from the first load or stream to the last result that left the array.
  package internal(set) var usefulMACs: [Int] = []
  /// Cycles in which the edge fed a step of a fold.
  package internal(set) var computeCycles = 0
  /// Cycles in which the edge could have fed a fold if its stationary operand had been loaded.
  package internal(set) var weightLoadCycles = 0
  /// Mappings of a part of the problem on to the array.
  package internal(set) var folds = 0
  /// Elements that entered the array to stay.
  package internal(set) var stationaryElements = 0
  /// Elements that entered the array to stream through.
  package internal(set) var streamedElements = 0
  /// Sums written to the accumulators.
  package internal(set) var accumulatorWrites = 0
  /// Sums read from the accumulators to add a later fold's.
  package internal(set) var accumulatorReads = 0

  init(result: [Sum]) { self.result = result }

  /// Cycles from the first one to the last result that left the array.
  package var cycles: Int { usefulMACs.count }
}

/// Steps that an edge of the array issued, by cycle. Row or column `i` sees them `i` cycles late:
/// the skew registers at the edge.
struct EdgeLog {
  struct Entry {
    let fold: Int
    let step: Int
  }

  private var entries: [Entry?] = []

  /// Notes what the edge does in the next cycle; `nil` is a bubble.
  mutating func issue(_ entry: Entry?) { entries.append(entry) }

  /// What the edge issued `delay` cycles before the last cycle noted.
  func entry(delayedBy delay: Int) -> Entry? {
    delay < entries.count ? entries[entries.count - 1 - delay] : nil
  }
}
