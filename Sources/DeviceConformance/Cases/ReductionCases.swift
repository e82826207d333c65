internal import GraphIR

extension ConformanceSuite {
  static func reductionCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for dtype in DType.allCases {
      for reducer in Reducer.allCases { cases.append(try reductionCase(reducer, dtype)) }
    }
    for size in sizes {
      cases.append(
        try ConformanceCase("reduce along \(size)") { (b) throws(GraphError) in
          let x = b.input([3, size])
          let y = b.input([size, 3])
          b.result(try b.graph.reduce(.add, x, dimensions: [1]))
          b.result(try b.graph.reduce(.maximum, x, dimensions: [1]))
          b.result(try b.graph.reduce(.add, y, dimensions: [0]))
          b.result(try b.graph.reduce(.minimum, y, dimensions: [0]))
        })
    }
    for dtype: DType in [.bf16, .f16] { cases.append(try wideningCase(dtype)) }
    cases.append(try softmaxCase())
    return cases
  }

  /// Every axis and every set of axes of a tensor of rank 3.
  private static func reductionCase(
    _ reducer: Reducer, _ dtype: DType
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("reduce \(reducer) \(dtype)") { (b) throws(GraphError) in
      let range = reducer == .multiply ? 0.5...1.5 : (dtype.isUnsigned ? 0...9 : -9.0...9)
      let x = b.input([5, 3, 7], dtype, in: range)
      for dimensions in [[], [0], [1], [2], [0, 1], [2, 0], [1, 2], [0, 1, 2]] {
        b.result(try b.graph.reduce(reducer, x, dimensions: dimensions))
      }
    }
  }

  /// Narrow floats reduced to f32: no partial sum is rounded to the narrow type.
  private static func wideningCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("reduce \(dtype) to f32") { (b) throws(GraphError) in
      let x = b.input([9, 33], dtype, in: -9...9)
      for reducer: Reducer in [.add, .maximum] {
        let start = try b.graph.scalar(reducer.neutralElement(.f32))
        for dimensions in [[0], [1], [0, 1]] {
          b.result(try b.graph.append(.reduce(reducer, dimensions: dimensions), [x, start]))
        }
      }
    }
  }

  /// Reductions feed elementwise operations that feed reductions.
  private static func softmaxCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("softmax") { (b) throws(GraphError) in
      let x = b.input([7, 10], in: -5...5)
      b.result(try softmax(&b.graph, x))
    }
  }

  /// The softmax of the rows of a matrix.
  static func softmax(_ b: inout GraphBuilder, _ x: ValueID) throws(GraphError) -> ValueID {
    let shape = b.type(of: x).shape
    let greatest = try b.reduce(.maximum, x, dimensions: [1])
    let shifted = try b.subtract(x, b.broadcast(greatest, to: shape, dimensions: [0]))
    let powers = try b.unary(.exponential, shifted)
    let sum = try b.reduce(.add, powers, dimensions: [1])
    return try b.divide(powers, b.broadcast(sum, to: shape, dimensions: [0]))
  }
}
