internal import GraphIR

extension ConformanceSuite {
  static func poolingCases() throws(GraphError) -> [ConformanceCase] {
    let halves = pooling(WindowDimension(size: 2, stride: 2), WindowDimension(size: 2, stride: 2))
    let overlapping = pooling(
      WindowDimension(size: 3, stride: 2, low: 1, high: 1),
      WindowDimension(size: 3, stride: 1, low: 1, high: 1))
    let gaps = pooling(WindowDimension(size: 2, stride: 3), WindowDimension(size: 1, stride: 2))
    let dilated = pooling(
      WindowDimension(size: 2, stride: 2, low: 2, high: 1, baseDilation: 2, windowDilation: 3),
      WindowDimension(size: 2, low: 1, high: 0, windowDilation: 2))
    var cases = [
      try gradientCase("halves", [2, 6, 8, 3], halves),
      try gradientCase("LeNet-5", [2, 28, 28, 6], halves),
      try gradientCase("overlapping", [2, 7, 5, 3], overlapping),
      try gradientCase("gaps", [1, 8, 7, 2], gaps),
      try tieCase(overlapping), try tieCase(halves),
    ]
    for reducer in Reducer.allCases {
      for (name, window) in [("overlapping", overlapping), ("dilated", dilated)] {
        cases.append(
          try ConformanceCase("reduce_window \(reducer) \(name)") { (b) throws(GraphError) in
            let x = b.input([2, 6, 7, 3], in: reducer == .multiply ? 0.5...1.5 : -9...9)
            b.result(try b.graph.reduceWindow(reducer, x, window))
          })
      }
    }
    for dtype: DType in [.bf16, .f16] {
      cases.append(
        try ConformanceCase("select_and_scatter \(dtype)") { (b) throws(GraphError) in
          let window = pooling(.init(size: 2, stride: 2), .init(size: 2, stride: 2))
          let x = b.input([2, 4, 6, 3], dtype)
          let source = b.input([2, 2, 3, 3], dtype)
          let zero = try b.graph.scalar(0, dtype)
          b.result(try b.graph.append(.selectAndScatter(window), [x, source, zero]))
          b.result(try b.graph.reduceWindow(.maximum, x, window))
        })
    }
    for dtype: DType in [.bf16, .i32, .i8, .ui32, .i64, .f64] {
      cases.append(
        try ConformanceCase("reduce_window \(dtype)") { (b) throws(GraphError) in
          let x = b.input([1, 5, 6, 2], dtype, in: dtype.isUnsigned ? 0...9 : -9...9)
          b.result(try b.graph.reduceWindow(.maximum, x, overlapping))
          b.result(try b.graph.reduceWindow(.add, x, overlapping))
        })
    }
    return cases
  }

  /// Windows over height and width of `[n, h, w, c]`.
  static func pooling(_ height: WindowDimension, _ width: WindowDimension) -> WindowAttributes {
    WindowAttributes([WindowDimension(size: 1), height, width, WindowDimension(size: 1)])
  }

  /// Max pooling and its gradient.
  private static func gradientCase(
    _ name: String, _ shape: [Int], _ window: WindowAttributes
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("max pooling \(name)") { (b) throws(GraphError) in
      let x = b.input(shape)
      let pooled = try b.graph.reduceWindow(.maximum, x, window)
      let source = b.input(b.graph.type(of: pooled).shape)
      b.result(pooled)
      b.result(
        try b.graph.append(.selectAndScatter(window), [x, source, b.graph.scalar(0)]))
    }
  }

  /// Few distinct values, so that most windows hold their greatest element more than once.
  private static func tieCase(_ window: WindowAttributes) throws(GraphError) -> ConformanceCase {
    let name = "select_and_scatter ties, stride \(window.dimensions[2].stride)"
    return try ConformanceCase(name) { (b) throws(GraphError) in
      let x = try b.graph.convert(b.input([2, 8, 6, 2], .i32, in: 0...2), to: .f32)
      let pooled = try b.graph.reduceWindow(.maximum, x, window)
      let source = b.input(b.graph.type(of: pooled).shape)
      b.result(
        try b.graph.append(.selectAndScatter(window), [x, source, b.graph.scalar(0)]))
    }
  }
}
