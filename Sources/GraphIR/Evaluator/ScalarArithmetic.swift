import Foundation

extension UnaryOperation {
  /// The operation on one element, before it is rounded to `dtype`.
  package func apply(_ x: Double, _ dtype: DType) -> Double {
    dtype.isFloatingPoint ? floating(x) : dtype.wrapping(integer(Int(x), dtype))
  }

  private func floating(_ x: Double) -> Double {
    switch self {
    case .abs: x.magnitude
    case .ceil: x.rounded(.up)
    case .exponential: exp(x)
    case .floor: x.rounded(.down)
    case .log: Foundation.log(x)
    case .logistic: 1 / (1 + exp(-x))
    case .negate: -x
    case .roundNearestEven: x.rounded(.toNearestOrEven)
    case .rsqrt: 1 / x.squareRoot()
    case .sign: x.isNaN || x == 0 ? x : (x > 0 ? 1 : -1)
    case .sqrt: x.squareRoot()
    case .tanh: Foundation.tanh(x)
    case .not: preconditionFailure("the verifier keeps 'not' from floats")
    }
  }

  private func integer(_ x: Int, _ dtype: DType) -> Int {
    switch self {
    case .abs: Swift.abs(x)
    case .negate: -x
    case .sign: x.signum()
    case .not: dtype == .i1 ? 1 - x : ~x
    case .ceil, .exponential, .floor, .log, .logistic, .roundNearestEven, .rsqrt, .sqrt, .tanh:
      preconditionFailure("the verifier keeps '\(rawValue)' from integers")
    }
  }
}

extension BinaryOperation {
  /// The operation on a pair of elements, before it is rounded to `dtype`.
  ///
  /// What StableHLO leaves to the implementation: an integer divided by 0 is −1, with itself as
  /// the remainder; an integer to a negative power is its reciprocal, truncated.
  package func apply(_ a: Double, _ b: Double, _ dtype: DType) -> Double {
    if dtype.isFloatingPoint { return floating(a, b) }
    if dtype == .i1 { return Double(truth(Int(a), Int(b))) }
    return dtype.wrapping(integer(Int(a), Int(b)))
  }

  private func floating(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .divide: a / b
    case .maximum: Self.greater(a, b)
    case .minimum: -Self.greater(-a, -b)
    case .multiply: a * b
    case .power: pow(a, b)
    case .remainder: a.truncatingRemainder(dividingBy: b)
    case .subtract: a - b
    case .and, .or, .xor: preconditionFailure("the verifier keeps '\(rawValue)' from floats")
    }
  }

  /// IEEE 754-2019 `maximum`: NaN wins, and +0 is above −0.
  private static func greater(_ a: Double, _ b: Double) -> Double {
    if a.isNaN || b.isNaN { return .nan }
    if a == b { return a.sign == .plus ? a : b }
    return a > b ? a : b
  }

  private func integer(_ a: Int, _ b: Int) -> Int {
    switch self {
    case .add: a &+ b
    case .and: a & b
    case .divide: b == 0 ? -1 : a / b
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    case .multiply: a &* b
    case .or: a | b
    case .power: Self.power(a, b)
    case .remainder: b == 0 ? a : a % b
    case .subtract: a &- b
    case .xor: a ^ b
    }
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int {
    if exponent < 0 {
      return base.magnitude == 1 ? power(base, -exponent) : 0
    }
    var result = 1
    var (square, bits) = (base, exponent)
    while bits > 0 {
      if bits & 1 == 1 { result = result &* square }
      square = square &* square
      bits >>= 1
    }
    return result
  }

  private func truth(_ a: Int, _ b: Int) -> Int {
    switch self {
    case .add, .maximum, .or: a | b
    case .and, .minimum, .multiply: a & b
    case .xor: a ^ b
    case .divide, .power, .remainder, .subtract:
      preconditionFailure("the verifier keeps '\(rawValue)' from i1")
    }
  }
}

extension Comparison {
  func holds(_ a: Double, _ b: Double) -> Bool {
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
    case .bf16, .f16, .f32: preconditionFailure("floats do not wrap around")
    }
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
