/// Which slices of a tensor a `gather` takes or a `scatter` changes.
///
/// An index vector, one for each position of the batch, says where in the operand a slice starts. The
/// result of a gather, and the updates of a scatter, have the dimensions of the batch and, at
/// `windowDimensions`, those of a slice.
public struct IndexedSlices: Hashable, Sendable {
  /// Dimensions of the result, or of the updates, that run within a slice, ascending: `offset_dims`,
  /// `update_window_dims`.
  public var windowDimensions: [Int]
  /// Dimensions of the operand that slices have one place of, and results none, ascending:
  /// `collapsed_slice_dims`, `inserted_window_dims`.
  public var collapsedDimensions: [Int]
  /// Dimensions of the operand that run with the batch, ascending: `operand_batching_dims`.
  public var operandBatching: [Int]
  /// Their partners in the indices, in the same order: `start_indices_batching_dims`.
  public var indicesBatching: [Int]
  /// The operand's dimension that each element of an index vector counts along: `start_index_map`,
  /// `scatter_dims_to_operand_dims`.
  public var indexMap: [Int]
  /// The dimension of the indices along which an index vector lies; their rank if each is one number.
  public var indexVectorDimension: Int

  /// Names dimensions by their index; the verifier checks them against the operands.
  public init(
    windowDimensions: [Int], collapsedDimensions: [Int], operandBatching: [Int] = [],
    indicesBatching: [Int] = [], indexMap: [Int], indexVectorDimension: Int
  ) {
    self.windowDimensions = windowDimensions
    self.collapsedDimensions = collapsedDimensions
    self.operandBatching = operandBatching
    self.indicesBatching = indicesBatching
    self.indexMap = indexMap
    self.indexVectorDimension = indexVectorDimension
  }

  /// The dimensions of an operand that run within a slice, ascending.
  package func spanned(rank: Int) -> [Int] {
    (0..<rank).filter { !collapsedDimensions.contains($0) && !operandBatching.contains($0) }
  }

  /// The dimensions of a result or of updates that number the batch, ascending.
  package func batch(rank: Int) -> [Int] { (0..<rank).filter { !windowDimensions.contains($0) } }

  /// The place in a position of the batch of a dimension of the indices.
  package func batchPlace(ofIndices dimension: Int) -> Int {
    dimension < indexVectorDimension ? dimension : dimension - 1
  }
}

extension TypeRules {
  func gather(_ slices: IndexedSlices, sizes: [Int]) throws(BrokenRule) -> TensorType {
    let operand = operands[0]
    try require(
      sizes.count == operand.rank && zip(sizes, operand.shape).allSatisfy { 0...$1 ~= $0 },
      "takes slices \(sizes) of \(operand)")
    let batch = try requireSlices(slices)
    let one = slices.collapsedDimensions + slices.operandBatching
    try require(one.allSatisfy { sizes[$0] <= 1 }, "collapses dimensions of slices \(sizes)")
    let window = slices.spanned(rank: operand.rank).map { sizes[$0] }
    return TensorType(
      try requireMerged(batch, window, at: slices.windowDimensions), operand.dtype)
  }

  func scatter(_ slices: IndexedSlices, _ body: Graph) throws(BrokenRule) -> TensorType {
    let (operand, updates) = (operands[0], operands[2])
    let batch = try requireSlices(slices)
    let scalar = TensorType.scalar(operand.dtype)
    let results = try requireRegion("the body", body, of: [scalar, scalar])
    try require(results == [scalar], "needs a body with results \([scalar]), has \(results)")
    try requireDimensions(slices.windowDimensions, rank: updates.rank, "window dimensions")
    let window = slices.windowDimensions.map { updates.shape[$0] }
    let spanned = slices.spanned(rank: operand.rank).map { operand.shape[$0] }
    try require(
      window.count == spanned.count && zip(window, spanned).allSatisfy { $0 <= $1 },
      "has windows \(window) for slices of at most \(spanned)")
    let expected = TensorType(
      try requireMerged(batch, window, at: slices.windowDimensions), operand.dtype)
    try require(updates == expected, "needs updates of \(expected), has \(updates)")
    return operand
  }

  /// - Returns: the sizes of the batch.
  private func requireSlices(_ slices: IndexedSlices) throws(BrokenRule) -> [Int] {
    let (operand, indices) = (operands[0], operands[1])
    let vector = slices.indexVectorDimension
    try require(indices.dtype.isInteger, "needs indices of integers, has \(indices)")
    try require(
      (0...indices.rank).contains(vector), "has index vectors along \(vector) of \(indices)")
    try requireDimensions(
      slices.collapsedDimensions + slices.operandBatching, rank: operand.rank,
      "collapsed and batching dimensions")
    try requireDimensions(
      slices.indexMap + slices.operandBatching, rank: operand.rank,
      "indexed and batching dimensions")
    let length = vector < indices.rank ? indices.shape[vector] : 1
    try require(
      slices.indexMap.count == length,
      "maps \(slices.indexMap.count) numbers of index vectors of \(length)")
    try requireDimensions(
      slices.indicesBatching, rank: indices.rank, "batching dimensions of the indices")
    try require(
      !slices.indicesBatching.contains(vector)
        && slices.indicesBatching.map { indices.shape[$0] }
          == slices.operandBatching.map { operand.shape[$0] },
      "batches \(operand) along \(slices.operandBatching) with \(indices) along "
        + "\(slices.indicesBatching)")
    return indices.shape.indices.filter { $0 != vector }.map { indices.shape[$0] }
  }

  /// The window's sizes at their dimensions, the batch's at the others.
  private func requireMerged(
    _ batch: [Int], _ window: [Int], at dimensions: [Int]
  ) throws(BrokenRule) -> [Int] {
    try requireDimensions(dimensions, rank: batch.count + window.count, "window dimensions")
    try require(
      dimensions.count == window.count && dimensions == dimensions.sorted(),
      "names \(dimensions) for \(window.count) dimensions of a slice, in ascending order")
    var shape: [Int] = []
    var (fromBatch, fromWindow) = (batch[...], window[...])
    for d in 0..<batch.count + window.count {
      let size = dimensions.contains(d) ? fromWindow.popFirst() : fromBatch.popFirst()
      shape.append(size ?? 0)
    }
    return shape
  }

  func dynamicSlice(_ sizes: [Int]) throws(BrokenRule) -> TensorType {
    let operand = operands[0]
    try require(
      sizes.count == operand.rank && zip(sizes, operand.shape).allSatisfy { 0...$1 ~= $0 },
      "takes a slice \(sizes) of \(operand)")
    try requireStarts(after: 1)
    return TensorType(sizes, operand.dtype)
  }

  func dynamicUpdateSlice() throws(BrokenRule) -> TensorType {
    let (operand, update) = (operands[0], operands[1])
    try require(
      update.dtype == operand.dtype && update.rank == operand.rank
        && zip(update.shape, operand.shape).allSatisfy { $0 <= $1 },
      "cannot put \(update) into \(operand)")
    try requireStarts(after: 2)
    return operand
  }

  /// One integer a dimension.
  private func requireStarts(after count: Int) throws(BrokenRule) {
    let starts = operands.dropFirst(count)
    try require(
      starts.count == operands[0].rank
        && starts.allSatisfy { $0.rank == 0 && $0.dtype.isInteger && $0 == starts.first },
      "needs \(operands[0].rank) scalar integers of one type to start from, has \(Array(starts))")
  }

  /// Types of other widths take or give a last dimension.
  func bitcastConvert() throws(BrokenRule) -> TensorType {
    let type = try requireDeclared()
    let operand = operands[0]
    let (from, to) = (operand.dtype.byteCount, type.dtype.byteCount)
    let expected =
      from == to
      ? operand.shape : from > to ? operand.shape + [from / to] : Array(operand.shape.dropLast())
    let fits =
      type.shape == expected && operand.dtype != .i1 && type.dtype != .i1
      && (from >= to || operand.shape.last == to / from)
    try require(fits, "cannot read the bits of \(operand) as \(type)")
    return type
  }

  func reducePrecision(_ exponentBits: Int, _ mantissaBits: Int) throws(BrokenRule) -> TensorType {
    try require(
      operands[0].dtype.fitsBinary32, "is not defined for \(operands[0].dtype)")
    try require(
      exponentBits >= 1 && mantissaBits >= 0,
      "needs at least 1 exponent bit and 0 mantissa bits, has \(exponentBits) and \(mantissaBits)")
    return operands[0]
  }
}
