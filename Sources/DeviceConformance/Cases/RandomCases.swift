internal import GraphIR

extension ConformanceSuite {
  /// Random bits are the same everywhere, and so is what is rounded by them.
  static func randomCases() throws(GraphError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    for size in sizes { cases.append(try bitsCase(size)) }
    for algorithm in RandomAlgorithm.allCases { cases.append(try generatorCase(algorithm)) }
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

  /// All widths, odd and even sizes, a counter that runs over.
  private static func generatorCase(
    _ algorithm: RandomAlgorithm
  ) throws(GraphError) -> ConformanceCase {
    try ConformanceCase("rng_bit_generator \(algorithm.rawValue)") { (b) throws(GraphError) in
      let small = b.input(Literal(TensorType([2], .ui64), [5, 7]))
      let zero = try b.graph.splat(0, like: small)
      let last = try b.graph.subtract(zero, b.graph.splat(3, like: small))
      for state in [small, last] {
        for (shape, dtype) in [
          ([], DType.i16), ([7], .ui32), ([3, 5], .ui8), ([5, 4, 3], .i32), ([9], .ui64),
        ] {
          let values = try b.graph.appendAll(
            .randomBitGenerator(algorithm, TensorType(shape, dtype)), [state])
          values.forEach { b.result($0) }
        }
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
