internal import GraphIR

extension ConformanceSuite {
  /// Operations that take elements from, or put them at, places that operands name; and bits.
  static func indexedCases() throws(GraphError) -> [ConformanceCase] {
    var cases = try [
      rows(), windows(), batchedGather(), scalarIndices(), replaced(), added(), combinedWindows(),
      partlyOutside(), batchedScatter(), reinterpreted(), chained(),
    ]
    for dtype in DType.allCases { cases.append(try dynamicSlices(dtype)) }
    for (exponentBits, mantissaBits) in [
      (8, 7), (5, 10), (5, 2), (4, 3), (8, 23), (11, 52), (2, 0),
    ] {
      cases.append(
        try ConformanceCase("reduce_precision to \(exponentBits) and \(mantissaBits)") {
          (b) throws(GraphError) in
          for dtype in [DType.f32, .bf16, .f16] {
            let x = b.input([203], dtype, in: -300...300)
            b.result(
              try b.graph.append(
                .reducePrecision(exponentBits: exponentBits, mantissaBits: mantissaBits), [x]))
          }
          let edges: [Double] = [
            0, -0.0, .infinity, .nan, 65519, 65520, -65536, 0x1p-14, 0x1.ffcp-15, 0x1.ffep-15, 1.5,
            2.5, 0x1.fffffep127, 0x1p-126,
          ]
          let y = b.input(Literal(TensorType([edges.count], .f32), edges))
          b.result(
            try b.graph.append(
              .reducePrecision(exponentBits: exponentBits, mantissaBits: mantissaBits), [y]))
        })
    }
    return cases
  }

  private static func dynamicSlices(_ dtype: DType) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("dynamic_slice \(dtype)") { (b) throws(GraphError) in
      let x = b.input([5, 7, 3], dtype, in: 0...100)
      let update = b.input([2, 3, 3], dtype, in: 0...100)
      // In the middle, beyond the end and before the beginning.
      for start in [[1, 2, 0], [9, 5, 1], [-3, 4, 0]] {
        let starts = start.map { b.input(Literal(.scalar(.i32), splat: Double($0))) }
        b.result(try b.graph.append(.dynamicSlice(sizes: [2, 3, 3]), [x] + starts))
        b.result(try b.graph.append(.dynamicUpdateSlice, [x, update] + starts))
      }
    }
  }

  /// Rows of a table, as an embedding takes them; some indices lie outside.
  static let rowSlices = IndexedSlices(
    windowDimensions: [2], collapsedDimensions: [0], indexMap: [0], indexVectorDimension: 2)

  private static func indices(_ shape: [Int], _ numbers: [Double], _ dtype: DType = .i32) -> Literal
  {
    let type = TensorType(shape, dtype)
    return Literal(type, (0..<type.elementCount).map { numbers[$0 % numbers.count] })
  }

  private static func rows() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("gather of rows") { (b) throws(GraphError) in
      for dtype in DType.allCases {
        let table = b.input([11, 17], dtype, in: 0...100)
        let places = b.input(indices([2, 3], [4, 0, 10, 7, -2, 30]))
        b.result(try b.graph.append(.gather(rowSlices, sizes: [1, 17]), [table, places]))
      }
    }
  }

  /// Windows at places of two numbers, whose dimensions stand between those of the batch.
  private static func windows() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("gather of windows") { (b) throws(GraphError) in
      let x = b.input([6, 5, 4])
      let places = b.input(indices([2, 3], [1, 0, 4, 3, 0, 2]))
      let slices = IndexedSlices(
        windowDimensions: [0, 2], collapsedDimensions: [1], indexMap: [2, 0],
        indexVectorDimension: 0)
      b.result(try b.graph.append(.gather(slices, sizes: [3, 1, 2]), [x, places]))
    }
  }

  /// A place of its own for each entry of a batch.
  private static func batchedGather() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("gather along a batch") { (b) throws(GraphError) in
      let x = b.input([4, 9, 3])
      let places = b.input(indices([4, 2, 1], [3, 8, 0, 5, 7, 1, 2, 4]))
      let slices = IndexedSlices(
        windowDimensions: [2], collapsedDimensions: [1], operandBatching: [0], indicesBatching: [0],
        indexMap: [1], indexVectorDimension: 2)
      b.result(try b.graph.append(.gather(slices, sizes: [1, 1, 3]), [x, places]))
    }
  }

  private static func scalarIndices() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("gather of elements") { (b) throws(GraphError) in
      let x = b.input([13])
      let slices = IndexedSlices(
        windowDimensions: [], collapsedDimensions: [0], indexMap: [0], indexVectorDimension: 1)
      for dtype in [DType.i8, .ui8, .i32, .ui32] {
        let places = b.input(indices([7], [12, 3, 3, 0, 11, 5, 1], dtype))
        b.result(try b.graph.append(.gather(slices, sizes: [1]), [x, places]))
      }
    }
  }

  /// The last update of a place stays.
  private static func replaced() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("scatter that replaces") { (b) throws(GraphError) in
      for dtype in DType.allCases {
        let x = b.input([11, 5], dtype, in: 0...100)
        let updates = b.input([2, 3, 5], dtype, in: 0...100)
        let places = b.input(indices([2, 3], [4, 0, 4, 7, -2, 11]))
        b.result(
          try b.graph.scatter(x, at: places, updates, rowSlices) { (_, _, update) in update })
      }
    }
  }

  private static func added() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("scatter that adds") { (b) throws(GraphError) in
      let x = b.input([6, 40])
      let updates = b.input([3, 4, 40])
      let places = b.input(indices([3, 4], [1, 1, 5, 0, 1, -1, 6, 2]))
      let sum = try b.graph.scatter(x, at: places, updates, rowSlices) {
        (b, old, update) throws(GraphError) in try b.add(old, update)
      }
      b.result(sum, donating: x)
    }
  }

  /// Windows that overlap, by a body of several operations.
  private static func combinedWindows() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("scatter of windows by a body") { (b) throws(GraphError) in
      let x = b.input([7, 6])
      let updates = b.input([3, 2, 3])
      let places = b.input(indices([3, 2], [0, 1, 1, 2, 5, 3]))
      let slices = IndexedSlices(
        windowDimensions: [1, 2], collapsedDimensions: [], indexMap: [0, 1],
        indexVectorDimension: 1)
      b.result(
        try b.graph.scatter(x, at: places, updates, slices) { (b, old, update) throws(GraphError) in
          try b.maximum(b.multiply(old, b.scalar(0.5)), update)
        })
    }
  }

  /// Of a window that is partly outside, what is inside counts.
  private static func partlyOutside() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("scatter at the edge") { (b) throws(GraphError) in
      let x = b.input([4, 5])
      let updates = b.input([4, 2, 2])
      let places = b.input(indices([4, 2], [3, 4, -1, -1, 2, 4, 9, 0]))
      let slices = IndexedSlices(
        windowDimensions: [1, 2], collapsedDimensions: [], indexMap: [0, 1],
        indexVectorDimension: 1)
      b.result(
        try b.graph.scatter(x, at: places, updates, slices) { (_, _, update) in update })
    }
  }

  private static func batchedScatter() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("scatter along a batch") { (b) throws(GraphError) in
      let x = b.input([3, 8, 2])
      let updates = b.input([3, 4, 2])
      let places = b.input(indices([3, 4, 1], [3, 7, 0, 3, 6, 1]))
      let slices = IndexedSlices(
        windowDimensions: [2], collapsedDimensions: [1], operandBatching: [0], indicesBatching: [0],
        indexMap: [1], indexVectorDimension: 2)
      b.result(
        try b.graph.scatter(x, at: places, updates, slices) { (b, old, update) throws(GraphError) in
          try b.add(old, update)
        })
    }
  }

  private static func reinterpreted() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("bitcast_convert") { (b) throws(GraphError) in
      let pairs: [(DType, [Int], DType, [Int])] = [
        (.f32, [3, 5], .ui32, [3, 5]), (.f32, [3, 5], .i32, [3, 5]), (.ui32, [7], .f32, [7]),
        (.i8, [9], .ui8, [9]), (.f16, [4], .bf16, [4]), (.f32, [3], .i8, [3, 4]),
        (.ui8, [5, 4], .i32, [5]), (.bf16, [3, 2], .f32, [3]),
      ]
      for (from, shape, to, result) in pairs {
        // Numbers whose bits are those of moderate floats.
        let x = b.input(shape, from, in: from == .ui32 ? 1.0e9...1.1e9 : 1...100)
        b.result(
          try b.graph.append(.bitcastConvert, [x], resultType: TensorType(result, to)))
      }
    }
  }

  /// What is taken was computed, and what was taken is computed with.
  private static func chained() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("gather between computations") { (b) throws(GraphError) in
      let x = b.input([11, 6])
      let places = b.input(indices([2, 3], [4, 0, 10, 7, 7, 3]))
      let table = try b.graph.unary(.tanh, x)
      let taken = try b.graph.append(.gather(rowSlices, sizes: [1, 6]), [table, places])
      b.result(try b.graph.reduce(.add, b.graph.multiply(taken, taken), dimensions: [2]))
      let starts = try [b.graph.scalar(2, .i32), b.graph.scalar(1, .i32)]
      let part = try b.graph.append(.dynamicSlice(sizes: [3, 4]), [table] + starts)
      b.result(try b.graph.unary(.negate, part))
    }
  }
}
