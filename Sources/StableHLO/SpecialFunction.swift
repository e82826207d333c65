internal import GraphIR

/// Functions of CHLO that a graph says in arithmetic, each by the formula that CHLO's own expansion
/// (`ChloLegalizeToStablehlo`) has or one as good. Narrow floats are computed in f32.
enum SpecialFunction: String {
  case acos, acosh, asin, asinh, atan, atanh, bessel_i1e, cosh, digamma, erf_inv, erfc, lgamma
  case next_after, polygamma, sinh, zeta

  func expanded(_ operands: [ValueID], _ builder: inout GraphBuilder) throws(GraphError) -> ValueID
  {
    let type = builder.type(of: operands[0])
    if self == .next_after {
      return try neighbour(of: operands[0], towards: operands[operands.count - 1], &builder)
    }
    let dtype: DType = type.dtype == .f64 ? .f64 : .f32
    var wide: [ValueID] = []
    for operand in operands { wide.append(try builder.convert(operand, to: dtype)) }
    var formula = Formula(builder: builder, like: wide[0])
    let result = try value(wide[0], wide[wide.count - 1], &formula)
    builder = formula.builder
    return try builder.convert(result, to: type.dtype)
  }

  /// - Parameter y: the second operand, if there is one.
  private func value(_ x: ValueID, _ y: ValueID, _ f: inout Formula) throws(GraphError) -> ValueID {
    switch self {
    case .asin:
      return try f.times(2, f.atan2(x, f.plus(1, f.root(f.minus(1, f.times(x, x))))))
    case .acos:
      let root = try f.root(f.times(f.minus(1, x), f.plus(1, x)))
      let inside = try f.times(2, f.atan2(root, f.plus(1, x)))
      return try f.choose(f.compare(.eq, x, f.number(-1)), f.number(.pi), inside)
    case .atan: return try f.atan2(x, f.number(1))
    case .atanh:
      let halves = try f.minus(f.unary(.logPlusOne, x), f.unary(.logPlusOne, f.negated(x)))
      return try f.times(0.5, halves)
    case .asinh: return try f.inverseHyperbolicSine(x)
    case .acosh:
      let root = try f.root(f.times(f.plus(1, x), f.minus(x, f.number(1))))
      let isGreat = try f.compare(.ge, x, f.number(f.rootOfGreatest))
      return try f.choose(
        isGreat, f.plus(f.log(x), f.number(log2)), f.log(f.plus(x, root)))
    case .sinh: return try f.hyperbolicSine(x)
    case .cosh:
      let half = try f.number(-log2)
      return try f.plus(f.exp(f.plus(x, half)), f.exp(f.minus(half, x)))
    case .erf_inv: return try f.inverseErrorFunction(x)
    case .erfc: return try f.complementaryErrorFunction(x)
    case .lgamma: return try f.logOfGamma(x)
    case .digamma: return try f.digamma(x)
    case .zeta: return try f.zeta(x, y)
    case .polygamma: return try f.polygamma(x, y)
    case .bessel_i1e: return try f.besselI1e(x)
    case .next_after: preconditionFailure("it is of bits")
    }
  }

  /// The number beside `x` on the way to `y`, whose bits count up from zero on either side.
  private func neighbour(
    of x: ValueID, towards y: ValueID, _ builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let type = builder.type(of: x)
    let integers: DType = type.dtype == .f64 ? .i64 : type.dtype == .f32 ? .i32 : .i16
    let bitsType = type.with(dtype: integers)
    let bits = try builder.append(.bitcastConvert, [x], resultType: bitsType)
    var f = Formula(builder: builder, like: x)
    var whole = Formula(builder: builder, like: bits)
    let zero = try f.number(0)
    let isUp = try f.compare(.gt, y, x)
    let isPositive = try f.compare(.gt, x, zero)
    whole.builder = f.builder
    // Away from zero the bits grow.
    let isAway = try whole.compareTruth(isUp, isPositive)
    let step = try whole.choose(isAway, whole.number(1), whole.number(-1))
    let beside = try whole.plus(bits, step)
    f.builder = whole.builder
    let near = try f.builder.append(.bitcastConvert, [beside], resultType: type)
    let least = try f.builder.append(
      .bitcastConvert, [f.builder.splat(1, like: bits)], resultType: type)
    let fromZero = try f.choose(isUp, least, f.negated(least))
    let other = try f.choose(f.compare(.eq, x, zero), fromZero, near)
    let moved = try f.choose(f.compare(.eq, x, y), y, other)
    let isNumber = try f.compare(.eq, f.plus(x, y), f.plus(x, y))
    let isOpposed = try f.compare(.eq, x, f.negated(y))
    let known = try f.builder.binary(.or, isNumber, isOpposed)
    let result = try f.choose(known, moved, f.plus(x, y))
    builder = f.builder
    return result
  }
}

private let log2 = 0.693_147_180_559_945_309_4

/// Arithmetic of tensors of one type, which adds to a graph.
struct Formula {
  var builder: GraphBuilder
  /// Of the type of all terms.
  let like: ValueID

  var isDouble: Bool { builder.type(of: like).dtype == .f64 }
  /// The square of more is infinite.
  var rootOfGreatest: Double { isDouble ? 1.3e154 : 1.8e19 }

  mutating func number(_ value: Double) throws(GraphError) -> ValueID {
    try builder.splat(value, like: like)
  }
  mutating func unary(_ op: UnaryOperation, _ x: ValueID) throws(GraphError) -> ValueID {
    try builder.unary(op, x)
  }
  mutating func negated(_ x: ValueID) throws(GraphError) -> ValueID { try unary(.negate, x) }
  mutating func exp(_ x: ValueID) throws(GraphError) -> ValueID { try unary(.exponential, x) }
  mutating func log(_ x: ValueID) throws(GraphError) -> ValueID { try unary(.log, x) }
  mutating func root(_ x: ValueID) throws(GraphError) -> ValueID { try unary(.sqrt, x) }
  mutating func magnitude(_ x: ValueID) throws(GraphError) -> ValueID { try unary(.abs, x) }
  mutating func plus(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.add(a, b)
  }
  mutating func plus(_ a: Double, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.add(number(a), b)
  }
  mutating func minus(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.subtract(a, b)
  }
  mutating func minus(_ a: Double, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.subtract(number(a), b)
  }
  mutating func times(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.multiply(a, b)
  }
  mutating func times(_ a: Double, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.multiply(number(a), b)
  }
  mutating func over(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.divide(a, b)
  }
  mutating func over(_ a: Double, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.divide(number(a), b)
  }
  mutating func power(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.binary(.power, a, b)
  }
  mutating func atan2(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.binary(.atan2, a, b)
  }
  mutating func compare(
    _ direction: Comparison, _ a: ValueID, _ b: ValueID
  ) throws(GraphError) -> ValueID {
    try builder.compare(direction, a, b)
  }
  /// Whether two truth values are the same.
  mutating func compareTruth(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try builder.unary(.not, builder.binary(.xor, a, b))
  }
  mutating func choose(
    _ condition: ValueID, _ a: ValueID, _ b: ValueID
  ) throws(GraphError) -> ValueID {
    try builder.select(condition, a, b)
  }

  /// The first coefficient is that of the highest power.
  mutating func polynomial(
    _ coefficients: [Double], _ x: ValueID
  ) throws(GraphError) -> ValueID {
    var sum = try number(coefficients[0])
    for coefficient in coefficients.dropFirst() {
      sum = try plus(coefficient, times(sum, x))
    }
    return sum
  }

  /// Of coefficients of Chebyshev polynomials, that of the highest degree first.
  ///
  /// - Source: Clenshaw, "A note on the summation of Chebyshev series", 1955.
  mutating func chebyshev(_ coefficients: [Double], _ x: ValueID) throws(GraphError) -> ValueID {
    var (sum, before, last) = (try number(0), try number(0), try number(0))
    for coefficient in coefficients {
      (last, before) = (before, sum)
      sum = try plus(coefficient, minus(times(x, before), last))
    }
    return try times(0.5, minus(sum, last))
  }
}
