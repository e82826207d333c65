internal import GraphIR

/// Arithmetic that stays symbolic while all elements are one known constant.
///
/// The way back starts from the constant 1 and scales it; folding those factors here keeps the
/// step graph free of work that no device should have to find out to be needless.
extension GraphBuilder {
  /// The constant that fills `value`, where the graph says so plainly.
  func splatValue(of value: ValueID) -> Double? {
    switch graph[value].operation {
    case .constant(let literal): literal.splat
    case .broadcastInDim: splatValue(of: graph[value].operands[0])
    default: nil
    }
  }

  /// A constant of the type of `value`.
  private mutating func filled(_ constant: Double, like value: ValueID) throws(GraphError)
    -> ValueID
  {
    let type = type(of: value)
    return type.rank == 0 ? try scalar(constant, type.dtype) : try splat(constant, like: value)
  }

  /// `a · b`, folded if both are constants or one is 1.
  mutating func scaled(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    let (first, second) = (splatValue(of: a), splatValue(of: b))
    if first == 1 { return b }
    if second == 1 { return a }
    if let first, let second { return try filled(first * second, like: a) }
    return try multiply(a, b)
  }

  /// `a · factor`, folded if `a` is a constant.
  mutating func scaled(_ a: ValueID, by factor: Double) throws(GraphError) -> ValueID {
    if let constant = splatValue(of: a) { return try filled(constant * factor, like: a) }
    return try multiply(a, splat(factor, like: a))
  }

  /// `-a`, folded if it is a constant.
  mutating func negated(_ a: ValueID) throws(GraphError) -> ValueID {
    if let constant = splatValue(of: a) { return try filled(-constant, like: a) }
    return try unary(.negate, a)
  }

  /// `a` broadcast; a constant is broadcast from its scalar at once.
  mutating func spread(
    _ a: ValueID, to shape: [Int], dimensions: [Int]
  ) throws(GraphError) -> ValueID {
    guard let constant = splatValue(of: a), type(of: a).rank > 0 else {
      return try broadcast(a, to: shape, dimensions: dimensions)
    }
    return try broadcast(scalar(constant, type(of: a).dtype), to: shape, dimensions: [])
  }
}
