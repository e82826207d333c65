extension Literal {
  /// A tensor whose words are known position by position, each settled in the type.
  init(_ type: TensorType, elementwise element: (Int) -> Double) {
    self.init(type, words: (0..<type.elementCount).map(element))
  }

  /// A function of each element's word.
  init(_ type: TensorType, mapping x: Literal, _ function: (Double) -> Double) {
    self.init(type, elementwise: { function(x.word(at: $0)) })
  }

  /// A function of each pair of elements' words.
  init(
    _ type: TensorType, mapping x: Literal, _ y: Literal,
    _ function: (Double, Double) -> Double
  ) {
    self.init(type, elementwise: { function(x.word(at: $0), y.word(at: $0)) })
  }
}

extension ReferenceEvaluator {
  /// A binary32 value rounded to bfloat16 by the low 16 bits of an `i32`.
  package static func stochasticallyRounded(_ x: Double, bits: Double) -> Double {
    let random = UInt32(bitPattern: Int32(truncatingIfNeeded: Int(bits)))
    return Double(NarrowFloats.stochasticallyRoundedToBFloat16(Float(x), bits: random))
  }
}
