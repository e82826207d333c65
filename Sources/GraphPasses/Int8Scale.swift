package import GraphIR

/// Symmetric int8 as `GraphBuilder.quantizedToInt8` computes it, on the host: for weights, and for
/// ranges that are known before the graph is compiled.
///
/// `q = clamp(round(x · (1 / scale)), −127, 127)`, ties to even, with `scale = range / 127`; each
/// operation is rounded to f32. Zero is exact.
package struct Int8Scale: Hashable, Sendable {
  /// What one unit is worth.
  package let value: Float
  /// Units in 1.
  package let inverse: Float

  /// - Parameter range: the greatest magnitude that is represented: finite, 0 or more.
  package init(range: Float) {
    value = range / 127
    inverse = 1 / value
  }

  /// The integer that stands for `x`.
  package func quantized(_ x: Float) -> Int8 {
    let whole = (x * inverse).rounded(.toNearestOrEven)
    // 0 · (1 / 0): everything was zero.
    return whole.isNaN ? 0 : Int8(min(max(whole, -127), 127))
  }
}

/// How many scales a weight has.
package enum WeightScales: String, Hashable, Sendable, Codable, CaseIterable {
  /// One for the whole tensor.
  case perTensor = "per-tensor"
  /// One for each output channel.
  case perChannel = "per-channel"
}

/// A weight in int8.
package struct QuantizedWeight: Hashable, Sendable {
  /// i8, in the shape of the weight.
  package let values: Literal
  /// f32: a scalar, or one for each channel.
  package let scales: Literal

  /// Quantizes an f32 tensor, with the greatest magnitude as the range.
  ///
  /// - Parameters:
  ///   - weight: finite values.
  ///   - channels: the dimensions along which scales differ, ascending; none for one scale.
  package init(_ weight: Literal, channels: [Int]) {
    let type = weight.type
    let shape = channels.map { type.shape[$0] }
    let channelStrides = TensorType(shape, .f32).strides
    var strides = [Int](repeating: 0, count: type.rank)
    for (place, channel) in channels.enumerated() { strides[channel] = channelStrides[place] }
    let positions = Self.positions(type, strides)
    var ranges = [Float](repeating: 0, count: TensorType(shape, .f32).elementCount)
    let elements = weight.elements.map { Float($0) }
    for (element, position) in zip(elements, positions) {
      ranges[position] = max(ranges[position], element.magnitude)
    }
    let scales = ranges.map { Int8Scale(range: $0) }
    values = Literal(
      type.with(dtype: .i8),
      zip(elements, positions).map { Double(scales[$1].quantized($0)) })
    self.scales = Literal(TensorType(shape, .f32), scales.map { Double($0.value) })
  }

  /// For each element in row-major order, the sum of its indices times `strides`.
  private static func positions(_ type: TensorType, _ strides: [Int]) -> [Int] {
    var positions = [0]
    for (size, stride) in zip(type.shape, strides) {
      positions = positions.flatMap { base in (0..<size).map { base + $0 * stride } }
    }
    return positions
  }
}
