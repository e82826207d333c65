internal import GraphIR

/// What a floating-point type can represent.
struct FloatFormat {
  /// Bits of the significand, the hidden one included.
  let precision: Int
  /// The exponent of the smallest normal number.
  let smallestExponent: Int

  init?(_ dtype: DType) {
    switch dtype {
    case .f32: self.init(precision: 24, smallestExponent: -126)
    case .bf16: self.init(precision: 8, smallestExponent: -126)
    case .f16: self.init(precision: 11, smallestExponent: -14)
    case .f64: self.init(precision: 53, smallestExponent: -1022)
    case .i1, .i8, .ui8, .i16, .ui16, .i32, .ui32, .i64, .ui64: return nil
    }
  }

  private init(precision: Int, smallestExponent: Int) {
    self.precision = precision
    self.smallestExponent = smallestExponent
  }

  static let binary32 = FloatFormat(precision: 24, smallestExponent: -126)

  var smallestNormal: Double { Double(sign: .plus, exponent: smallestExponent, significand: 1) }

  /// The largest relative error of one rounding, 2⁻ᵖ.
  var unitRoundoff: Double { Double(sign: .plus, exponent: -precision, significand: 1) }

  /// The distance between neighbouring numbers at `x`.
  func ulp(_ x: Double) -> Double {
    guard x.isFinite else { return .infinity }
    let exponent = x == 0 ? smallestExponent : max(Int(x.exponent), smallestExponent)
    return Double(sign: .plus, exponent: exponent - precision + 1, significand: 1)
  }

  func isSubnormal(_ x: Double) -> Bool { x != 0 && x.magnitude < smallestNormal }

  /// The relative error that `roundings` roundings in a row can build up to.
  ///
  /// - Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, lemma 3.1.
  func accumulated(_ roundings: Double) -> Double {
    let error = roundings * unitRoundoff
    return error < 1 ? error / (1 - error) : .infinity
  }
}
