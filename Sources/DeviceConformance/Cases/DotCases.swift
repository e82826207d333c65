internal import GraphIR

extension ConformanceSuite {
  static func dotCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    let shapes = [
      (1, 1, 1), (1, 7, 5), (5, 7, 1), (3, 1, 4), (13, 17, 11), (32, 64, 10), (33, 129, 65),
      (4, 784, 128),
    ]
    for (m, k, n) in shapes {
      cases.append(
        try dotCase("dot_general \(m)x\(k)x\(n)", [m, k], [k, n], .matrixProduct, .f32))
    }
    for dtype in DType.allCases where dtype != .i1 {
      cases.append(
        try dotCase("dot_general \(dtype)", [5, 19], [19, 7], .matrixProduct, dtype))
    }
    // The four orientations of a matrix product: either operand as it is or turned.
    for (lhs, rhs) in [(1, 0), (1, 1), (0, 0), (0, 1)] {
      let left = lhs == 1 ? [9, 21] : [21, 9]
      let right = rhs == 0 ? [21, 6] : [6, 21]
      let dimensions = DotDimensions(lhsContracting: [lhs], rhsContracting: [rhs])
      cases.append(
        try dotCase("dot_general contracting \(lhs), \(rhs)", left, right, dimensions, .f32))
    }
    return try cases + batchedDotCases() + [wideDotCase(), epilogueCase(), chainedCase()]
  }

  private static func dotCase(
    _ name: String, _ lhs: [Int], _ rhs: [Int], _ dimensions: DotDimensions, _ dtype: DType
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase(name) { (b) throws(GraphError) in
      let range = dtype.isFloatingPoint ? -1...1 : (dtype.isUnsigned ? 0...200 : -100.0...100)
      let x = b.input(lhs, dtype, in: range)
      let y = b.input(rhs, dtype, in: range)
      b.result(try b.graph.dotGeneral(x, y, dimensions))
    }
  }

  private static func batchedDotCases() throws(GraphError) -> [ConformanceCase] {
    let attention = DotDimensions(
      lhsBatching: [0], rhsBatching: [0], lhsContracting: [2], rhsContracting: [1])
    let inner = DotDimensions(
      lhsBatching: [0, 2], rhsBatching: [0, 1], lhsContracting: [3], rhsContracting: [2])
    let two = DotDimensions(lhsContracting: [1, 2], rhsContracting: [0, 1])
    let swapped = DotDimensions(lhsContracting: [2, 1], rhsContracting: [0, 1])
    let outer = DotDimensions(lhsContracting: [], rhsContracting: [])
    let vector = DotDimensions(lhsContracting: [0], rhsContracting: [0])
    return [
      try dotCase("dot_general batched", [3, 5, 7], [3, 7, 4], attention, .f32),
      try dotCase("dot_general batched twice", [2, 5, 3, 7], [2, 3, 7, 4], inner, .f32),
      try dotCase("dot_general over two dimensions", [4, 3, 5], [3, 5, 6], two, .f32),
      try dotCase("dot_general over swapped dimensions", [4, 5, 3], [3, 5, 6], swapped, .f32),
      try dotCase("dot_general outer product", [5], [7], outer, .f32),
      try dotCase("dot_general inner product", [37], [37], vector, .f32),
      try dotCase("dot_general matrix by vector", [9, 37], [37], .matrixProduct, .f32),
      try dotCase("dot_general vector by matrix", [37], [37, 9], vector, .f32),
    ]
  }

  /// Operands of a narrow type, sums delivered in a wide one.
  private static func wideDotCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("dot_general bf16 to f32") { (b) throws(GraphError) in
      let x = b.input([5, 19], .bf16)
      let y = b.input([19, 7], .bf16)
      b.result(
        try b.graph.append(
          .dotGeneral(.matrixProduct), [x, y], resultType: TensorType([5, 7], .f32)))
    }
  }

  /// Bias and ReLU, which a device may fuse into the product.
  private static func epilogueCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("dot_general with bias and relu") { (b) throws(GraphError) in
      let x = b.input([6, 31])
      let weights = b.input([31, 21])
      let bias = b.input([21])
      let product = try b.graph.dotGeneral(x, weights)
      let sum = try b.graph.add(
        product, b.graph.broadcast(bias, to: [6, 21], dimensions: [1]))
      let activation = try b.graph.maximum(sum, b.graph.splat(0, like: sum))
      b.result(activation)
      // The gradient's mask needs the sum as well.
      b.result(
        try b.graph.select(
          b.graph.compare(.gt, sum, b.graph.splat(0, like: sum)), product, activation))
    }
  }

  private static func chainedCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("dot_general of dot_general, and of itself") { (b) throws(GraphError) in
      let x = b.input([9, 9], in: -1...1)
      let y = b.input([9, 4], in: -1...1)
      let square = try b.graph.dotGeneral(x, x)
      b.result(try b.graph.dotGeneral(square, y))
      b.result(
        try b.graph.dotGeneral(
          square, x, DotDimensions(lhsContracting: [0], rhsContracting: [1])))
    }
  }
}
