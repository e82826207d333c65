import TestSupport
import GraphIR
import Testing

/// Examples marked "specification" are those of the StableHLO specification, "Ops", and of the
/// tests of its interpreter, which spell out the variants.
@Suite struct EvaluatorProductTests {
  @Test("dot_general batches, and orders batch, left, right")
  func dotGeneral() throws {
    // specification
    let lhs = tensor([2, 2, 2], .i32, [1, 2, 3, 4, 5, 6, 7, 8])
    let identity = tensor([2, 2, 2], .i32, [1, 0, 0, 1, 1, 0, 0, 1])
    let batched = DotDimensions(
      lhsBatching: [0], rhsBatching: [0], lhsContracting: [2], rhsContracting: [1])
    #expect(try evaluate(lhs, identity) { try $0.dotGeneral($1[0], $1[1], batched) } == lhs)
    let outer = DotDimensions(lhsContracting: [], rhsContracting: [])
    let product = try evaluate(
      tensor([2, 2], .i32, [1, 2, 3, 4]), tensor([2, 2], .i32, [1, 0, 0, 1])
    ) {
      try $0.dotGeneral($1[0], $1[1], outer)
    }
    #expect(
      product
        == tensor([2, 2, 2, 2], .i32, [1, 0, 0, 1, 2, 0, 0, 2, 3, 0, 0, 3, 4, 0, 0, 4]))
  }

  @Test("a turned operand gives the product of the transpose")
  func orientations() throws {
    // [1 2; 3 4; 5 6] · [1 0 2; 0 1 1] = [1 2 4; 3 4 10; 5 6 16]
    let (a, b) = (tensor([3, 2], [1, 2, 3, 4, 5, 6]), tensor([2, 3], [1, 0, 2, 0, 1, 1]))
    let (aTurned, bTurned) = (
      tensor([2, 3], [1, 3, 5, 2, 4, 6]), tensor([3, 2], [1, 0, 0, 1, 2, 1])
    )
    let expected = tensor([3, 3], [1, 2, 4, 3, 4, 10, 5, 6, 16])
    for (lhs, left) in [(a, 1), (aTurned, 0)] {
      for (rhs, right) in [(b, 0), (bTurned, 1)] {
        let dimensions = DotDimensions(lhsContracting: [left], rhsContracting: [right])
        #expect(
          try evaluate(lhs, rhs) { try $0.dotGeneral($1[0], $1[1], dimensions) } == expected)
      }
    }
  }

  @Test("products round once, deliver wide results, and wrap in i32")
  func accumulation() throws {
    // 2²⁴ + 1 + 1: each addition alone would be lost in f32.
    let sum = try evaluate(vector([0x1p24, 1, 1]), vector([1, 1, 1])) {
      try $0.dotGeneral(
        $1[0], $1[1], DotDimensions(lhsContracting: [0], rhsContracting: [0]))
    }
    #expect(sum.elements == [0x1p24 + 2])
    let inner = DotDimensions(lhsContracting: [0], rhsContracting: [0])
    // 100 · 100 · 2 = 20000 does not fit in i8, but in the i32 that is asked for.
    let bytes = vector(.i8, [100, 100])
    #expect(
      try evaluate(bytes, bytes) {
        try $0.dotGeneral($1[0], $1[1], inner, sums: .i32)
      }.elements == [20000])
    // 2³⁰ · 2 + 2³⁰ · 2 = 2³², which is 0 in 32 bits.
    #expect(
      try evaluate(vector(.i32, [0x1p30, 0x1p30]), vector(.i32, [2, 2])) {
        try $0.dotGeneral($1[0], $1[1], inner)
      }.elements == [0])
  }

  @Test("a device that rounds operands to bf16 has its products predicted so")
  func productOperands() throws {
    // 1 + 2⁻⁸ lies between bf16's 1 and 1 + 2⁻⁷: the tie goes to 1.
    var builder = GraphBuilder(name: "test")
    let x = builder.parameter("x", TensorType([1], .f32))
    let inner = DotDimensions(lhsContracting: [0], rhsContracting: [0])
    builder.result("r", try builder.dotGeneral(x, x, inner))
    let graph = try builder.build()
    let input = vector([1 + 0x1p-8])
    #expect(
      try ReferenceEvaluator(productOperandType: .bf16).results(of: graph, [input])[0][0] == 1)
    #expect(
      try ReferenceEvaluator.evaluate(graph, [input])[0][0] == 1 + 0x1p-7 + 0x1p-16)
  }

  let image = tensor([1, 4, 4, 1], .i32, [1, 2, 5, 6, 3, 4, 7, 8, 10, 11, 14, 15, 12, 13, 16, 17])

  @Test("convolution strides, dilates and pads as the specification's examples do")
  func convolution() throws {
    let ones = Literal(TensorType([3, 3, 1, 1], .i32), splat: 1)
    let bare = WindowDimension(size: 3, stride: 4, baseDilation: 2)
    let padded = WindowDimension(size: 3, stride: 4, low: 1, high: 1, baseDilation: 2)
    // specification
    #expect(
      try evaluate(image, ones) {
        try $0.convolution($1[0], $1[1], ConvolutionAttributes(window: [bare, bare]))
      } == tensor([1, 2, 2, 1], .i32, [10, 26, 46, 62]))
    #expect(
      try evaluate(image, ones) {
        try $0.convolution($1[0], $1[1], ConvolutionAttributes(window: [padded, padded]))
      } == tensor([1, 2, 2, 1], .i32, [1, 5, 10, 14]))
  }

  @Test("groups of features and of the batch are as in the specification's tests")
  func groups() throws {
    let ones = Literal(TensorType([1, 2, 1, 4], .i32), splat: 1)
    let window = [
      WindowDimension(size: 1, stride: 4, baseDilation: 2),
      WindowDimension(size: 2, stride: 4, baseDilation: 2),
    ]
    var byBatch = ConvolutionAttributes(window: window, batchGroupCount: 4)
    byBatch.dimensions.inputSpatial = [0, 2]
    byBatch.dimensions.inputBatch = 1
    #expect(
      try evaluate(image, ones) { try $0.convolution($1[0], $1[1], byBatch) }
        == tensor([1, 1, 2, 4], .i32, [1, 3, 10, 12, 5, 7, 14, 16]))
    let point = WindowDimension(size: 1, stride: 4, baseDilation: 2)
    let byFeature = ConvolutionAttributes(
      window: [point, point],
      dimensions: ConvolutionDimensions(
        inputBatch: 0, inputFeature: 2, inputSpatial: [1, 3], kernelInputFeature: 1,
        kernelOutputFeature: 3, kernelSpatial: [0, 2], outputBatch: 0, outputFeature: 3,
        outputSpatial: [1, 2]),
      featureGroupCount: 2)
    #expect(
      try evaluate(image, ones) { try $0.convolution($1[0], $1[1], byFeature) }
        == tensor([1, 2, 1, 4], .i32, [3, 3, 11, 11, 21, 21, 29, 29]))
  }

  @Test("a reversed window turns the kernel, window dilation spreads it")
  func reversal() throws {
    // Along a line: 1·3 + 2·5 forward, 1·5 + 2·3 reversed, 1·3 + 4·5 with one hole.
    let line = ConvolutionDimensions(
      inputBatch: 0, inputFeature: 1, inputSpatial: [2], kernelInputFeature: 1,
      kernelOutputFeature: 0, kernelSpatial: [2], outputBatch: 0, outputFeature: 1,
      outputSpatial: [2])
    func result(_ window: WindowDimension) throws -> [Double] {
      try evaluate(tensor([1, 1, 3], [1, 2, 4]), tensor([1, 1, 2], [3, 5])) {
        try $0.convolution(
          $1[0], $1[1], ConvolutionAttributes(window: [window], dimensions: line))
      }.elements
    }
    #expect(try result(WindowDimension(size: 2)) == [13, 26])
    #expect(try result(WindowDimension(size: 2, isReversed: true)) == [11, 22])
    #expect(try result(WindowDimension(size: 2, windowDilation: 2)) == [23])
    // Cut one off the front: only the second position is left.
    #expect(try result(WindowDimension(size: 2, low: -1)) == [26])
  }
}
