internal import GraphIR

extension BackwardStep {
  func binary(
    _ op: BinaryOperation, in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let (a, b, g) = (operands[0], operands[1], cotangent)
    switch op {
    case .add: return [g, g]
    case .subtract: return [g, wanted[1] ? try builder.negated(g) : nil]
    case .multiply:
      return [
        wanted[0] ? try builder.scaled(g, b) : nil, wanted[1] ? try builder.scaled(g, a) : nil,
      ]
    case .divide:
      let left = try builder.divide(g, b)
      return [
        left, wanted[1] ? try builder.unary(.negate, builder.multiply(left, result)) : nil,
      ]
    case .maximum: return try chosen(.gt, in: &builder)
    case .minimum: return try chosen(.lt, in: &builder)
    case .power: return try power(in: &builder)
    case .remainder: return try remainder(in: &builder)
    case .atan2: return try atan2(in: &builder)
    case .and, .or, .shiftLeft, .shiftRightArithmetic, .shiftRightLogical, .xor: return [nil, nil]
    }
  }

  /// `maximum`, `minimum`: all goes to the operand that was chosen, on a tie to the second.
  ///
  /// The result `y` stands in for the first operand: `a > b` exactly if `max(a, b) > b`. So the
  /// value before a ReLU need not be kept, and the derivative of a ReLU at 0 is 0.
  private func chosen(
    _ direction: Comparison, in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let isFirst = try builder.compare(direction, result, operands[1])
    let zero = try builder.splat(0, like: cotangent)
    return [
      wanted[0] ? try builder.select(isFirst, cotangent, zero) : nil,
      wanted[1] ? try builder.select(isFirst, zero, cotangent) : nil,
    ]
  }

  /// `a^b`: by `a` it is `b a^(b-1)`, by `b` it is `a^b ln a`; 0 where `b = 0` and where `a = 0`.
  private func power(in builder: inout GraphBuilder) throws(GraphError) -> [ValueID?] {
    let (a, b) = (operands[0], operands[1])
    let (zero, one) = (try builder.splat(0, like: a), try builder.splat(1, like: a))
    var results: [ValueID?] = [nil, nil]
    if wanted[0] {
      let exponent = try builder.select(
        builder.compare(.eq, b, zero), one, builder.subtract(b, one))
      let slope = try builder.multiply(b, builder.binary(.power, a, exponent))
      results[0] = try builder.scaled(cotangent, slope)
    }
    if wanted[1] {
      let base = try builder.select(builder.compare(.eq, a, zero), one, a)
      let slope = try builder.multiply(result, builder.unary(.log, base))
      results[1] = try builder.scaled(cotangent, slope)
    }
    return results
  }

  /// `a - b trunc(a/b)`: by `a` it is 1, by `b` it is `-trunc(a/b)`, between the jumps.
  private func remainder(in builder: inout GraphBuilder) throws(GraphError) -> [ValueID?] {
    guard wanted[1] else { return [cotangent, nil] }
    let quotient = try builder.divide(operands[0], operands[1])
    let whole = try builder.unary(.floor, builder.unary(.abs, quotient))
    let truncated = try builder.multiply(builder.unary(.sign, quotient), whole)
    return [
      cotangent, try builder.unary(.negate, builder.multiply(cotangent, truncated)),
    ]
  }

  /// `atan2(a, b)`: by `a` it is `b / (a² + b²)`, by `b` it is `-a / (a² + b²)`.
  private func atan2(in builder: inout GraphBuilder) throws(GraphError) -> [ValueID?] {
    let (a, b) = (operands[0], operands[1])
    let square = try builder.add(builder.multiply(a, a), builder.multiply(b, b))
    let share = try builder.divide(cotangent, square)
    return [
      wanted[0] ? try builder.multiply(share, b) : nil,
      wanted[1] ? try builder.unary(.negate, builder.multiply(share, a)) : nil,
    ]
  }

  /// The derivative goes to the tensor where its element is strictly between the bounds, else to the
  /// bound that it was cut to; the sum of it to a scalar.
  func clamp(in builder: inout GraphBuilder) throws(GraphError) -> [ValueID?] {
    let zero = try builder.splat(0, like: cotangent)
    let shape = builder.type(of: cotangent).shape
    var bounds: [ValueID] = []
    for bound in [operands[0], operands[2]] {
      let isScalar = builder.type(of: bound).rank == 0 && !shape.isEmpty
      bounds.append(isScalar ? try builder.broadcast(bound, to: shape, dimensions: []) : bound)
    }
    // Where the bounds cross, the greatest value has the last word.
    let isLow = try builder.compare(.le, operands[1], bounds[0])
    let isHigh = try builder.compare(
      .ge, builder.maximum(operands[1], bounds[0]), bounds[1])
    let rest = try builder.select(isHigh, zero, cotangent)
    func cut(_ value: ValueID, _ bound: ValueID) throws(GraphError) -> ValueID {
      builder.type(of: bound).rank == 0 ? try total(value, in: &builder) : value
    }
    return [
      wanted[0] ? try cut(builder.select(isLow, rest, zero), operands[0]) : nil,
      wanted[1] ? try builder.select(isLow, zero, rest) : nil,
      wanted[2] ? try cut(builder.select(isHigh, cotangent, zero), operands[2]) : nil,
    ]
  }

  /// The derivative goes where the value came from.
  func select(in builder: inout GraphBuilder) throws(GraphError) -> [ValueID?] {
    let zero = try builder.splat(0, like: cotangent)
    return [
      nil,
      wanted[1] ? try builder.select(operands[0], cotangent, zero) : nil,
      wanted[2] ? try builder.select(operands[0], zero, cotangent) : nil,
    ]
  }
}
