internal import CKernels

/// Sums or maxima over the rows or the columns of a dense matrix, in the kernels' fixed order.
struct ReduceStep: Step {
  enum Kind: Sendable {
    case sumOfRows, maximumOfRows, sumOfColumns
    /// `i32`, wrapping around.
    case integerSumOfRows
  }

  let kind: Kind
  let source: Location
  let target: Location
  /// A scalar that takes part in every reduction, if it is not neutral.
  let start: Location?
  let rows: Int
  let columns: Int

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    if kind == .integerSumOfRows {
      sumIntegers(memory)
      return
    }
    let input = memory.pointer(source).assumingMemoryBound(to: Float.self)
    let output = memory.pointer(target).assumingMemoryBound(to: Float.self)
    switch kind {
    case .sumOfColumns: ck_sum_columns(input, rows, columns, columns, output)
    case .maximumOfRows: ck_max_rows(input, rows, columns, columns, output)
    default: ck_sum_rows(input, rows, columns, columns, output)
    }
    guard let start else { return }
    let first = memory.pointer(start).assumingMemoryBound(to: Float.self)[0]
    for i in 0..<(kind == .sumOfColumns ? columns : rows) {
      output[i] = kind == .maximumOfRows ? greater(output[i], first) : output[i] + first
    }
  }

  /// The greater value; NaN if one is.
  private func greater(_ a: Float, _ b: Float) -> Float {
    a.isNaN || b.isNaN ? .nan : max(a, b)
  }

  private func sumIntegers(_ memory: ProgramMemory) {
    let input = memory.pointer(source).assumingMemoryBound(to: Int32.self)
    let output = memory.pointer(target).assumingMemoryBound(to: Int32.self)
    let first = start.map { memory.pointer($0).assumingMemoryBound(to: Int32.self)[0] } ?? 0
    for row in 0..<rows {
      var sum = first
      for column in 0..<columns { sum &+= input[row * columns + column] }
      output[row] = sum
    }
  }
}
