extension ReferenceEvaluator {
  /// The elementwise operations.
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
    case .stochasticConvert:
      return Literal(
        type, (0..<count).map { stochasticallyRounded(operands[0][$0], bits: operands[1][$0]) })
    default: preconditionFailure("\(operation.name) is not elementwise")
    }
  }

  /// A binary32 value rounded to bfloat16 by the low 16 bits of an `i32`.
  package static func stochasticallyRounded(_ x: Double, bits: Double) -> Double {
    let random = UInt32(bitPattern: Int32(truncatingIfNeeded: Int(bits)))
    return Double(NarrowFloats.stochasticallyRoundedToBFloat16(Float(x), bits: random))
  }
}
