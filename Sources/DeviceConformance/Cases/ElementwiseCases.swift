internal import GraphIR

extension ConformanceSuite {
  /// Sizes around the widths of vector registers, and beyond a block.
  static let sizes = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 1009]

  /// Every elementwise operation on every type that has it.
  static func elementwiseCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for dtype in DType.allCases {
      for op in UnaryOperation.allCases where op.descriptor.types.contains(dtype) {
        cases.append(try unaryCase(op, dtype))
      }
      for op in BinaryOperation.allCases where op.descriptor.types.contains(dtype) {
        cases.append(try binaryCase(op, dtype))
      }
      cases.append(try comparisonCase(dtype))
      cases.append(try selectionCase(dtype))
      if dtype != .i1 { cases.append(try clampCase(dtype)) }
    }
    for size in sizes { cases.append(try sizeCase(size)) }
    return cases
  }

  private static func unaryCase(
    _ op: UnaryOperation, _ dtype: DType
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("\(op.rawValue) \(dtype)") { (b) throws(GraphError) in
      let x = b.input([3, 37], dtype, in: op.descriptor.domains(dtype)[0])
      b.result(try b.graph.unary(op, x))
    }
  }

  private static func binaryCase(
    _ op: BinaryOperation, _ dtype: DType
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("\(op.rawValue) \(dtype)") { (b) throws(GraphError) in
      let domains = op.descriptor.domains(dtype)
      let x = b.input([5, 23], dtype, in: domains[0])
      let y = b.input([5, 23], dtype, in: domains[1])
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

  private static func clampCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("clamp \(dtype)") { (b) throws(GraphError) in
      let x = b.input([67], dtype, in: 0...100)
      let low = b.input([67], dtype, in: 10...40)
      let high = b.input([67], dtype, in: 50...90)
      let least = b.input(Literal(.scalar(dtype), splat: 20))
      let most = b.input(Literal(.scalar(dtype), splat: 60))
      b.result(try b.graph.clamp(low, x, high))
      b.result(try b.graph.clamp(least, x, most))
      b.result(try b.graph.clamp(high, x, most))
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
    for op in UnaryOperation.allCases where op.descriptor.types.contains(.f32) {
      cases.append(
        try ConformanceCase("\(op.rawValue) of special values") { (b) throws(GraphError) in
          let x = b.input(Literal(TensorType([specials.count], .f32), specials))
          b.result(try b.graph.unary(op, x))
        })
    }
    let type = TensorType([pairs.count], .f32)
    for op: BinaryOperation in [.add, .subtract, .multiply, .divide, .maximum, .minimum, .atan2] {
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

  /// Integers that another type does not have lose their upper bits; floats end at its ends.
  private static func cutCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("convert out of range") { (b) throws(GraphError) in
      let floats = b.input(
        Literal(TensorType([6], .f32), [-1e30, -200.5, -1, 300, 7e9, .infinity]))
      for from in [DType.ui8, .i16, .i32, .ui32, .i64, .ui64] {
        let x = b.input([97], from, in: from.isUnsigned ? 0...1e19 : -1e19...1e19)
        for to in DType.allCases where to.isInteger && to != from {
          b.result(try b.graph.convert(x, to: to))
        }
      }
      for to in DType.allCases where to.isInteger { b.result(try b.graph.convert(floats, to: to)) }
    }
  }

  /// Every type to every other, with ties between neighbours of the narrower float types.
  static func conversionCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for from in DType.allCases {
      for to in DType.allCases where to != from {
        cases.append(
          try ConformanceCase("convert \(from) to \(to)") { (b) throws(GraphError) in
            let range = to.isUnsigned || from.isUnsigned ? 0...100 : -100.0...100
            let x = b.input([131], from, in: range)
            b.result(try b.graph.convert(x, to: to))
          })
      }
    }
    cases.append(try cutCase())
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
