internal import GraphIR

extension ErrorBounds {
  func elementwise(
    _ operation: Operation, _ literal: Literal, _ operands: [Bounded]
  ) -> [Double] {
    let from = operands[0].type.dtype
    return (0..<literal.type.elementCount).map { index in
      let intervals = operands.map {
        Interval(
          middle: $0.literal[index], radius: $0.bounds[$0.bounds.count == 1 ? 0 : index],
          dtype: from)
      }
      let value = literal[index]
      switch operation {
      case .unary(let op):
        return Self.spread(op, intervals[0], value, literal.type.dtype)
          + slack(op.descriptor.unitsInLastPlace, value, literal.type.dtype)
      case .binary(let op):
        return Self.spread(op, intervals[0], intervals[1], value, from)
          + slack(
            op.descriptor.unitsInLastPlace + (contracts ? Self.contraction(op) : 0), value,
            literal.type.dtype)
      case .compare(let direction):
        return Self.spread(direction, intervals[0], intervals[1])
      case .clamp:
        // No further than the farthest of its operands.
        return intervals.map(\.radius).max() ?? 0
      case .reducePrecision(let exponentBits, let mantissaBits):
        // Monotone.
        return Self.spread(intervals[0].ends, value, literal.type.dtype) {
          ReferenceEvaluator.reducedPrecision(
            $0, exponentBits: exponentBits, mantissaBits: mantissaBits)
        }
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

  /// Units in the last place by which an operand of another operation may be off where compilers
  /// contract: a product may not be rounded at all (half a unit), and a quotient may be a product with
  /// a rounded reciprocal, which is off by 1 unit before it is rounded, as the quotient is (2 in all).
  private static func contraction(_ op: BinaryOperation) -> Double {
    switch op {
    case .multiply: 0.5
    case .divide: 2
    default: 0
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
    if x.isPoint { return 0 }
    if x.dtype.isInteger || op.descriptor.monotone == .nowhere { return .infinity }
    return spread(x.ends, value, dtype, op.function(x.dtype))
  }

  private static func spread(
    _ op: BinaryOperation, _ a: Interval, _ b: Interval, _ value: Double, _ dtype: DType
  ) -> Double {
    if a.isPoint && b.isPoint { return 0 }
    let isMonotone =
      switch op.descriptor.monotone {
      case .everywhere: true
      case .nowhere: false
      case .besideZeroDivisors: !b.contains(0)
      case .onPositiveBases: a.ends.allSatisfy { $0 > 0 }
      case .onTruthValues: dtype == .i1
      }
    if !isMonotone || dtype.isInteger { return .infinity }
    let function = op.function(dtype)
    return a.ends.map { end in
      b.ends.map { defined((dtype.rounding(function(end, $0)) - value).magnitude) }.max() ?? 0
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
