internal import SystolicModel

/// The registers of an array that keeps an operand: rows hold k, columns hold n, m streams.
///
///                stationary operand, row rows-1 first
///                   |      |      |            column c one cycle after column c-1
///                   v      v      v
///     streamed --> PE --> PE --> PE            row r one cycle after row r-1
///     operand       |      |      |
///              --> PE --> PE --> PE            right: streamed values; down: sums, loads
///                   v      v      v
///               accumulator a column: store the first k fold's sum, add the later ones
struct StationaryOperandArray<Operand: GoldenOperand> {
  /// A stationary value on its way down a column to its row; `nil` is padding.
  private struct Load {
    let row: Int
    let value: Operand?
  }
  /// A value on its way along a row; `nil` is padding. A fold's first one swaps the banks.
  private struct Streamed {
    let value: Operand?
    let isFirst: Bool
  }
  /// One mapping: k from `k` on, n from `n` on, the steps `chunk` of m.
  private struct Fold {
    let k: Int
    let n: Int
    let chunk: Range<Int>
  }

  private let rows: Int
  private let columns: Int
  private let overlap: Overlap
  private let gemm: GEMMShape
  private let streamedOperand: [Operand]
  private let stationaryOperand: [Operand]
  private let folds: [Fold]

  // Registers, one a processing element, row-major.
  private var loads: [Load?]
  private var weights: [Operand?]
  private var streamed: [Streamed?]
  private var sums: [Operand.Sum?]

  // The sequencer at the top left corner, and the accumulators' address counters.
  private var loadEdge = EdgeLog()
  private var streamEdge = EdgeLog()
  private var loadedSteps = 0
  private var loadedFolds = 0
  private var startedFolds = 0
  private var streamedSteps = 0
  private var collected: [(fold: Int, step: Int)]

  private var seen: GoldenRun<Operand.Sum>

  /// - Parameters:
  ///   - streamed: `[m, k]`, row-major.
  ///   - stationary: `[k, n]`, row-major.
  init(_ array: SystolicArray, _ gemm: GEMMShape, streamed: [Operand], stationary: [Operand]) {
    rows = array.rows
    columns = array.columns
    overlap = array.overlap
    self.gemm = gemm
    streamedOperand = streamed
    stationaryOperand = stationary
    var folds: [Fold] = []
    for n in stride(from: 0, to: gemm.n, by: array.columns) {
      for chunk in EvenSplit(gemm.m, capacity: array.accumulatorRows).ranges {
        for k in stride(from: 0, to: gemm.k, by: array.rows) {
          folds.append(Fold(k: k, n: n, chunk: chunk))
        }
      }
    }
    self.folds = folds
    let elements = array.rows * array.columns
    loads = Array(repeating: nil, count: elements)
    weights = Array(repeating: nil, count: elements)
    self.streamed = Array(repeating: nil, count: elements)
    sums = Array(repeating: nil, count: elements)
    collected = Array(repeating: (0, 0), count: array.columns)
    seen = GoldenRun(result: [Operand.Sum](repeating: Operand.zeroSum, count: gemm.m * gemm.n))
    seen.folds = folds.count
  }

  /// Steps until the last result has left.
  mutating func run() -> GoldenRun<Operand.Sum> {
    while finishedFolds < folds.count { step() }
    return seen
  }

  /// Folds whose last sum has left the last column.
  private var finishedFolds: Int { collected[columns - 1].fold }

  private mutating func step() {
    issueStream()
    issueLoad()
    seen.usefulMACs.append(0)
    // From the bottom right corner on, so that each element still sees its left and upper
    // neighbours as the cycle before left them.
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() { stepElement(row, column) }
    }
    for column in 0..<columns { collect(column) }
  }

  // MARK: The processing element

  private mutating func stepElement(_ row: Int, _ column: Int) {
    let here = row * columns + column
    let arriving = column == 0 ? streamedAtEdge(row) : streamed[here - 1]

    // With shadow registers, a fold's first value takes over what has been loaded for it.
    if overlap != .none, let arriving, arriving.isFirst {
      guard let load = loads[here], load.row == row else {
        preconditionFailure("a fold reached an element before its stationary operand")
      }
      weights[here] = load.value
      loads[here] = nil
    }
    // Without, the element multiplies by what lies in its load register.
    let stationary = overlap == .none ? loads[here]?.value : weights[here]

    if let arriving {
      guard let above = row == 0 ? Operand.zeroSum : sums[here - columns] else {
        preconditionFailure("a streamed value met no sum from above")
      }
      if let value = arriving.value, let stationary {
        sums[here] = Operand.multiplyAdd(above, value, stationary)
        seen.usefulMACs[seen.usefulMACs.count - 1] += 1
      } else {
        sums[here] = above
      }
    } else {
      sums[here] = nil
    }
    streamed[here] = arriving
    shiftLoad(row, column)
  }

  /// Stationary values move down one row a cycle until they are at home.
  private mutating func shiftLoad(_ row: Int, _ column: Int) {
    let here = row * columns + column
    if let load = loads[here], load.row > row { loads[here] = nil }  // the row below has it
    let incoming: Load?
    if row == 0 {
      incoming = loadAtEdge(column)
    } else if let above = loads[here - columns], above.row >= row {
      incoming = above
    } else {
      incoming = nil
    }
    if let incoming {
      precondition(overlap == .none || loads[here] == nil, "a load overwrote one that waits")
      loads[here] = incoming
    }
  }

  // MARK: Edges

  /// Starts the next fold's stream when its operand is loaded and the overlap allows it.
  private mutating func issueStream() {
    let streaming = startedFolds > 0 && streamedSteps < folds[startedFolds - 1].chunk.count
    if !streaming {
      let allowed = overlap == .pipelined || finishedFolds == startedFolds
      guard startedFolds < loadedFolds, allowed else {
        if allowed, startedFolds < folds.count { seen.weightLoadCycles += 1 }
        return streamEdge.issue(nil)
      }
      startedFolds += 1
      streamedSteps = 0
    }
    streamEdge.issue(.init(fold: startedFolds - 1, step: streamedSteps))
    streamedSteps += 1
    seen.computeCycles += 1
  }

  /// Starts the next fold's load: without shadow registers, when the fold before has left; with
  /// them, in the cycle in which it starts, right behind the wave that swaps the banks.
  private mutating func issueLoad() {
    let predecessors = overlap == .none ? finishedFolds : startedFolds
    guard loadedFolds < folds.count, loadedSteps > 0 || predecessors == loadedFolds else {
      return loadEdge.issue(nil)
    }
    loadEdge.issue(.init(fold: loadedFolds, step: loadedSteps))
    loadedSteps += 1
    if loadedSteps == rows {
      loadedSteps = 0
      loadedFolds += 1
    }
  }

  private mutating func streamedAtEdge(_ row: Int) -> Streamed? {
    guard let entry = streamEdge.entry(delayedBy: row) else { return nil }
    let fold = folds[entry.fold]
    let k = fold.k + row
    guard k < gemm.k else { return Streamed(value: nil, isFirst: entry.step == 0) }
    seen.streamedElements += 1
    let m = fold.chunk.lowerBound + entry.step
    return Streamed(value: streamedOperand[m * gemm.k + k], isFirst: entry.step == 0)
  }

  private mutating func loadAtEdge(_ column: Int) -> Load? {
    guard let entry = loadEdge.entry(delayedBy: column) else { return nil }
    let row = rows - 1 - entry.step
    let (k, n) = (folds[entry.fold].k + row, folds[entry.fold].n + column)
    guard k < gemm.k, n < gemm.n else { return Load(row: row, value: nil) }
    seen.stationaryElements += 1
    return Load(row: row, value: stationaryOperand[k * gemm.n + n])
  }

  /// The sum that leaves a column in this cycle goes to its accumulator.
  private mutating func collect(_ column: Int) {
    guard let sum = sums[(rows - 1) * columns + column] else { return }
    let (index, step) = collected[column]
    let fold = folds[index]
    collected[column] = step + 1 == fold.chunk.count ? (index + 1, 0) : (index, step + 1)
    let n = fold.n + column
    guard n < gemm.n else { return }
    let address = (fold.chunk.lowerBound + step) * gemm.n + n
    seen.accumulatorWrites += 1
    if fold.k == 0 {
      seen.result[address] = sum
    } else {
      seen.accumulatorReads += 1
      seen.result[address] = Operand.add(seen.result[address], sum)
    }
  }
}
