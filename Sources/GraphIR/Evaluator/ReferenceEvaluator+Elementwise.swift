extension Literal {
  /// A tensor that is known position by position, each element rounded to the type.
  init(_ type: TensorType, elementwise element: (Int) -> Double) {
    self.init(type, (0..<type.elementCount).map(element))
  }

  /// A function of each element.
  init(_ type: TensorType, mapping x: Literal, _ function: (Double) -> Double) {
    self.init(type, elementwise: { function(x[$0]) })
  }

  /// A function of each pair of elements.
  init(
    _ type: TensorType, mapping x: Literal, _ y: Literal,
    _ function: (Double, Double) -> Double
  ) {
    self.init(type, elementwise: { function(x[$0], y[$0]) })
  }
}

extension ReferenceEvaluator {
  /// A binary32 value rounded to bfloat16 by the low 16 bits of an `i32`.
  package static func stochasticallyRounded(_ x: Double, bits: Double) -> Double {
    let random = UInt32(bitPattern: Int32(truncatingIfNeeded: Int(bits)))
    return Double(NarrowFloats.stochasticallyRoundedToBFloat16(Float(x), bits: random))
  }
}
