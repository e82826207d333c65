/// Positions in memory of a strided block of elements.
enum StridedIndices {
  /// `base + Σ index[d] · strides[d]` for every index of `shape`, in row-major order.
  static func offsets(_ shape: [Int], _ strides: [Int], base: Int = 0) -> [Int] {
    var offsets = [base]
    for (size, stride) in zip(shape, strides) {
      offsets = offsets.flatMap { start in (0..<size).map { start + $0 * stride } }
    }
    return offsets
  }

  /// The offsets of the given dimensions of a dense tensor, in the order in which they are named.
  static func offsets(of dimensions: [Int], in type: TensorType) -> [Int] {
    let strides = type.strides
    return offsets(dimensions.map { type.shape[$0] }, dimensions.map { strides[$0] })
  }
}

extension TensorType {
  /// The places in dense memory of all indices of some dimensions, the others being 0: in row-major
  /// order of the dimensions as they are named.
  package func positions(of dimensions: [Int]) -> [Int] {
    StridedIndices.offsets(of: dimensions, in: self)
  }
}
