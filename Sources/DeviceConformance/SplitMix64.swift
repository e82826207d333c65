internal import GraphIR

/// A small generator of random numbers whose sequence is fixed by its seed.
///
/// - Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

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
