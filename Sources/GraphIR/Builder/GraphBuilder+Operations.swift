extension GraphBuilder {
  /// A tensor known at compile time.
  public mutating func constant(_ literal: Literal) throws(GraphError) -> ValueID {
    try append(.constant(literal), [])
  }

  /// A scalar constant.
  public mutating func scalar(_ value: Double, _ dtype: DType = .f32) throws(GraphError) -> ValueID
  {
    try constant(Literal(.scalar(dtype), splat: value))
  }

  /// Counts from 0 along `dimension`.
  public mutating func iota(_ type: TensorType, dimension: Int) throws(GraphError) -> ValueID {
    try append(.iota(dimension: dimension), [], resultType: type)
  }

  /// Elementwise, of the type of `x`.
  public mutating func unary(_ op: UnaryOperation, _ x: ValueID) throws(GraphError) -> ValueID {
    try append(.unary(op), [x])
  }

  /// Elementwise; both operands of one type, which the result has too.
  public mutating func binary(
    _ op: BinaryOperation, _ a: ValueID, _ b: ValueID
  ) throws(GraphError) -> ValueID {
    try append(.binary(op), [a, b])
  }

  /// `a + b`, element by element.
  public mutating func add(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try binary(.add, a, b)
  }

  /// `a - b`, element by element.
  public mutating func subtract(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try binary(.subtract, a, b)
  }

  /// `a * b`, element by element.
  public mutating func multiply(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try binary(.multiply, a, b)
  }

  /// `a / b`, element by element.
  public mutating func divide(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try binary(.divide, a, b)
  }

  /// The greater of `a` and `b`, element by element; NaN if one is.
  public mutating func maximum(_ a: ValueID, _ b: ValueID) throws(GraphError) -> ValueID {
    try binary(.maximum, a, b)
  }

  /// `i1` of the operands' shape.
  public mutating func compare(
    _ direction: Comparison, _ a: ValueID, _ b: ValueID
  ) throws(GraphError) -> ValueID {
    try append(.compare(direction), [a, b])
  }

  /// `predicate` is `i1`, a scalar or of the shape of the two values.
  public mutating func select(
    _ predicate: ValueID, _ whenTrue: ValueID, _ whenFalse: ValueID
  ) throws(GraphError) -> ValueID {
    try append(.select, [predicate, whenTrue, whenFalse])
  }

  /// `x`, but no less than `low` and no greater than `high`; these are scalars or of its shape.
  public mutating func clamp(
    _ low: ValueID, _ x: ValueID, _ high: ValueID
  ) throws(GraphError) -> ValueID {
    try append(.clamp, [low, x, high])
  }

  /// Changes the element type; `x` itself if it has that type.
  public mutating func convert(_ x: ValueID, to dtype: DType) throws(GraphError) -> ValueID {
    let from = type(of: x)
    if from.dtype == dtype { return x }
    return try append(.convert, [x], resultType: from.with(dtype: dtype))
  }

  /// f32 to bf16, up or down by the low 16 of `bits`.
  public mutating func stochasticConvert(
    _ x: ValueID, bits: ValueID
  ) throws(GraphError) -> ValueID {
    try append(.stochasticConvert, [x, bits], resultType: type(of: x).with(dtype: .bf16))
  }

  /// Pseudo-random bits; `key` is i32 `[2]`.
  public mutating func randomBits(
    _ type: TensorType, key: ValueID, stream: Int
  ) throws(GraphError) -> ValueID {
    try append(.randomBits(stream: stream), [key], resultType: type)
  }

  /// Dimension `i` of `x` becomes dimension `dimensions[i]` of `shape`.
  public mutating func broadcast(
    _ x: ValueID, to shape: [Int], dimensions: [Int]
  ) throws(GraphError) -> ValueID {
    try append(
      .broadcastInDim(dimensions: dimensions), [x],
      resultType: TensorType(shape, type(of: x).dtype))
  }

  /// A scalar value spread over the shape of `other`.
  public mutating func broadcastScalar(
    _ x: ValueID, like other: ValueID
  ) throws(GraphError) -> ValueID {
    try broadcast(x, to: type(of: other).shape, dimensions: [])
  }

  /// A constant spread over the type of `other`.
  public mutating func splat(_ value: Double, like other: ValueID) throws(GraphError) -> ValueID {
    try broadcastScalar(scalar(value, type(of: other).dtype), like: other)
  }

  /// The same elements, row-major, in another shape.
  public mutating func reshape(_ x: ValueID, to shape: [Int]) throws(GraphError) -> ValueID {
    try append(.reshape, [x], resultType: TensorType(shape, type(of: x).dtype))
  }

  /// Result dimension `i` is dimension `permutation[i]` of `x`.
  public mutating func transpose(
    _ x: ValueID, permutation: [Int]
  ) throws(GraphError) -> ValueID {
    try append(.transpose(permutation: permutation), [x])
  }

  /// Products and their sums; `[m, k] · [k, n]` unless dimensions are given.
  ///
  /// `sums` is the wider type in which it is delivered, if one is wanted.
  public mutating func dotGeneral(
    _ a: ValueID, _ b: ValueID, _ dimensions: DotDimensions = .matrixProduct,
    sums: DType? = nil
  ) throws(GraphError) -> ValueID {
    try product(.dotGeneral(dimensions), a, b, sums: sums)
  }

  /// Slides `kernel` over `input`, as StableHLO does: no flip of the kernel.
  ///
  /// `sums` is the wider type in which it is delivered, if one is wanted.
  public mutating func convolution(
    _ input: ValueID, _ kernel: ValueID, _ attributes: ConvolutionAttributes, sums: DType? = nil
  ) throws(GraphError) -> ValueID {
    try product(.convolution(attributes), input, kernel, sums: sums)
  }

  private mutating func product(
    _ operation: Operation, _ a: ValueID, _ b: ValueID, sums: DType?
  ) throws(GraphError) -> ValueID {
    guard let sums else { return try append(operation, [a, b]) }
    let natural = try inferredType(
      of: operation, operands: [type(of: a), type(of: b)], declared: nil, place: operation.name)
    return try append(operation, [a, b], resultType: natural.with(dtype: sums))
  }

  /// Reduces from the reducer's neutral element.
  public mutating func reduce(
    _ reducer: Reducer, _ x: ValueID, dimensions: [Int]
  ) throws(GraphError) -> ValueID {
    let start = try scalar(reducer.neutralElement(type(of: x).dtype), type(of: x).dtype)
    return try append(.reduce(reducer, dimensions: dimensions), [x, start])
  }

  /// Reduces windows from the reducer's neutral element.
  public mutating func reduceWindow(
    _ reducer: Reducer, _ x: ValueID, _ window: WindowAttributes
  ) throws(GraphError) -> ValueID {
    let start = try scalar(reducer.neutralElement(type(of: x).dtype), type(of: x).dtype)
    return try append(.reduceWindow(reducer, window), [x, start])
  }
}

extension Reducer {
  /// Whether all of a literal's elements change nothing.
  package func isNeutral(_ literal: Literal) -> Bool {
    let dtype = literal.type.dtype
    let neutral = Literal(.scalar(dtype), splat: neutralElement(dtype))
    guard literal.distinctWords.count == 1 else { return false }
    // Zeros of both signs.
    return literal.splat == neutral.splat
      && (!dtype.isWide || literal.word(at: 0).bitPattern == neutral.word(at: 0).bitPattern)
  }

  /// The value that changes no other value of the type when combined with it.
  public func neutralElement(_ dtype: DType) -> Double {
    switch self {
    case .add: 0
    case .multiply: 1
    case .maximum: dtype == .i1 ? 0 : dtype.rounding(-.infinity)
    case .minimum: dtype.rounding(.infinity)
    }
  }
}
