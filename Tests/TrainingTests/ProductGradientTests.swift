import GraphIR
import Testing

@testable import Training

@Suite("Derivatives of products equal finite differences")
struct ProductGradientTests {
  struct Product: Sendable {
    let lhs: [Int]
    let rhs: [Int]
    let dot: DotDimensions
  }

  static let products = [
    Product(lhs: [3, 4], rhs: [4, 2], dot: .matrixProduct),
    Product(
      lhs: [3, 4], rhs: [2, 4], dot: DotDimensions(lhsContracting: [1], rhsContracting: [1])),
    Product(
      lhs: [4, 3], rhs: [4, 2], dot: DotDimensions(lhsContracting: [0], rhsContracting: [0])),
    Product(lhs: [4], rhs: [4], dot: DotDimensions(lhsContracting: [0], rhsContracting: [0])),
    Product(lhs: [2], rhs: [3], dot: DotDimensions(lhsContracting: [], rhsContracting: [])),
    // Batches in different places.
    Product(
      lhs: [2, 3, 4], rhs: [4, 2, 5],
      dot: DotDimensions(
        lhsBatching: [0], rhsBatching: [1], lhsContracting: [2], rhsContracting: [0])),
    // Two batches exchanged, two sums in different orders, free dimensions in between.
    Product(
      lhs: [2, 3, 2, 4, 3], rhs: [4, 2, 2, 3, 2],
      dot: DotDimensions(
        lhsBatching: [2, 0], rhsBatching: [1, 4], lhsContracting: [4, 3], rhsContracting: [3, 0])),
  ]

  @Test("dot_general", arguments: products.indices)
  func dotGeneral(index: Int) throws {
    let product = Self.products[index]
    var random = TestRandom(seed: UInt64(10 + index))
    try GradientCheck([random.literal(product.lhs), random.literal(product.rhs)]) {
      (b, p) throws(GraphError) in try b.dotGeneral(p[0], p[1], product.dot)
    }.run("\(product)")
  }

  @Test("a matrix product needs no transposition on the way back", arguments: [0, 1, 2])
  func noTransposition(index: Int) throws {
    let product = Self.products[index]
    var random = TestRandom(seed: 20)
    let check = try GradientCheck([random.literal(product.lhs), random.literal(product.rhs)]) {
      (b, p) throws(GraphError) in try b.dotGeneral(p[0], p[1], product.dot)
    }
    #expect(!check.backward.instructions.contains { $0.operation.name == "transpose" })
  }

  @Test("narrow operands with wide sums get narrow derivatives, computed wide")
  func mixedPrecision() throws {
    var builder = GraphBuilder(name: "mixed")
    let type = TensorType([2, 2], .bf16)
    let a = builder.parameter("a", type)
    let b = builder.parameter("b", type)
    let product = try builder.append(
      .dotGeneral(.matrixProduct), [a, b], resultType: TensorType([2, 2], .f32))
    let loss = try builder.reduce(.add, product, dimensions: [0, 1])
    let derivatives = try gradients(of: loss, withRespectTo: [a, b], in: &builder)
    builder.result("a", derivatives[0])
    builder.result("b", derivatives[1])
    let values = try ReferenceEvaluator.evaluate(
      builder.build(), [Literal(type, [1, 2, 3, 4]), Literal(type, [5, 6, 7, 8])])
    // By a: row sums of b, [11, 15]; by b: column sums of a, [4, 6].
    #expect(values[0] == Literal(type, [11, 15, 11, 15]))
    #expect(values[1] == Literal(type, [4, 4, 6, 6]))
  }

  struct Convolution: Sendable {
    let input: [Int]
    let kernel: [Int]
    let attributes: ConvolutionAttributes
  }

  static let convolutions: [Convolution] = [
    // As in LeNet-5: with and without padding.
    Convolution(
      input: [2, 5, 4, 2], kernel: [3, 2, 2, 3],
      attributes: ConvolutionAttributes(window: [
        WindowDimension(size: 3), WindowDimension(size: 2),
      ])),
    Convolution(
      input: [1, 4, 5, 1], kernel: [3, 3, 1, 2],
      attributes: ConvolutionAttributes(window: [
        WindowDimension(size: 3, low: 1, high: 1), WindowDimension(size: 3, low: 0, high: 2),
      ])),
    // Strides that leave a remainder; more padding than kernel; negative padding.
    Convolution(
      input: [1, 6, 7, 2], kernel: [3, 2, 2, 2],
      attributes: ConvolutionAttributes(window: [
        WindowDimension(size: 3, stride: 2, low: 1), WindowDimension(size: 2, stride: 3, high: 4),
      ])),
    Convolution(
      input: [1, 5, 6, 1], kernel: [2, 2, 1, 2],
      attributes: ConvolutionAttributes(window: [
        WindowDimension(size: 2, low: -1, high: 3), WindowDimension(size: 2, stride: 2, high: -2),
      ])),
    // Dilations of both, and a window that runs backwards.
    Convolution(
      input: [1, 3, 5, 1], kernel: [2, 2, 1, 2],
      attributes: ConvolutionAttributes(window: [
        WindowDimension(size: 2, stride: 2, low: 1, high: 2, baseDilation: 3, windowDilation: 2),
        WindowDimension(size: 2, low: 1, high: 0, windowDilation: 3),
      ])),
    Convolution(
      input: [1, 4, 4, 1], kernel: [3, 2, 1, 2],
      attributes: ConvolutionAttributes(window: [
        WindowDimension(size: 3, stride: 2, low: 1, high: 1, isReversed: true),
        WindowDimension(size: 2, baseDilation: 2, isReversed: true),
      ])),
    // Groups of features and of the batch.
    Convolution(
      input: [2, 3, 3, 4], kernel: [2, 2, 2, 6],
      attributes: ConvolutionAttributes(
        window: [WindowDimension(size: 2, low: 1), WindowDimension(size: 2, stride: 2)],
        featureGroupCount: 2)),
    Convolution(
      input: [4, 3, 3, 2], kernel: [2, 2, 2, 6],
      attributes: ConvolutionAttributes(
        window: [WindowDimension(size: 2, low: 1), WindowDimension(size: 2, stride: 2)],
        batchGroupCount: 2)),
    // One spatial dimension, every layout turned around.
    Convolution(
      input: [3, 5, 2], kernel: [2, 3, 4],
      attributes: ConvolutionAttributes(
        window: [WindowDimension(size: 4, low: 2, high: 2)],
        dimensions: ConvolutionDimensions(
          inputBatch: 2, inputFeature: 0, inputSpatial: [1], kernelInputFeature: 1,
          kernelOutputFeature: 0, kernelSpatial: [2], outputBatch: 1, outputFeature: 2,
          outputSpatial: [0]))),
  ]

  @Test("convolution", arguments: convolutions.indices)
  func convolution(index: Int) throws {
    let convolution = Self.convolutions[index]
    var random = TestRandom(seed: UInt64(30 + index))
    try GradientCheck([random.literal(convolution.input), random.literal(convolution.kernel)]) {
      (b, p) throws(GraphError) in try b.convolution(p[0], p[1], convolution.attributes)
    }.run("\(convolution)")
  }
}
