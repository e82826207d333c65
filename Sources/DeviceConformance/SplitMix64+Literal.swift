internal import GraphIR
internal import Units

extension SplitMix64 {
  /// A tensor of uniformly distributed values; integers where the type has no others.
  mutating func literal(_ type: TensorType, in range: ClosedRange<Double>) -> Literal {
    Literal(
      type,
      (0..<type.elementCount).map { _ in
        if type.dtype == .i1 { return Double.random(in: 0...1, using: &self).rounded() }
        let value = Double.random(in: range, using: &self)
        return type.dtype.isFloatingPoint ? value : value.rounded()
      })
  }
}
