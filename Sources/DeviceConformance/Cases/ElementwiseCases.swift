internal import GraphIR

extension ConformanceSuite {
  /// Sizes around the widths of vector registers, and beyond a block.
  static let sizes = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 1009]

  /// Every elementwise operation on every type that has it.
  static func elementwiseCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for dtype in DType.allCases {
      for op in UnaryOperation.allCases where op.isDefined(for: dtype) {
        cases.append(try unaryCase(op, dtype))
      }
      for op in BinaryOperation.allCases where op.isDefined(for: dtype) {
        cases.append(try binaryCase(op, dtype))
      }
      cases.append(try comparisonCase(dtype))
      cases.append(try selectionCase(dtype))
    }
    for size in sizes { cases.append(try sizeCase(size)) }
    return cases
  }

  private static func unaryCase(
    _ op: UnaryOperation, _ dtype: DType
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("\(op.rawValue) \(dtype)") { (b) throws(GraphError) in
      let x = b.input([3, 37], dtype, in: op.domain(dtype))
      b.result(try b.graph.unary(op, x))
    }
  }

  private static func binaryCase(
    _ op: BinaryOperation, _ dtype: DType
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("\(op.rawValue) \(dtype)") { (b) throws(GraphError) in
      let (left, right) = op.domains(dtype)
      let x = b.input([5, 23], dtype, in: left)
      let y = b.input([5, 23], dtype, in: right)
      b.result(try b.graph.binary(op, x, y))
    }
  }

  private static func comparisonCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("compare \(dtype)") { (b) throws(GraphError) in
      let x = b.input([67], dtype, in: 0...3)
      let y = b.input([67], dtype, in: 0...3)
      for direction in Comparison.allCases {
        b.result(try b.graph.compare(direction, x, y))
        b.result(try b.graph.compare(direction, x, x))
      }
    }
  }

  private static func selectionCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("select \(dtype)") { (b) throws(GraphError) in
      let predicate = b.input([67], .i1)
      let scalar = b.input(Literal(.scalar(.i1), splat: 1))
      let x = b.input([67], dtype, in: 0...100)
      let y = b.input([67], dtype, in: 0...100)
      b.result(try b.graph.select(predicate, x, y))
      b.result(try b.graph.select(scalar, x, y))
      b.result(try b.graph.select(b.graph.unary(.not, scalar), x, y))
    }
  }

  /// A fused chain over a size that may not fill the last vector.
  private static func sizeCase(_ size: Int) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("chain of \(size)") { (b) throws(GraphError) in
      let x = b.input([size])
      let y = b.input([size])
      let product = try b.graph.multiply(x, y)
      let sum = try b.graph.add(product, x)
      b.result(try b.graph.maximum(sum, b.graph.splat(0, like: sum)))
      b.result(try b.graph.unary(.sqrt, b.graph.unary(.abs, sum)))
    }
  }

  /// Infinities, NaNs, signed zeros and subnormal numbers.
  static func specialValueCases() throws(GraphError) -> [ConformanceCase] {
    let specials: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, 3.5, -2.5, 0x1p-140, 0x1.fffffep127, 0x1p-126,
    ]
    let pairs = specials.flatMap { a in specials.map { (a, $0) } }
    var cases: [ConformanceCase] = []
    for op in UnaryOperation.allCases where op.isDefined(for: .f32) {
      cases.append(
        try ConformanceCase("\(op.rawValue) of special values") { (b) throws(GraphError) in
          let x = b.input(Literal(TensorType([specials.count], .f32), specials))
          b.result(try b.graph.unary(op, x))
        })
    }
    let type = TensorType([pairs.count], .f32)
    for op: BinaryOperation in [.add, .subtract, .multiply, .divide, .maximum, .minimum] {
      cases.append(
        try ConformanceCase("\(op.rawValue) of special values") { (b) throws(GraphError) in
          let x = b.input(Literal(type, pairs.map(\.0)))
          let y = b.input(Literal(type, pairs.map(\.1)))
          b.result(try b.graph.binary(op, x, y))
        })
    }
    cases.append(
      try ConformanceCase("compare of special values") { (b) throws(GraphError) in
        let x = b.input(Literal(type, pairs.map(\.0)))
        let y = b.input(Literal(type, pairs.map(\.1)))
        for direction in Comparison.allCases { b.result(try b.graph.compare(direction, x, y)) }
      })
    return cases
  }

  /// Every type to every other, with ties between neighbours of the narrower float types.
  static func conversionCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for from in DType.allCases {
      for to in DType.allCases where to != from {
        cases.append(
          try ConformanceCase("convert \(from) to \(to)") { (b) throws(GraphError) in
            let x = b.input([131], from, in: to == .ui8 ? 0...100 : -100...100)
            b.result(try b.graph.convert(x, to: to))
          })
      }
    }
    for to: DType in [.bf16, .f16] {
      cases.append(
        try ConformanceCase("convert ties to \(to)") { (b) throws(GraphError) in
          // Steps of 2⁻¹² from 1 on: all ties and near ties of 8 and 11 bits.
          let values = (0..<4099).map { 1 + Double($0) * 0x1p-12 }
          let x = b.input(Literal(TensorType([values.count], .f32), values))
          b.result(try b.graph.convert(x, to: to))
          b.result(try b.graph.convert(b.graph.unary(.negate, x), to: to))
        })
    }
    return cases
  }
}

extension UnaryOperation {
  func isDefined(for dtype: DType) -> Bool {
    let type = TensorType([1], dtype)
    return
      (try? inferredType(of: .unary(self), operands: [type], declared: nil, place: "")) != nil
  }

  /// Where the operation is well conditioned on every type.
  func domain(_ dtype: DType) -> ClosedRange<Double> {
    switch self {
    case .log, .rsqrt, .sqrt: 0.1...9
    case .abs, .ceil, .exponential, .floor, .logistic, .negate, .not, .roundNearestEven, .sign,
      .tanh:
      dtype == .ui8 ? 0...200 : -4...4
    }
  }
}

extension BinaryOperation {
  func isDefined(for dtype: DType) -> Bool {
    let type = TensorType([1], dtype)
    return
      (try? inferredType(
        of: .binary(self), operands: [type, type], declared: nil, place: "")) != nil
  }

  /// Divisors are not zero, bases of powers positive; integers overflow now and then.
  func domains(_ dtype: DType) -> (ClosedRange<Double>, ClosedRange<Double>) {
    switch self {
    case .divide, .remainder: (dtype == .ui8 ? 0...200 : -100...100, 1...9)
    case .power: dtype.isFloatingPoint ? (0.1...4, -3...3) : (dtype == .ui8 ? 0...9 : -9...9, 0...3)
    case .add, .multiply, .subtract:
      dtype == .i32 ? (-2e9...2e9, -2e9...2e9) : (dtype == .ui8 ? 0...250 : -100...100, 0...120)
    case .and, .maximum, .minimum, .or, .xor:
      (dtype == .ui8 ? 0...250 : -100...100, dtype == .ui8 ? 0...250 : -100...100)
    }
  }
}
