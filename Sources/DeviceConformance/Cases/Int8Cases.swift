internal import GraphIR

extension ConformanceSuite {
  /// Products of `i8` with `i32` sums, and what surrounds them in a quantized network.
  static func int8Cases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    // Around the widths of registers and of the four products that one instruction adds up.
    let shapes = [
      (1, 1, 1), (2, 3, 5), (5, 4, 16), (3, 63, 17), (17, 64, 33), (33, 129, 65), (32, 784, 128),
    ]
    for (m, k, n) in shapes {
      cases.append(try productCase("\(m)x\(k)x\(n)", [m, k], [k, n], .matrixProduct))
    }
    for (lhs, rhs) in [(1, 1), (0, 0), (0, 1)] {
      cases.append(
        try productCase(
          "contracting \(lhs), \(rhs)", lhs == 1 ? [9, 21] : [21, 9],
          rhs == 0 ? [21, 6] : [6, 21], DotDimensions(lhsContracting: [lhs], rhsContracting: [rhs]))
      )
    }
    let batched = DotDimensions(
      lhsBatching: [0], rhsBatching: [0], lhsContracting: [2], rhsContracting: [1])
    cases.append(try productCase("batched", [3, 5, 7], [3, 7, 4], batched))
    return try cases + [extremeCase(), roundingCase()] + int8ConvolutionCases()
      + [quantizedLayerCase(keeping: []), quantizedLayerCase(keeping: [1]), quantizedSpecialCase()]
  }

  private static func productCase(
    _ name: String, _ lhs: [Int], _ rhs: [Int], _ dimensions: DotDimensions
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("dot_general i8 to i32 \(name)") { (b) throws(GraphError) in
      let x = b.input(lhs, .i8, in: -128...127)
      let y = b.input(rhs, .i8, in: -128...127)
      b.result(try b.graph.dotGeneral(x, y, dimensions, sums: .i32))
    }
  }

  /// (−128)² 2000 times, which 16 bits and a saturating sum of pairs would not hold.
  private static func extremeCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("dot_general i8 to i32 of extremes") { (b) throws(GraphError) in
      let lows = b.input(Literal(TensorType([3, 2000], .i8), splat: -128))
      let highs = b.input(Literal(TensorType([2000, 3], .i8), splat: 127))
      b.result(
        try b.graph.dotGeneral(
          lows, lows, DotDimensions(lhsContracting: [1], rhsContracting: [1]), sums: .i32))
      b.result(try b.graph.dotGeneral(lows, highs, sums: .i32))
      b.result(
        try b.graph.dotGeneral(
          highs, lows, DotDimensions(lhsContracting: [0], rhsContracting: [1]), sums: .i32))
    }
  }

  private static func roundingCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("round_nearest_even of halves, to i8") { (b) throws(GraphError) in
      let halves = (-300...300).map { Double($0) * 0.5 } + [.nan, .infinity, -.infinity, -0.0]
      let x = b.input(Literal(TensorType([halves.count], .f32), halves))
      let whole = try b.graph.unary(.roundNearestEven, x)
      b.result(whole)
      b.result(try b.graph.convert(whole, to: .i8))
      b.result(try b.graph.convert(b.graph.convert(whole, to: .i8), to: .f32))
    }
  }

  private static func int8ConvolutionCases() throws(GraphError) -> [ConformanceCase] {
    func make(
      _ name: String, _ input: [Int], _ kernel: [Int], _ attributes: ConvolutionAttributes
    ) throws(GraphError) -> ConformanceCase {
      try ConformanceCase("convolution i8 to i32 \(name)") { (b) throws(GraphError) in
        let x = b.input(input, .i8, in: -128...127)
        let y = b.input(kernel, .i8, in: -128...127)
        b.result(try b.graph.convolution(x, y, attributes, sums: .i32))
      }
    }
    let plain = [WindowDimension(size: 3), WindowDimension(size: 3)]
    let padded = [
      WindowDimension(size: 3, stride: 2, low: 1, high: 0),
      WindowDimension(size: 2, low: -1, high: 2, windowDilation: 2),
    ]
    let turned = [
      WindowDimension(size: 2, low: 1, baseDilation: 2, isReversed: true),
      WindowDimension(size: 3, low: 2, high: 2, isReversed: true),
    ]
    return [
      try make("3x3", [2, 7, 6, 3], [3, 3, 3, 5], ConvolutionAttributes(window: plain)),
      try make("padded", [2, 8, 9, 3], [3, 2, 3, 5], ConvolutionAttributes(window: padded)),
      try make("turned", [2, 6, 7, 3], [2, 3, 3, 5], ConvolutionAttributes(window: turned)),
      try make(
        "depthwise", [1, 6, 5, 4], [3, 3, 1, 8],
        ConvolutionAttributes(window: plain, featureGroupCount: 4)),
      try make(
        "LeNet-5 second layer", [2, 14, 14, 6], [5, 5, 6, 16],
        ConvolutionAttributes(window: [WindowDimension(size: 5), WindowDimension(size: 5)])),
    ]
  }

  /// A dense layer as a quantized network has it: both scales computed in the graph.
  private static func quantizedLayerCase(
    keeping kept: [Int]
  ) throws(GraphError) -> ConformanceCase {
    let name = kept.isEmpty ? "per tensor" : "per output channel"
    return try ConformanceCase("quantized layer in i8, \(name)") { (b) throws(GraphError) in
      let x = b.input([7, 45])
      let weights = b.input([45, 19])
      let bias = b.input([19])
      let xScale = try b.graph.int8Scale(of: x)
      let scale = try b.graph.int8Scale(of: weights, keeping: kept)
      let sums = try b.graph.dotGeneral(
        b.graph.quantizedToInt8(x, scale: xScale),
        b.graph.quantizedToInt8(weights, scale: scale, keeping: kept), sums: .i32)
      let outer = try b.graph.broadcastScalar(xScale, like: scale)
      let product = try b.graph.dequantized(
        sums, scale: b.graph.multiply(scale, outer), keeping: kept)
      let sum = try b.graph.add(product, b.graph.broadcast(bias, to: [7, 19], dimensions: [1]))
      b.result(sums)
      b.result(try b.graph.maximum(sum, b.graph.splat(0, like: sum)))
    }
  }

  /// Infinities, NaNs and zeros against scales of all kinds.
  private static func quantizedSpecialCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("quantization of special values") { (b) throws(GraphError) in
      let values: [Double] = [0, -0.0, 1, -1, 64, -1e30, .infinity, -.infinity, .nan, 0.5, 1.5]
      let scales: [Double] = [1, 0.25, 0, .infinity, .nan, 1e30]
      let pairs = scales.flatMap { scale in values.map { ($0, scale) } }
      let type = TensorType([pairs.count], .f32)
      let x = b.input(Literal(type, pairs.map(\.0)))
      let scale = b.input(Literal(type, pairs.map(\.1)))
      let q = try b.graph.quantizedToInt8(x, scale: scale, keeping: [0])
      b.result(q)
      b.result(try b.graph.dequantized(q, scale: scale, keeping: [0]))
    }
  }
}
