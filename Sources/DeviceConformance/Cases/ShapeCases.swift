internal import GraphIR

extension ConformanceSuite {
  static func shapeCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for dtype: DType in [.f32, .bf16, .i32, .i8, .ui16, .i64] {
      cases += [
        try movementCase(dtype), try paddingCase(dtype), try joiningCase(dtype),
        try iotaCase(dtype),
      ]
    }
    return try cases + [iotaInLoopsCase(), broadcastCase(), transposeCase(), arithmeticCase()]
  }

  private static func movementCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("reshape, reverse, slice \(dtype)") { (b) throws(GraphError) in
      let x = b.input([5, 7, 3], dtype, in: 0...100)
      b.result(try b.graph.reshape(x, to: [105]))
      b.result(try b.graph.reshape(x, to: [3, 1, 35]))
      b.result(try b.graph.append(.reverse(dimensions: [0]), [x]))
      b.result(try b.graph.append(.reverse(dimensions: [2, 1]), [x]))
      b.result(
        try b.graph.append(.slice(start: [1, 0, 2], limit: [4, 7, 3], strides: [1, 1, 1]), [x]))
      b.result(
        try b.graph.append(.slice(start: [0, 1, 0], limit: [5, 6, 3], strides: [3, 2, 2]), [x]))
    }
  }

  private static func paddingCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("pad \(dtype)") { (b) throws(GraphError) in
      let x = b.input([4, 5], dtype, in: 0...100)
      let value = b.input([], dtype, in: 1...9)
      for (low, high, interior) in [
        ([0, 0], [0, 0], [0, 0]), ([1, 2], [3, 0], [0, 0]), ([0, 0], [0, 0], [2, 1]),
        ([-1, -2], [0, 1], [0, 0]), ([-2, 1], [-1, -3], [1, 2]),
      ] {
        b.result(
          try b.graph.append(.pad(low: low, high: high, interior: interior), [x, value]))
      }
    }
  }

  private static func joiningCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("concatenate \(dtype)") { (b) throws(GraphError) in
      let x = b.input([3, 5], dtype, in: 0...100)
      let y = b.input([3, 2], dtype, in: 0...100)
      let z = b.input([1, 5], dtype, in: 0...100)
      b.result(try b.graph.append(.concatenate(dimension: 1), [x, y, x]))
      b.result(try b.graph.append(.concatenate(dimension: 0), [z, x]))
      b.result(try b.graph.append(.concatenate(dimension: 0), [y]))
    }
  }

  private static func iotaCase(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("iota \(dtype)") { (b) throws(GraphError) in
      b.result(try b.graph.iota(TensorType([9], dtype), dimension: 0))
      b.result(try b.graph.iota(TensorType([3, 4, 5], dtype), dimension: 1))
    }
  }

  /// Numbers that repeat along a dimension, read by loops of many elements.
  private static func iotaInLoopsCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("iota in loops") { (b) throws(GraphError) in
      for (shape, dimension) in [
        ([70, 100], 0), ([70, 100], 1), ([1000, 1], 1), ([1, 1000], 0),
      ] {
        let x = b.input(shape)
        let numbers = try b.graph.iota(TensorType(shape, .i32), dimension: dimension)
        let isPositive = try b.graph.compare(.gt, x, b.graph.splat(0, like: x))
        b.result(try b.graph.select(isPositive, numbers, b.graph.splat(7, like: numbers)))
      }
    }
  }

  /// Scalars, rows, columns, a middle dimension, and dimensions of size 1.
  private static func broadcastCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("broadcast_in_dim") { (b) throws(GraphError) in
      let scalar = b.input([])
      let row = b.input([7])
      let column = b.input([5])
      let stretched = b.input([5, 1])
      let plane = b.input([5, 7])
      b.result(try b.graph.broadcast(scalar, to: [5, 7], dimensions: []))
      b.result(try b.graph.broadcast(row, to: [5, 7], dimensions: [1]))
      b.result(try b.graph.broadcast(column, to: [5, 7], dimensions: [0]))
      b.result(try b.graph.broadcast(stretched, to: [5, 7], dimensions: [0, 1]))
      b.result(try b.graph.broadcast(row, to: [2, 7, 3], dimensions: [1]))
      b.result(try b.graph.broadcast(plane, to: [7, 2, 5], dimensions: [2, 0]))
      b.result(try b.graph.broadcast(scalar, to: [1], dimensions: []))
    }
  }

  private static func transposeCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("transpose") { (b) throws(GraphError) in
      let matrix = b.input([13, 29])
      let large = b.input([65, 70])
      let cube = b.input([3, 4, 5])
      b.result(try b.graph.transpose(matrix, permutation: [1, 0]))
      b.result(try b.graph.transpose(matrix, permutation: [0, 1]))
      b.result(try b.graph.transpose(large, permutation: [1, 0]))
      for permutation in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        b.result(try b.graph.transpose(cube, permutation: permutation))
      }
      let image = b.input([2, 3, 4, 5])
      b.result(try b.graph.transpose(image, permutation: [0, 3, 1, 2]))
    }
  }

  /// Bias rows and scaling columns between elementwise operations, as fusion meets them.
  private static func arithmeticCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("arithmetic over broadcasts") { (b) throws(GraphError) in
      let x = b.input([11, 19])
      let row = b.input([19])
      let column = b.input([11], in: 0.5...2)
      let rows = try b.graph.broadcast(row, to: [11, 19], dimensions: [1])
      let columns = try b.graph.broadcast(column, to: [11, 19], dimensions: [0])
      let sum = try b.graph.add(x, rows)
      let quotient = try b.graph.divide(sum, columns)
      b.result(quotient)
      b.result(
        try b.graph.unary(.tanh, b.graph.transpose(quotient, permutation: [1, 0])))
      b.result(try b.graph.subtract(rows, columns))
    }
  }
}
