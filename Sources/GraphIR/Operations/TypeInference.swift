/// The result type of an operation on operands of the given types.
///
/// - Parameters:
///   - declared: the type that the instruction states; needed by the operations whose result does
///     not follow from the operands, and checked by them.
///   - place: asked for only when a rule is broken.
/// - Throws: `GraphError` at `place` when a rule of the operation is broken.
package func inferredType(
  of operation: Operation, operands: [TensorType], declared: TensorType?,
  place: @autoclosure () -> String
) throws(GraphError) -> TensorType {
  do throws(BrokenRule) {
    return try TypeRules(operands: operands, declared: declared).type(of: operation)
  } catch {
    throw GraphError(place: place(), reason: error.reason)
  }
}

/// The types of all values of an operation, of which there may be several.
///
/// - Throws: `GraphError` at `place` when a rule of the operation is broken.
package func resultTypes(
  of operation: Operation, operands: [TensorType], place: @autoclosure () -> String
) throws(GraphError) -> [TensorType] {
  do throws(BrokenRule) {
    return try TypeRules(operands: operands, declared: nil).types(of: operation)
  } catch {
    throw GraphError(place: place(), reason: error.reason)
  }
}

/// A rule of an operation that its operands break.
struct BrokenRule: Error {
  let reason: String
}

/// The typing rules, one method an operation, on as many operands as its descriptor says; see the StableHLO specification, "Ops".
struct TypeRules {
  let operands: [TensorType]
  let declared: TensorType?

  /// The type of the only value of an operation, or of its first.
  func type(of operation: Operation) throws(BrokenRule) -> TensorType {
    let descriptor = operation.descriptor
    try require(
      descriptor.arity.contains(operands.count),
      "takes \(descriptor.arity), has \(operands.count)")
    switch descriptor.values {
    case .one(let rule, _): return try rule(self)
    case .several(let rule, _): return try rule(self)[0]
    case .given: return try requireDeclared()
    }
  }

  /// The types of all values of an operation.
  func types(of operation: Operation) throws(BrokenRule) -> [TensorType] {
    let descriptor = operation.descriptor
    guard case .several(let rule, _) = descriptor.values else { return [try type(of: operation)] }
    try require(
      descriptor.arity.contains(operands.count),
      "takes \(descriptor.arity), has \(operands.count)")
    return try rule(self)
  }

  func fail(_ reason: String) -> BrokenRule { BrokenRule(reason: reason) }

  func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(BrokenRule) {
    if !condition { throw fail(reason()) }
  }

  func requireDeclared() throws(BrokenRule) -> TensorType {
    guard let declared else { throw fail("needs its result type stated") }
    try require(
      declared.shape.allSatisfy { $0 >= 0 }, "has a negative size in its type \(declared)")
    return declared
  }

  /// Each entry names a dimension of a tensor of `rank`, no dimension twice.
  func requireDimensions(_ dimensions: [Int], rank: Int, _ what: String) throws(BrokenRule) {
    let areDistinct = dimensions.indices.allSatisfy {
      !dimensions[..<$0].contains(dimensions[$0])
    }
    try require(
      areDistinct && dimensions.allSatisfy { $0 >= 0 && $0 < rank },
      "\(what) \(dimensions) must be distinct dimensions of a tensor of rank \(rank)")
  }
}

extension TypeRules {
  func iota(_ dimension: Int) throws(BrokenRule) -> TensorType {
    let type = try requireDeclared()
    try requireDimensions([dimension], rank: type.rank, "iota dimension")
    try require(type.dtype != .i1, "counts in numbers, not in \(type.dtype)")
    return type
  }

  func unary(_ op: UnaryOperation.Descriptor) throws(BrokenRule) -> TensorType {
    let type = operands[0]
    try require(op.types.contains(type.dtype), "is not defined for \(type.dtype)")
    return op.result.map { type.with(dtype: $0) } ?? type
  }

  func binary(_ op: BinaryOperation.Descriptor) throws(BrokenRule) -> TensorType {
    try requireOneType()
    try require(
      op.types.contains(operands[0].dtype), "is not defined for \(operands[0].dtype)")
    return operands[0]
  }

  private func requireOneType() throws(BrokenRule) {
    try require(
      operands[0] == operands[1],
      "needs two operands of one type, has \(operands[0]) and \(operands[1])")
  }

  func clamp() throws(BrokenRule) -> TensorType {
    let type = operands[1]
    for bound in [operands[0], operands[2]] {
      try require(
        bound == type || bound == .scalar(type.dtype),
        "needs bounds of \(type) or scalars of \(type.dtype), has \(bound)")
    }
    return type
  }

  func compare() throws(BrokenRule) -> TensorType {
    try requireOneType()
    return operands[0].with(dtype: .i1)
  }

  func select() throws(BrokenRule) -> TensorType {
    try require(
      operands[0].dtype == .i1 && (operands[0].rank == 0 || operands[0].shape == operands[1].shape),
      "needs an i1 predicate of shape \(operands[1].shape), has \(operands[0])")
    try require(
      operands[1] == operands[2],
      "needs two values of one type, has \(operands[1]) and \(operands[2])")
    return operands[1]
  }

  func convert() throws(BrokenRule) -> TensorType {
    let type = try requireDeclared()
    try require(
      type.shape == operands[0].shape,
      "keeps the shape \(operands[0].shape), not \(type.shape)")
    return type
  }

  func stochasticConvert() throws(BrokenRule) -> TensorType {
    let type = try requireDeclared()
    try require(
      operands[0].dtype == .f32 && type == operands[0].with(dtype: .bf16),
      "turns f32 into bf16 of the same shape, not \(operands[0]) into \(type)")
    try require(
      operands[1] == operands[0].with(dtype: .i32),
      "needs random bits of \(operands[0].with(dtype: .i32)), has \(operands[1])")
    return type
  }

  func randomBits(_ stream: Int) throws(BrokenRule) -> TensorType {
    let type = try requireDeclared()
    try require(
      operands[0] == TensorType([2], .i32), "needs a key of tensor<2xi32>, has \(operands[0])")
    try require(type.dtype == .i32, "gives i32, not \(type.dtype)")
    try require(
      UInt32(exactly: stream) != nil && type.elementCount < 1 << 32,
      "numbers streams and elements below 2^32, has stream \(stream) of \(type)")
    return type
  }
}
