internal import GraphIR

extension ConformanceSuite {
  /// Random bits are the same everywhere, and so is what is rounded by them.
  static func randomCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for size in sizes { cases.append(try bitsCase(size)) }
    cases.append(try stochasticConversionCase())
    cases.append(try fusedStochasticCase())
    return cases
  }

  private static func bitsCase(_ size: Int) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("random bits of \(size)") { (b) throws(GraphError) in
      let key = b.input([2], .i32, in: -2e9...2e9)
      for stream in [0, 7] {
        b.result(try b.graph.randomBits(TensorType([size], .i32), key: key, stream: stream))
      }
    }
  }

  /// Values of all kinds by bits of all kinds.
  private static func stochasticConversionCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("stochastic_convert") { (b) throws(GraphError) in
      let values: [Double] = [
        0, -0.0, 1, -1, 1.001, -1.001, 3.3895e38, -3.4e38, .infinity, -.infinity, .nan, 1e-30,
      ]
      let bits: [Double] = [0, 1, 0x7FFF, 0x8000, 0xFFFF, -1, -0x8000_0000, 0x7FFF_FFFF]
      let pairs = values.flatMap { value in bits.map { (value, $0) } }
      let x = b.input(Literal(TensorType([pairs.count], .f32), pairs.map(\.0)))
      let y = b.input(Literal(TensorType([pairs.count], .i32), pairs.map(\.1)))
      b.result(try b.graph.stochasticConvert(x, bits: y))
    }
  }

  /// As an optimizer uses it: behind other operations, over a matrix and over a single element.
  private static func fusedStochasticCase() throws(GraphError) -> ConformanceCase {
    try ConformanceCase("stochastic_convert of a chain") { (b) throws(GraphError) in
      let key = b.input([2], .i32, in: -2e9...2e9)
      for (stream, shape) in [[37, 53], [1], [5]].enumerated() {
        let x = b.input(shape)
        let sum = try b.graph.add(x, b.graph.multiply(x, x))
        let bits = try b.graph.randomBits(TensorType(shape, .i32), key: key, stream: stream)
        b.result(try b.graph.stochasticConvert(sum, bits: bits))
      }
    }
  }
}
