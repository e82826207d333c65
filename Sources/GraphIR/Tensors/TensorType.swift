/// The static shape and element type of a tensor; row-major, the last dimension contiguous.
public struct TensorType: Hashable, Sendable {
  /// The size of each dimension; empty for a scalar.
  public var shape: [Int]
  /// The type of each element.
  public var dtype: DType

  /// A type of this shape; `[]` is a scalar.
  public init(_ shape: [Int], _ dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }

  /// A rank-0 tensor.
  public static func scalar(_ dtype: DType) -> TensorType { TensorType([], dtype) }

  /// Number of dimensions.
  @inlinable public var rank: Int { shape.count }

  /// Elements in all; 1 for a scalar.
  @inlinable public var elementCount: Int { shape.reduce(1, *) }

  /// Bytes of the dense row-major representation.
  @inlinable public var byteCount: Int { elementCount * dtype.byteCount }

  /// Elements between neighbours along each dimension.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for d in stride(from: rank - 2, through: 0, by: -1) {
      strides[d] = strides[d + 1] * shape[d + 1]
    }
    return strides
  }

  /// The same shape with another element type.
  public func with(dtype: DType) -> TensorType { TensorType(shape, dtype) }
}

extension TensorType: CustomStringConvertible {
  /// StableHLO's spelling: `tensor<32x784xf32>`.
  public var description: String {
    "tensor<" + (shape.map(String.init) + [dtype.rawValue]).joined(separator: "x") + ">"
  }
}
