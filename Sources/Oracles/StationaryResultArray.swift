internal import SystolicModel

/// The registers of an output-stationary array: rows hold m, columns hold n, k streams.
///
///                   right operand
///                   |      |      |            column c one cycle after column c-1
///                   v      v      v
///     left     --> PE --> PE --> PE            row r one cycle after row r-1
///     operand       |      |      |
///              --> PE --> PE --> PE            right and down: operands; each PE keeps its sum
///                   v      v      v
///               results, the bottom row's first, one a column and cycle
struct StationaryResultArray<Operand: GoldenOperand> {
  /// A value on its way along a row; `nil` is padding.
  private struct Left {
    let value: Operand?
    let isFirst: Bool
    let isLast: Bool
  }
  /// A value on its way down a column; `nil` is padding.
  private struct Right {
    let value: Operand?
  }
  /// One mapping: m from `m` on, n from `n` on.
  private struct Fold {
    let m: Int
    let n: Int
  }

  private let rows: Int
  private let columns: Int
  private let overlap: Overlap
  private let gemm: GEMMShape
  private let leftOperand: [Operand]
  private let rightOperand: [Operand]
  private let folds: [Fold]

  // Registers, one a processing element, row-major.
  private var lefts: [Left?]
  private var rights: [Right?]
  private var sums: [Operand.Sum?]
  private var shadows: [Operand.Sum?]

  // The sequencer at the top left corner, and one drain counter a column.
  private var edge = EdgeLog()
  private var startedFolds = 0
  private var streamedSteps = 0
  private var cyclesSinceStart = 0
  private var finishedFolds = 0
  private var drainSteps: [Int?]
  private var drainedFolds: [Int]

  private var seen: GoldenRun<Operand.Sum>

  /// - Parameters:
  ///   - left: `[m, k]`, row-major.
  ///   - right: `[k, n]`, row-major.
  init(_ array: SystolicArray, _ gemm: GEMMShape, left: [Operand], right: [Operand]) {
    rows = array.rows
    columns = array.columns
    overlap = array.overlap
    self.gemm = gemm
    leftOperand = left
    rightOperand = right
    var folds: [Fold] = []
    for n in stride(from: 0, to: gemm.n, by: array.columns) {
      for m in stride(from: 0, to: gemm.m, by: array.rows) { folds.append(Fold(m: m, n: n)) }
    }
    self.folds = folds
    let elements = array.rows * array.columns
    lefts = Array(repeating: nil, count: elements)
    rights = Array(repeating: nil, count: elements)
    sums = Array(repeating: nil, count: elements)
    shadows = Array(repeating: nil, count: elements)
    drainSteps = Array(repeating: nil, count: array.columns)
    drainedFolds = Array(repeating: 0, count: array.columns)
    seen = GoldenRun(result: [Operand.Sum](repeating: Operand.zeroSum, count: gemm.m * gemm.n))
    seen.folds = folds.count
  }

  /// Steps until the last result has left.
  mutating func run() -> GoldenRun<Operand.Sum> {
    while drainedFolds[columns - 1] < folds.count { step() }
    return seen
  }

  private mutating func step() {
    issueStream()
    seen.usefulMACs.append(0)
    for column in 0..<columns { drain(column) }
    // From the bottom right corner on, so that each element still sees its left and upper
    // neighbours as the cycle before left them.
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() { stepElement(row, column) }
    }
  }

  // MARK: The processing element

  private mutating func stepElement(_ row: Int, _ column: Int) {
    let here = row * columns + column
    let left = column == 0 ? leftAtEdge(row) : lefts[here - 1]
    let right = row == 0 ? rightAtEdge(column) : rights[here - columns]
    lefts[here] = left
    rights[here] = right
    guard let left else { return }
    guard let right else { preconditionFailure("a left operand met no right one") }

    guard let before = left.isFirst ? Operand.zeroSum : sums[here] else {
      preconditionFailure("a sum was lost before its last product")
    }
    var sum = before
    if let a = left.value, let b = right.value {
      sum = Operand.multiplyAdd(sum, a, b)
      seen.usefulMACs[seen.usefulMACs.count - 1] += 1
    }
    sums[here] = sum
    if left.isLast { finish(row, column) }
  }

  /// The last product of a fold: a shadow register takes the result, if there is one.
  private mutating func finish(_ row: Int, _ column: Int) {
    let here = row * columns + column
    if overlap != .none {
      precondition(shadows[here] == nil, "a result overwrote one that has not left")
      shadows[here] = sums[here]
      sums[here] = nil
    }
    guard row == rows - 1 else { return }
    precondition(drainSteps[column] == nil, "two folds leave by one column")
    drainSteps[column] = 0
    if column == columns - 1 { finishedFolds += 1 }
  }

  // MARK: Results

  /// From the cycle after its bottom element's last product, a column shifts down R times. In step
  /// `d` the rows from `d` on move; the rows above have passed all they had.
  private mutating func drain(_ column: Int) {
    guard let step = drainSteps[column] else { return }
    let leaving =
      overlap == .none
      ? Self.shiftDown(&sums, column, from: step, rows, columns)
      : Self.shiftDown(&shadows, column, from: step, rows, columns)
    guard let leaving else { preconditionFailure("a column drained before it had its results") }

    let fold = folds[drainedFolds[column]]
    let (m, n) = (fold.m + rows - 1 - step, fold.n + column)
    if m < gemm.m, n < gemm.n {
      seen.accumulatorWrites += 1
      seen.result[m * gemm.n + n] = leaving
    }
    drainSteps[column] = step + 1 == rows ? nil : step + 1
    if step + 1 == rows { drainedFolds[column] += 1 }
  }

  /// Moves the rows from `first` on one down; returns what leaves at the bottom.
  private static func shiftDown(
    _ bank: inout [Operand.Sum?], _ column: Int, from first: Int, _ rows: Int, _ columns: Int
  ) -> Operand.Sum? {
    let leaving = bank[(rows - 1) * columns + column]
    for row in (first..<rows).reversed() {
      bank[row * columns + column] = row == first ? nil : bank[(row - 1) * columns + column]
    }
    return leaving
  }

  // MARK: Edges

  /// Starts the next fold's stream when the overlap allows it.
  private mutating func issueStream() {
    cyclesSinceStart += 1
    if startedFolds == 0 || streamedSteps == gemm.k {
      let allowed =
        switch overlap {
        case .none: drainedFolds[columns - 1] == startedFolds
        case .doubleBuffered: finishedFolds == startedFolds
        // Each fold occupies the exit of a column for as many cycles as there are rows.
        case .pipelined: startedFolds == 0 || cyclesSinceStart >= rows
        }
      guard startedFolds < folds.count, allowed else { return edge.issue(nil) }
      startedFolds += 1
      streamedSteps = 0
      cyclesSinceStart = 0
    }
    edge.issue(.init(fold: startedFolds - 1, step: streamedSteps))
    streamedSteps += 1
    seen.computeCycles += 1
  }

  private mutating func leftAtEdge(_ row: Int) -> Left? {
    guard let entry = edge.entry(delayedBy: row) else { return nil }
    let m = folds[entry.fold].m + row
    if m < gemm.m { seen.streamedElements += 1 }
    return Left(
      value: m < gemm.m ? leftOperand[m * gemm.k + entry.step] : nil,
      isFirst: entry.step == 0, isLast: entry.step == gemm.k - 1)
  }

  private mutating func rightAtEdge(_ column: Int) -> Right? {
    guard let entry = edge.entry(delayedBy: column) else { return nil }
    let n = folds[entry.fold].n + column
    if n < gemm.n { seen.streamedElements += 1 }
    return Right(value: n < gemm.n ? rightOperand[entry.step * gemm.n + n] : nil)
  }
}
