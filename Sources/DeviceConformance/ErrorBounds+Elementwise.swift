internal import GraphIR

extension ErrorBounds {
  func elementwise(
    _ operation: Operation, _ literal: Literal, _ operands: [Bounded]
  ) -> [Double] {
    let from = operands[0].type.dtype
    return (0..<literal.type.elementCount).map { index in
      let intervals = operands.map {
        Interval(middle: $0.literal[index], radius: $0.bounds[index], dtype: from)
      }
      let value = literal[index]
      switch operation {
      case .unary(let op):
        return Self.spread(op, intervals[0], value, from)
          + slack(op.unitsInLastPlace, value, literal.type.dtype)
      case .binary(let op):
        return Self.spread(op, intervals[0], intervals[1], value, from)
          + slack(op.unitsInLastPlace, value, literal.type.dtype)
      case .compare(let direction):
        return Self.spread(direction, intervals[0], intervals[1])
      case .stochasticConvert:
        // Monotone for given bits.
        return Self.spread(intervals[0].ends, value, literal.type.dtype) {
          ReferenceEvaluator.stochasticallyRounded($0, bits: operands[1].literal[index])
        }
      default:
        return Self.spread(intervals[0].ends, value, literal.type.dtype) { $0 }
      }
    }
  }

  private func slack(_ units: Double, _ value: Double, _ dtype: DType) -> Double {
    guard units > 0, value.isFinite, let format = FloatFormat(dtype) else { return 0 }
    return units * format.ulp(value)
  }

  /// How far rounded results can be from `value` for arguments at the ends of an interval.
  ///
  /// The ends suffice where `function` is monotone: rounding is monotone too.
  private static func spread(
    _ ends: [Double], _ value: Double, _ dtype: DType, _ function: (Double) -> Double
  ) -> Double {
    if ends.count == 1 { return 0 }
    return ends.map { defined((dtype.rounding(function($0)) - value).magnitude) }.max() ?? 0
  }

  /// `abs` is not monotone, but deviates the most at an end all the same.
  private static func spread(
    _ op: UnaryOperation, _ x: Interval, _ value: Double, _ dtype: DType
  ) -> Double {
    if dtype.isInteger && !x.isPoint { return .infinity }
    return spread(x.ends, value, dtype) { op.apply($0, dtype) }
  }

  private static func spread(
    _ op: BinaryOperation, _ a: Interval, _ b: Interval, _ value: Double, _ dtype: DType
  ) -> Double {
    if a.isPoint && b.isPoint { return 0 }
    let isMonotone =
      switch op {
      case .divide: !b.contains(0)
      case .power: a.ends.allSatisfy { $0 > 0 }
      case .remainder: false
      case .xor: dtype == .i1
      case .add, .and, .maximum, .minimum, .multiply, .or, .subtract: true
      }
    if !isMonotone || dtype.isInteger { return .infinity }
    return a.ends.map { end in
      b.ends.map { defined((dtype.rounding(op.apply(end, $0, dtype)) - value).magnitude) }.max()
        ?? 0
    }.max() ?? 0
  }

  /// 1 where the outcome is open.
  private static func spread(_ direction: Comparison, _ a: Interval, _ b: Interval) -> Double {
    if a.isPoint && b.isPoint { return 0 }
    return a.middle.isNaN || b.middle.isNaN || a.isApart(from: b) ? 0 : 1
  }
}

/// Where a device's value may lie.
struct Interval {
  let middle: Double
  let radius: Double
  let dtype: DType

  var isPoint: Bool { radius == 0 }

  /// Both ends; one if they coincide.
  var ends: [Double] {
    if isPoint { return [middle] }
    if dtype == .i1 { return [0, 1] }
    let ends = [middle - radius, middle + radius]
    return dtype.isFloatingPoint ? ends : ends.map { dtype.rounding($0) }
  }

  func contains(_ x: Double) -> Bool { (middle - x).magnitude <= radius }

  func isApart(from other: Interval) -> Bool {
    (middle - other.middle).magnitude > radius + other.radius
  }
}

extension UnaryOperation {
  /// What a device may be off by: library functions are not rounded correctly anywhere.
  var unitsInLastPlace: Double {
    switch self {
    case .exponential, .log, .logistic, .rsqrt, .tanh: 4
    case .abs, .ceil, .floor, .negate, .not, .roundNearestEven, .sign, .sqrt: 0
    }
  }
}

extension BinaryOperation {
  /// What a device may be off by.
  var unitsInLastPlace: Double { self == .power ? 4 : 0 }
}
