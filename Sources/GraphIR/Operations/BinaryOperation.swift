import Foundation

/// Elementwise operations of two operands of one type.
///
/// On `i1`, `add` and `maximum` are or, `minimum` and `multiply` are and. Integers wrap around;
/// their division truncates towards zero, and a remainder has the dividend's sign. `maximum` and
/// `minimum` propagate NaN. Shifts by as many bits as the type has, or more, leave no bit of the
/// operand but its sign.
public enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
  /// As StableHLO defines each, but for what is said above.
  case add, and, atan2, divide, maximum, minimum, multiply, or, power, remainder, subtract, xor
  /// Zeros come in from the right.
  case shiftLeft = "shift_left"
  /// Copies of the sign come in from the left.
  case shiftRightArithmetic = "shift_right_arithmetic"
  /// Zeros come in from the left.
  case shiftRightLogical = "shift_right_logical"
}

extension BinaryOperation {
  package typealias Descriptor = ElementwiseDescriptor<
    @Sendable (Double, Double) -> Double, @Sendable (Int, Int, DType) -> Int
  >

  /// Everything there is to know about the operation: an entry for each.
  ///
  /// What StableHLO leaves to the implementation: an integer divided by 0 is −1, with itself as
  /// the remainder; an integer to a negative power is its reciprocal, truncated.
  package var descriptor: Descriptor {
    switch self {
    case .add:
      Self.entry(
        .all, .init(add: 1), domains: Self.overflowing, floats: { $0 + $1 },
        integers: { $2 == .i1 ? $0 | $1 : $0 &+ $1 })
    case .and: Self.entry(.bits, Self.simple, integers: { a, b, _ in a & b })
    case .atan2:
      Self.entry(
        .floats, .init(compare: 9, add: 10, multiply: 10, divide: 1), ulps: 4, monotone: .nowhere,
        domains: { _ in [-4...4, -4...4] }, floats: { Foundation.atan2($0, $1) })
    case .divide:
      Self.entry(
        .numbers, .init(divide: 1), monotone: .besideZeroDivisors, domains: Self.divisible,
        floats: { $0 / $1 }, integers: { Self.quotient($0, $1, $2) })
    case .maximum:
      Self.entry(
        .all, Self.simple, floats: { Self.greater($0, $1) },
        integers: { $2.precedes($0, $1) ? $1 : $0 })
    case .minimum:
      Self.entry(
        .all, Self.simple, floats: { -Self.greater(-$0, -$1) },
        integers: { $2.precedes($1, $0) ? $1 : $0 })
    case .multiply:
      Self.entry(
        .all, .init(multiply: 1), domains: Self.overflowing, floats: { $0 * $1 },
        integers: { a, b, _ in a &* b })
    case .or: Self.entry(.bits, Self.simple, integers: { a, b, _ in a | b })
    case .power:
      Self.entry(
        .numbers, .init(transcendental: 1), ulps: 4, monotone: .onPositiveBases,
        domains: { dtype in
          dtype.isFloatingPoint
            ? [0.1...4, -3...3] : [dtype.isUnsigned ? 0...9 : -9...9, 0...3]
        }, floats: { Foundation.pow($0, $1) }, integers: { Self.power($0, $1, $2) })
    case .remainder:
      Self.entry(
        .numbers, .init(divide: 1), monotone: .nowhere, domains: Self.divisible,
        floats: { $0.truncatingRemainder(dividingBy: $1) },
        integers: { Self.remainder($0, $1, $2) })
    case .shiftLeft:
      Self.entry(
        .integers, Self.simple, monotone: .nowhere, domains: Self.shifts,
        integers: { $1 >= 0 && $1 < $2.bitCount ? $0 << $1 : 0 })
    case .shiftRightArithmetic:
      Self.entry(
        .integers, Self.simple, monotone: .nowhere, domains: Self.shifts,
        integers: { a, b, dtype in
          dtype.signed(a) >> (b >= 0 && b < dtype.bitCount ? b : dtype.bitCount - 1)
        })
    case .shiftRightLogical:
      Self.entry(
        .integers, Self.simple, monotone: .nowhere, domains: Self.shifts,
        integers: {
          $1 >= 0 && $1 < $2.bitCount ? Int(bitPattern: $2.unsigned($0) >> UInt($1)) : 0
        })
    case .subtract:
      Self.entry(
        .numbers, .init(add: 1), domains: Self.overflowing, floats: { $0 - $1 },
        integers: { a, b, _ in a &- b })
    case .xor:
      Self.entry(.bits, Self.simple, monotone: .onTruthValues, integers: { a, b, _ in a ^ b })
    }
  }

  private static let simple = OperationCounts(compare: 1)

  private static func entry(
    _ types: ElementTypes, _ cost: OperationCounts, ulps: Double = 0,
    monotone: Monotonicity = .everywhere,
    domains: @escaping @Sendable (DType) -> [ClosedRange<Double>] = Self.bytes,
    floats: (@Sendable (Double, Double) -> Double)? = nil,
    integers: (@Sendable (Int, Int, DType) -> Int)? = nil
  ) -> Descriptor {
    Descriptor(
      types: types, cost: cost, unitsInLastPlace: ulps, monotone: monotone, domains: domains,
      floats: floats, integers: integers)
  }

  @Sendable private static func bytes(_ dtype: DType) -> [ClosedRange<Double>] {
    let range: ClosedRange<Double> = dtype.isUnsigned ? 0...250 : -100...100
    return [range, range]
  }

  /// Integers overflow now and then.
  @Sendable private static func overflowing(_ dtype: DType) -> [ClosedRange<Double>] {
    if dtype == .i32 { return [-2e9...2e9, -2e9...2e9] }
    if dtype == .ui32 { return [0...4e9, 0...4e9] }
    if dtype == .i64 { return [-9e18...9e18, -9e18...9e18] }
    if dtype == .ui64 { return [0...1.8e19, 0...1.8e19] }
    return [dtype.isUnsigned ? 0...250 : -100...100, 0...120]
  }

  /// Divisors are not zero.
  @Sendable private static func divisible(_ dtype: DType) -> [ClosedRange<Double>] {
    [dtype.isUnsigned ? 0...200 : -100...100, 1...9]
  }

  /// By too many bits now and then, and by fewer than none.
  @Sendable private static func shifts(_ dtype: DType) -> [ClosedRange<Double>] {
    let most = Double(dtype.bitCount + 2)
    return [bytes(dtype)[0], (dtype.isUnsigned ? 0 : -2)...most]
  }

  /// IEEE 754-2019 `maximum`: NaN wins, and +0 is above −0.
  private static func greater(_ a: Double, _ b: Double) -> Double {
    if a.isNaN || b.isNaN { return .nan }
    if a == b { return a.sign == .plus ? a : b }
    return a > b ? a : b
  }

  /// Unsigned integers of 64 bits are given, and come out, by their bits.
  private static func quotient(_ a: Int, _ b: Int, _ dtype: DType) -> Int {
    if b == 0 { return -1 }
    if dtype == .ui64 { return Int(bitPattern: UInt(bitPattern: a) / UInt(bitPattern: b)) }
    return a.dividedReportingOverflow(by: b).partialValue
  }

  private static func remainder(_ a: Int, _ b: Int, _ dtype: DType) -> Int {
    if b == 0 { return a }
    if dtype == .ui64 { return Int(bitPattern: UInt(bitPattern: a) % UInt(bitPattern: b)) }
    return a.remainderReportingOverflow(dividingBy: b).partialValue
  }

  private static func power(_ base: Int, _ exponent: Int, _ dtype: DType) -> Int {
    if exponent < 0 && dtype != .ui64 {
      if base.magnitude != 1 { return 0 }
      return base == 1 || exponent % 2 == 0 ? 1 : -1
    }
    var result = 1
    var (square, bits) = (base, UInt(bitPattern: exponent))
    while bits > 0 {
      if bits & 1 == 1 { result = result &* square }
      square = square &* square
      bits >>= 1
    }
    return result
  }

  /// The operation on a pair of words of a type, before the result is rounded to it.
  package func function(_ dtype: DType) -> @Sendable (Double, Double) -> Double {
    let descriptor = descriptor
    if dtype.isFloatingPoint, let function = descriptor.floats { return function }
    guard let function = descriptor.integers else {
      preconditionFailure("the verifier keeps '\(rawValue)' from \(dtype)")
    }
    return { dtype.word(wrapping: function(dtype.integer($0), dtype.integer($1), dtype)) }
  }
}
