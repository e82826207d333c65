extension ReferenceEvaluator {
  /// `unary`, `binary`, `compare`, `select` and `convert`, element by element.
  static func elementwise(
    _ operation: Operation, _ type: TensorType, _ operands: [Literal]
  ) -> Literal {
    let dtype = operands[0].type.dtype
    let count = type.elementCount
    switch operation {
    case .unary(let op):
      return Literal(type, (0..<count).map { op.apply(operands[0][$0], dtype) })
    case .binary(let op):
      return Literal(
        type, (0..<count).map { op.apply(operands[0][$0], operands[1][$0], dtype) })
    case .compare(let direction):
      return Literal(
        type, (0..<count).map { direction.holds(operands[0][$0], operands[1][$0]) ? 1 : 0 })
    case .select:
      // A scalar predicate is a splat and answers for every position.
      return Literal(
        type, (0..<count).map { operands[0][$0] != 0 ? operands[1][$0] : operands[2][$0] })
    case .convert:
      return Literal(type, operands[0].elements)
    default: preconditionFailure("\(operation.name) is not elementwise")
    }
  }
}
