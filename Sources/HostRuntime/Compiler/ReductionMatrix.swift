import GraphIR

/// A `reduce` of floats as sums or maxima over the rows or the columns of a matrix.
struct ReductionMatrix: Hashable {
  /// Dimensions that stay.
  let kept: [Int]
  let dimensions: [Int]
  /// Leading dimensions are reduced in place as columns; others are brought to the end first.
  let takesColumns: Bool
  let rows: Int
  let columns: Int

  /// - Parameter type: of the operand, not empty.
  init(_ type: TensorType, _ dimensions: [Int]) {
    self.dimensions = dimensions.sorted()
    let kept = type.shape.indices.filter { !dimensions.contains($0) }
    let keptCount = kept.reduce(1) { $0 * type.shape[$1] }
    let isLeading = self.dimensions == Array(0..<dimensions.count)
    takesColumns = isLeading && !kept.isEmpty && type.dtype.fitsBinary32
    self.kept = kept
    rows = takesColumns ? type.elementCount / keptCount : keptCount
    columns = takesColumns ? keptCount : type.elementCount / keptCount
  }

  /// The matrix lies in memory as the operand does.
  var isInPlace: Bool { takesColumns || kept == Array(0..<kept.count) }
}
