internal import GraphIR

extension BackwardStep {
  /// `g · f'(x)`, from the result `y = f(x)` where that is cheaper; `nil` where `f' = 0`.
  ///
  /// At its kink `abs` takes the derivative 0 (the sign of 0).
  func unary(
    _ op: UnaryOperation, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID? {
    let (x, y, g) = (operands[0], result, cotangent)
    switch op {
    case .abs: return try builder.multiply(g, builder.unary(.sign, x))
    case .cbrt:
      // 1/3 · y / x is 1/3 · x^(-2/3).
      return try builder.multiply(builder.scaled(g, by: 1.0 / 3), builder.divide(y, x))
    case .ceil, .countLeadingZeros, .floor, .isFinite, .not, .populationCount, .roundNearestAway,
      .roundNearestEven, .sign:
      return nil
    case .cosine:
      return try builder.scaled(g, builder.unary(.negate, builder.unary(.sine, x)))
    case .erf:
      let bell = try builder.unary(.exponential, builder.unary(.negate, builder.multiply(x, x)))
      return try builder.multiply(builder.scaled(g, by: 2 / Double.pi.squareRoot()), bell)
    case .exponential: return try builder.scaled(g, y)
    case .exponentialMinusOne:
      return try builder.scaled(g, builder.add(y, builder.splat(1, like: y)))
    case .log: return try builder.divide(g, x)
    case .logPlusOne: return try builder.divide(g, builder.add(x, builder.splat(1, like: x)))
    case .logistic:
      let complement = try builder.subtract(builder.splat(1, like: y), y)
      return try builder.scaled(g, builder.multiply(y, complement))
    case .negate: return try builder.negated(g)
    case .rsqrt:
      return try builder.multiply(builder.scaled(g, by: -0.5), builder.divide(y, x))
    case .sine: return try builder.scaled(g, builder.unary(.cosine, x))
    case .sqrt: return try builder.divide(builder.scaled(g, by: 0.5), y)
    case .tanh:
      let slope = try builder.subtract(builder.splat(1, like: y), builder.multiply(y, y))
      return try builder.scaled(g, slope)
    }
  }

  /// The derivative keeps its value and takes the operand's type; nothing flows to integers.
  func convert(in builder: inout GraphBuilder) throws(GraphError) -> ValueID? {
    let dtype = builder.type(of: operands[0]).dtype
    return dtype.isFloatingPoint ? try builder.convert(cotangent, to: dtype) : nil
  }
}
