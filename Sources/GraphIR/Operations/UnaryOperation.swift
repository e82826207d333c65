import Foundation

/// Elementwise operations of one operand.
public enum UnaryOperation: String, Hashable, Sendable, CaseIterable {
  /// As StableHLO defines each.
  case abs, cbrt, ceil, cosine, exponential, floor, log, logistic, negate, not, rsqrt, sign, sine,
    sqrt, tanh
  /// Of an integer's bits those above the highest that is set; `popcnt` counts those that are.
  case countLeadingZeros = "count_leading_zeros", populationCount = "popcnt"
  /// `2/√π ∫₀ˣ exp(−t²) dt`, as CHLO defines it.
  case erf
  /// `exp(x) − 1`, without the loss of digits near 0.
  case exponentialMinusOne = "exponential_minus_one"
  /// Of floats, as `i1`: neither infinite nor a NaN.
  case isFinite = "is_finite"
  /// `log(1 + x)`, without the loss of digits near 0.
  case logPlusOne = "log_plus_one"
  /// To the nearest integer, ties away from zero.
  case roundNearestAway = "round_nearest_afz"
  /// To the nearest integer, ties to the even one.
  case roundNearestEven = "round_nearest_even"
}

extension UnaryOperation {
  package typealias Descriptor = ElementwiseDescriptor<
    @Sendable (Double) -> Double, @Sendable (Int, DType) -> Int
  >

  /// Everything there is to know about the operation: an entry for each.
  ///
  /// Costs of functions that a TPU's vector unit has no instruction for are those of XLA's
  /// expansions, or of the polynomials of Cephes' single-precision library; Docs/model-memory.md
  /// derives them.
  package var descriptor: Descriptor {
    switch self {
    case .abs:
      Self.entry(
        .numbers, Self.simple, floats: { $0.magnitude },
        integers: { x, dtype in dtype.precedes(x, 0) ? 0 &- x : x })
    case .cbrt:
      Self.entry(
        .floats, .init(compare: 2, multiply: 1, transcendental: 2), ulps: 4,
        floats: { Foundation.cbrt($0) })
    case .ceil: Self.entry(.floats, Self.simple, floats: { $0.rounded(.up) })
    case .cosine:
      Self.entry(
        .floats, Self.circular, ulps: 4, monotone: .nowhere, floats: { Foundation.cos($0) })
    case .countLeadingZeros:
      Self.entry(
        .integers, Self.simple, monotone: .nowhere,
        integers: { $1.unsigned($0).leadingZeroBitCount - (UInt.bitWidth - $1.bitCount) })
    case .erf:
      Self.entry(
        .floats, .init(compare: 2, add: 10, multiply: 12, divide: 1), ulps: 4,
        floats: { Foundation.erf($0) })
    case .exponential: Self.entry(.floats, Self.special, ulps: 4, floats: { Foundation.exp($0) })
    case .exponentialMinusOne:
      Self.entry(
        .floats, .init(compare: 2, add: 2, multiply: 2, transcendental: 2), ulps: 4,
        floats: { Foundation.expm1($0) })
    case .floor: Self.entry(.floats, Self.simple, floats: { $0.rounded(.down) })
    case .isFinite:
      Self.entry(
        .floats, Self.simple, monotone: .nowhere, result: .i1, floats: { $0.isFinite ? 1 : 0 })
    case .log:
      Self.entry(
        .floats, Self.special, ulps: 4, domains: Self.positive, floats: { Foundation.log($0) })
    case .logPlusOne:
      Self.entry(
        .floats, .init(compare: 3, add: 15, multiply: 16, divide: 1, transcendental: 1), ulps: 4,
        domains: Self.aboveMinusOne, floats: { Foundation.log1p($0) })
    case .logistic:
      Self.entry(.floats, Self.special, ulps: 4, floats: { 1 / (1 + Foundation.exp(-$0)) })
    case .negate: Self.entry(.numbers, Self.simple, floats: { -$0 }, integers: { x, _ in 0 &- x })
    case .not:
      Self.entry(.bits, Self.simple, integers: { x, dtype in dtype == .i1 ? 1 - x : ~x })
    case .populationCount:
      Self.entry(
        .integers, Self.simple, monotone: .nowhere, integers: { $1.unsigned($0).nonzeroBitCount })
    case .roundNearestAway:
      Self.entry(.floats, Self.simple, floats: { $0.rounded(.toNearestOrAwayFromZero) })
    case .roundNearestEven:
      Self.entry(.floats, Self.simple, floats: { $0.rounded(.toNearestOrEven) })
    case .rsqrt:
      Self.entry(
        .floats, Self.special, ulps: 4, domains: Self.positive, floats: { 1 / $0.squareRoot() })
    case .sign:
      Self.entry(
        .numbers, Self.simple, floats: { $0.isNaN || $0 == 0 ? $0 : ($0 > 0 ? 1 : -1) },
        integers: { x, dtype in dtype.isUnsigned ? (x == 0 ? 0 : 1) : x.signum() })
    case .sine:
      Self.entry(
        .floats, Self.circular, ulps: 4, monotone: .nowhere, floats: { Foundation.sin($0) })
    case .sqrt:
      Self.entry(.floats, Self.special, domains: Self.positive, floats: { $0.squareRoot() })
    case .tanh: Self.entry(.floats, Self.special, ulps: 4, floats: { Foundation.tanh($0) })
    }
  }

  private static let simple = OperationCounts(compare: 1)
  private static let special = OperationCounts(transcendental: 1)
  /// Of a sine or cosine.
  private static let circular = OperationCounts(compare: 3, add: 10, multiply: 14)

  @Sendable private static func anywhere(_ dtype: DType) -> [ClosedRange<Double>] {
    [dtype.isUnsigned ? 0...200 : -4...4]
  }

  @Sendable private static func positive(_ dtype: DType) -> [ClosedRange<Double>] { [0.1...9] }

  @Sendable private static func aboveMinusOne(_ dtype: DType) -> [ClosedRange<Double>] {
    [-0.9...9]
  }

  private static func entry(
    _ types: ElementTypes, _ cost: OperationCounts, ulps: Double = 0,
    monotone: Monotonicity = .everywhere,
    domains: @escaping @Sendable (DType) -> [ClosedRange<Double>] = Self.anywhere,
    result: DType? = nil, floats: (@Sendable (Double) -> Double)? = nil,
    integers: (@Sendable (Int, DType) -> Int)? = nil
  ) -> Descriptor {
    Descriptor(
      types: types, cost: cost, unitsInLastPlace: ulps, monotone: monotone, result: result,
      domains: domains, floats: floats,
      integers: integers)
  }

  /// The operation on one word of a type, before the result is rounded to its type.
  package func function(_ dtype: DType) -> @Sendable (Double) -> Double {
    let descriptor = descriptor
    if dtype.isFloatingPoint, let function = descriptor.floats { return function }
    guard let function = descriptor.integers else {
      preconditionFailure("the verifier keeps '\(rawValue)' from \(dtype)")
    }
    return { dtype.word(wrapping: function(dtype.integer($0), dtype)) }
  }
}
