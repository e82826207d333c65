extension Comparison {
  package func holds(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .eq: a == b
    case .ne: a != b
    case .lt: a < b
    case .le: a <= b
    case .gt: a > b
    case .ge: a >= b
    }
  }
}

extension DType {
  /// The integer that the low bits of `value` spell in this type.
  func wrapping(_ value: Int) -> Double {
    switch self {
    case .i1: Double(value & 1)
    case .i8: Double(Int8(truncatingIfNeeded: value))
    case .ui8: Double(UInt8(truncatingIfNeeded: value))
    case .i32: Double(Int32(truncatingIfNeeded: value))
    case .ui32: Double(UInt32(truncatingIfNeeded: value))
    case .bf16, .f16, .f32, .f64: preconditionFailure("floats do not wrap around")
    }
  }

  /// Bits of one element.
  package var bitCount: Int { self == .i1 ? 1 : 8 * byteCount }

  /// Integers without a sign.
  package var isUnsigned: Bool { self == .ui8 || self == .ui32 }

  /// The bits of an integer of this type as a number without a sign.
  func unsigned(_ value: Int) -> Int { value & ((1 << bitCount) - 1) }

  /// The bits of an integer of this type as a number in two's complement.
  func signed(_ value: Int) -> Int {
    let shift = Int.bitWidth - bitCount
    return (value << shift) >> shift
  }

  /// `Σ a[i] · b[i]` as a product of this result type accumulates it.
  func sumOfProducts(_ a: [Double], _ b: [Double]) -> Double {
    if isFloatingPoint {
      var sum = 0.0
      var i = 0
      // A loop that is fast enough without optimisation too: tests spend their time here.
      while i < a.count {
        sum += a[i] * b[i]
        i += 1
      }
      return sum
    }
    if self == .i1 { return zip(a, b).contains { $0 != 0 && $1 != 0 } ? 1 : 0 }
    var sum = 0
    var i = 0
    while i < a.count {
      sum &+= Int(a[i]) &* Int(b[i])
      i += 1
    }
    return wrapping(sum)
  }
}
