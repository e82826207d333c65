import DeviceAPI

/// A `reduce` of floats as sums or maxima over the rows or the columns of a matrix.
struct ReductionMatrix: Hashable {
  /// Dimensions that stay.
  let kept: [Int]
  let dimensions: [Int]
  /// Leading dimensions are summed in place as columns; others are brought to the end first.
  let sumsColumns: Bool
  let rows: Int
  let columns: Int

  /// - Parameter type: of the operand, not empty.
  init(_ type: TensorType, _ reducer: Reducer, _ dimensions: [Int]) {
    self.dimensions = dimensions.sorted()
    let kept = type.shape.indices.filter { !dimensions.contains($0) }
    let keptCount = kept.reduce(1) { $0 * type.shape[$1] }
    let isLeading = reducer == .add && self.dimensions == Array(0..<dimensions.count)
    sumsColumns = isLeading && !kept.isEmpty && type.dtype.isFloatingPoint
    self.kept = kept
    rows = sumsColumns ? type.elementCount / keptCount : keptCount
    columns = sumsColumns ? keptCount : type.elementCount / keptCount
  }

  /// The matrix lies in memory as the operand does.
  var isInPlace: Bool { sumsColumns || kept == Array(0..<kept.count) }
}
