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

/// A rule of an operation that its operands break.
struct BrokenRule: Error {
  let reason: String
}

/// The typing rules, one method an operation; see the StableHLO specification, "Ops".
struct TypeRules {
  let operands: [TensorType]
  let declared: TensorType?

  func type(of operation: Operation) throws(BrokenRule) -> TensorType {
    switch operation {
    case .parameter: return try requireDeclared(count: 0)
    case .constant(let literal):
      try requireOperands(0)
      return literal.type
    case .iota(let dimension): return try iota(dimension)
    case .unary(let op): return try unary(op)
    case .binary(let op): return try binary(op)
    case .compare: return try compare()
    case .select: return try select()
    case .convert: return try convert()
    case .stochasticConvert: return try stochasticConvert()
    case .randomBits(let stream): return try randomBits(stream)
    case .broadcastInDim(let dimensions): return try broadcast(dimensions)
    case .reshape: return try reshape()
    case .transpose(let permutation): return try transpose(permutation)
    case .reverse(let dimensions): return try reverse(dimensions)
    case .slice(let start, let limit, let strides): return try slice(start, limit, strides)
    case .pad(let low, let high, let interior): return try pad(low, high, interior)
    case .concatenate(let dimension): return try concatenate(dimension)
    case .dotGeneral(let dimensions): return try dotGeneral(dimensions)
    case .convolution(let attributes): return try convolution(attributes)
    case .reduce(_, let dimensions): return try reduce(dimensions)
    case .reduceWindow(_, let window): return try reduceWindow(window)
    case .selectAndScatter(let window): return try selectAndScatter(window)
    case .fusion(let region): return try fusion(region)
    case .fusionResult: return try requireDeclared(count: 1)
    }
  }

  func fail(_ reason: String) -> BrokenRule { BrokenRule(reason: reason) }

  func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(BrokenRule) {
    if !condition { throw fail(reason()) }
  }

  func requireOperands(_ count: Int) throws(BrokenRule) {
    try require(
      operands.count == count, "takes \(count) operands, has \(operands.count)")
  }

  func requireDeclared(count: Int) throws(BrokenRule) -> TensorType {
    try requireOperands(count)
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
    let type = try requireDeclared(count: 0)
    try requireDimensions([dimension], rank: type.rank, "iota dimension")
    try require(type.dtype != .i1, "counts in numbers, not in \(type.dtype)")
    return type
  }

  func unary(_ op: UnaryOperation) throws(BrokenRule) -> TensorType {
    try requireOperands(1)
    let dtype = operands[0].dtype
    let fits =
      switch op {
      case .abs, .negate, .sign: dtype != .i1
      case .not: !dtype.isFloatingPoint
      case .ceil, .exponential, .floor, .log, .logistic, .roundNearestEven, .rsqrt, .sqrt, .tanh:
        dtype.isFloatingPoint
      }
    try require(fits, "is not defined for \(dtype)")
    return operands[0]
  }

  func binary(_ op: BinaryOperation) throws(BrokenRule) -> TensorType {
    try requireOperands(2)
    try require(
      operands[0] == operands[1],
      "needs two operands of one type, has \(operands[0]) and \(operands[1])")
    let dtype = operands[0].dtype
    let fits =
      switch op {
      case .and, .or, .xor: !dtype.isFloatingPoint
      case .divide, .power, .remainder, .subtract: dtype != .i1
      case .add, .maximum, .minimum, .multiply: true
      }
    try require(fits, "is not defined for \(dtype)")
    return operands[0]
  }

  func compare() throws(BrokenRule) -> TensorType {
    try requireOperands(2)
    try require(
      operands[0] == operands[1],
      "needs two operands of one type, has \(operands[0]) and \(operands[1])")
    return operands[0].with(dtype: .i1)
  }

  func select() throws(BrokenRule) -> TensorType {
    try requireOperands(3)
    try require(
      operands[0].dtype == .i1 && (operands[0].rank == 0 || operands[0].shape == operands[1].shape),
      "needs an i1 predicate of shape \(operands[1].shape), has \(operands[0])")
    try require(
      operands[1] == operands[2],
      "needs two values of one type, has \(operands[1]) and \(operands[2])")
    return operands[1]
  }

  func convert() throws(BrokenRule) -> TensorType {
    let type = try requireDeclared(count: 1)
    try require(
      type.shape == operands[0].shape,
      "keeps the shape \(operands[0].shape), not \(type.shape)")
    return type
  }

  func stochasticConvert() throws(BrokenRule) -> TensorType {
    let type = try requireDeclared(count: 2)
    try require(
      operands[0].dtype == .f32 && type == operands[0].with(dtype: .bf16),
      "turns f32 into bf16 of the same shape, not \(operands[0]) into \(type)")
    try require(
      operands[1] == operands[0].with(dtype: .i32),
      "needs random bits of \(operands[0].with(dtype: .i32)), has \(operands[1])")
    return type
  }

  /// The type of the region's first result.
  func fusion(_ region: FusedRegion) throws(BrokenRule) -> TensorType {
    let parameters = region.body.parameters
    try requireOperands(parameters.count)
    for (parameter, operand) in zip(parameters, operands) {
      try require(
        parameter.type == operand,
        "takes \(parameter.type) as '\(parameter.name)', has \(operand)")
    }
    do { try region.verify() } catch { throw fail("\(error)") }
    return region.resultTypes[0]
  }

  func randomBits(_ stream: Int) throws(BrokenRule) -> TensorType {
    let type = try requireDeclared(count: 1)
    try require(
      operands[0] == TensorType([2], .i32), "needs a key of tensor<2xi32>, has \(operands[0])")
    try require(type.dtype == .i32, "gives i32, not \(type.dtype)")
    try require(
      UInt32(exactly: stream) != nil && type.elementCount < 1 << 32,
      "numbers streams and elements below 2^32, has stream \(stream) of \(type)")
    return type
  }
}
