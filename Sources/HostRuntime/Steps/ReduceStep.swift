internal import CKernels
import GraphIR

/// Sums or maxima over the rows or the columns of a dense matrix, in the kernels' fixed order.
struct ReduceStep: Step {
  enum Kind: Hashable, Sendable {
    case sumOfRows, maximumOfRows, sumOfColumns, maximumOfColumns
    /// Sums (wrapping around), maxima or minima of `i32`.
    case integerRows(Reducer)
  }

  let kind: Kind
  let source: Location
  let target: Location
  /// A scalar that takes part in every reduction, if it is not neutral.
  let start: Location?
  let rows: Int
  let columns: Int

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    if case .integerRows(let reducer) = kind {
      switch reducer {
      case .maximum: reduceIntegers(memory, neutral: .min) { max($0, $1) }
      case .minimum: reduceIntegers(memory, neutral: .max) { min($0, $1) }
      default: reduceIntegers(memory, neutral: 0) { $0 &+ $1 }
      }
      return
    }
    let input = memory.pointer(source).assumingMemoryBound(to: Float.self)
    let output = memory.pointer(target).assumingMemoryBound(to: Float.self)
    switch kind {
    case .sumOfColumns: ck_sum_columns(input, rows, columns, columns, output)
    case .maximumOfRows: ck_max_rows(input, rows, columns, columns, output)
    case .maximumOfColumns: ck_max_columns(input, rows, columns, columns, output)
    default: ck_sum_rows(input, rows, columns, columns, output)
    }
    guard let start else { return }
    let first = memory.pointer(start).assumingMemoryBound(to: Float.self)[0]
    let isMaximum = kind == .maximumOfRows || kind == .maximumOfColumns
    let count = kind == .sumOfColumns || kind == .maximumOfColumns ? columns : rows
    for i in 0..<count {
      output[i] = isMaximum ? greater(output[i], first) : output[i] + first
    }
  }

  /// The greater value; NaN if one is.
  private func greater(_ a: Float, _ b: Float) -> Float {
    a.isNaN || b.isNaN ? .nan : max(a, b)
  }

  @inline(__always)
  private func reduceIntegers(
    _ memory: ProgramMemory, neutral: Int32, _ combine: (Int32, Int32) -> Int32
  ) {
    let input = memory.pointer(source).assumingMemoryBound(to: Int32.self)
    let output = memory.pointer(target).assumingMemoryBound(to: Int32.self)
    let first = start.map { memory.pointer($0).assumingMemoryBound(to: Int32.self)[0] } ?? neutral
    for row in 0..<rows {
      var result = first
      for column in 0..<columns { result = combine(result, input[row * columns + column]) }
      output[row] = result
    }
  }
}
