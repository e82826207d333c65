import GraphIR

extension HostCompiler {
  /// A reduction that takes each row of a loop as it is computed.
  struct FusedReduction {
    var value: ValueID
    var operand: ValueID
    var kind: ReduceStep.Kind
    /// Of the matrix that one row of the loop is.
    var rows: Int
    var columns: Int
  }

  /// The most elements of a row of a loop that reductions are to find in the nearest cache.
  private static let rowElements = 4096
  /// The most for the sake of one long row.
  private static let longRowElements = 32_768

  /// Takes out the reductions that the loop can do row by row, and divides its rows for them.
  mutating func fusible(
    _ reductions: inout [ValueID], sizes: inout [Int], strides: inout [[Int]]
  ) -> [FusedReduction] {
    guard let inner = sizes.last else { return [] }
    var fused: [FusedReduction] = []
    var row = 0
    var multiple = 1
    for value in reductions {
      guard let matrix = matrix(of: value) else { continue }
      let common = Self.leastCommonMultiple(multiple, matrix.columns)
      guard let size = Self.rowSize(dividing: inner, multipleOf: common) else { continue }
      (row, multiple) = (size, common)
      let kind: ReduceStep.Kind =
        matrix.takesColumns ? .sumOfColumns : graph.isMaximum(value) ? .maximumOfRows : .sumOfRows
      fused.append(
        FusedReduction(
          value: value, operand: graph[value].operands[0], kind: kind, rows: 0,
          columns: matrix.columns))
    }
    for index in fused.indices { fused[index].rows = row / fused[index].columns }
    reductions.removeAll { value in fused.contains { $0.value == value } }
    if row > 0, row < inner {
      sizes[sizes.count - 1] = inner / row
      sizes.append(row)
      for index in strides.indices {
        let step = strides[index].last ?? 0
        strides[index][strides[index].count - 1] = step * row
        strides[index].append(step)
      }
    }
    return fused
  }

  /// Memory for the sums or maxima: the value's own, or room for them in binary32.
  mutating func reductionTarget(_ reduction: FusedReduction) -> Slot {
    let type = graph.type(of: reduction.value)
    return type.dtype == .f32
      ? define(reduction.value) : builder.arenaSlot(byteCount: type.elementCount * 4)
  }

  /// Rounds what a reduction left in binary32 to the type of its value.
  mutating func narrow(_ wide: Slot, to value: ValueID) {
    let type = graph.type(of: value)
    guard type.dtype != .f32 else { return }
    appendNarrowing(wide, to: define(value), dtype: type.dtype, count: type.elementCount)
  }

  /// The reduction as one over the loop's elements in their order; `nil` if it is none.
  private func matrix(of value: ValueID) -> ReductionMatrix? {
    guard case .reduce(let reducer, let dimensions) = graph[value].operation,
      reducer == .add || reducer == .maximum,
      graph.isNeutral(graph[value].operands[1], for: reducer)
    else { return nil }
    let type = graph.type(of: graph[value].operands[0])
    guard type.dtype.fitsBinary32, type.elementCount > 0, graph.type(of: value).dtype != .f64
    else { return nil }
    let matrix = ReductionMatrix(type, dimensions)
    // Sums of columns would keep other threads from the loop; maxima of columns have no pieces.
    let fitsLoop = !matrix.takesColumns || (threads == 1 && reducer == .add)
    return matrix.isInPlace && fitsLoop ? matrix : nil
  }

  /// The largest row of moderate length that divides `inner` and holds whole rows of a matrix.
  private static func rowSize(dividing inner: Int, multipleOf unit: Int) -> Int? {
    guard unit > 0, inner % unit == 0, unit <= longRowElements else { return nil }
    let count = inner / unit
    let most = max(1, min(count, rowElements / unit))
    let size = (1...most).last { count % $0 == 0 }.map { $0 * unit } ?? unit
    // Short rows cost more than a second pass.
    return size >= 256 || size == inner ? size : nil
  }

  private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    return x == 0 ? 0 : a / x * b
  }
}

extension Graph {
  fileprivate func isMaximum(_ value: ValueID) -> Bool {
    if case .reduce(.maximum, _) = self[value].operation { true } else { false }
  }
}
