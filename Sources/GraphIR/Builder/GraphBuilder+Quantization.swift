/// Symmetric int8: `x ≈ scale · q` with `q` in −127...127, so that −128 never appears.
///
/// A scale is one number for the whole tensor (`kept` is empty) or one for each index of the
/// dimensions `kept`: a weight `[inputs, outputs]` has one an output channel with `kept` `[1]`.
///
/// - Source: Jacob et al., "Quantization and training of neural networks for efficient
///   integer-arithmetic-only inference", CVPR 2018, equation 1 with the zero point 0.
extension GraphBuilder {
  /// `max |x| / 127` over all dimensions but `kept`, of the shape of those.
  package mutating func int8Scale(
    of x: ValueID, keeping kept: [Int] = []
  ) throws(GraphError) -> ValueID {
    let reduced = type(of: x).shape.indices.filter { !kept.contains($0) }
    let largest = try reduce(.maximum, unary(.abs, x), dimensions: reduced)
    return try divide(largest, splat(127, like: largest))
  }

  /// `clamp(round_nearest_even(x · (1 / scale)), −127, 127)` as `i8`.
  ///
  /// Where the product is NaN (`x` is, or `x` and the scale are both zero) the result is 0.
  package mutating func quantizedToInt8(
    _ x: ValueID, scale: ValueID, keeping kept: [Int] = []
  ) throws(GraphError) -> ValueID {
    try quantizedToInt8(x, inverse: divide(splat(1, like: scale), scale), keeping: kept)
  }

  /// `clamp(round_nearest_even(x · inverse), −127, 127)` as `i8`.
  package mutating func quantizedToInt8(
    _ x: ValueID, inverse: ValueID, keeping kept: [Int] = []
  ) throws(GraphError) -> ValueID {
    let spread = try broadcast(inverse, to: type(of: x).shape, dimensions: kept)
    let whole = try unary(.roundNearestEven, multiply(x, spread))
    let low = try maximum(whole, splat(-127, like: whole))
    return try convert(binary(.minimum, low, splat(127, like: low)), to: .i8)
  }

  /// `f32(q) · scale`: of `i8`, or of the `i32` sums of a product, whose scale is the product of its
  /// operands' scales.
  package mutating func dequantized(
    _ q: ValueID, scale: ValueID, keeping kept: [Int] = []
  ) throws(GraphError) -> ValueID {
    try multiply(
      convert(q, to: .f32), broadcast(scale, to: type(of: q).shape, dimensions: kept))
  }
}
