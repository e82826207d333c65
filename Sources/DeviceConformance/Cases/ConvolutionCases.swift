internal import GraphIR

extension ConformanceSuite {
  static func convolutionCases() throws(GraphError) -> [ConformanceCase] {
    func square(_ size: Int) -> [WindowDimension] {
      [WindowDimension(size: size), WindowDimension(size: size)]
    }
    func make(
      _ name: String, _ input: [Int], _ kernel: [Int], _ attributes: ConvolutionAttributes,
      _ dtype: DType = .f32
    ) throws(GraphError) -> ConformanceCase {
      try ConformanceCase("convolution \(name)") { (b) throws(GraphError) in
        let range = dtype.isFloatingPoint ? -1.0...1 : 0...9
        let x = b.input(input, dtype, in: range)
        let y = b.input(kernel, dtype, in: range)
        b.result(try b.graph.convolution(x, y, attributes))
      }
    }
    let uneven = [
      WindowDimension(size: 3, stride: 2, low: 1, high: 0),
      WindowDimension(size: 2, stride: 3, low: 0, high: 2, windowDilation: 2),
    ]
    let dilated = [
      WindowDimension(size: 3, low: 2, high: 1, baseDilation: 2),
      WindowDimension(size: 2, low: 1, high: 1, baseDilation: 3, windowDilation: 2),
    ]
    let reversed = [
      WindowDimension(size: 3, isReversed: true),
      WindowDimension(size: 2, low: -1, high: 1, isReversed: true),
    ]
    let line = ConvolutionDimensions(
      inputBatch: 0, inputFeature: 1, inputSpatial: [2], kernelInputFeature: 1,
      kernelOutputFeature: 0, kernelSpatial: [2], outputBatch: 0, outputFeature: 1,
      outputSpatial: [2])
    let groups = ConvolutionAttributes(window: square(3), featureGroupCount: 2)
    let depthwise = ConvolutionAttributes(window: square(3), featureGroupCount: 4)
    let batches = ConvolutionAttributes(window: square(2), batchGroupCount: 3)
    var cases = [
      try make("1x1", [2, 5, 4, 3], [1, 1, 3, 7], ConvolutionAttributes(window: square(1))),
      try make("3x3", [2, 7, 6, 3], [3, 3, 3, 5], ConvolutionAttributes(window: square(3))),
      try make(
        "strided, padded", [2, 8, 9, 3], [3, 2, 3, 5], ConvolutionAttributes(window: uneven)),
      try make("dilated", [2, 5, 4, 3], [3, 2, 3, 5], ConvolutionAttributes(window: dilated)),
      try make("reversed", [2, 6, 7, 3], [3, 2, 3, 5], ConvolutionAttributes(window: reversed)),
      try make("feature groups", [2, 6, 5, 4], [3, 3, 2, 6], groups),
      try make("depthwise", [1, 6, 5, 4], [3, 3, 1, 8], depthwise),
      try make("batch groups", [6, 4, 5, 2], [2, 2, 2, 9], batches),
      try make(
        "one dimension, features first", [2, 3, 11], [5, 3, 4],
        ConvolutionAttributes(window: [WindowDimension(size: 4, stride: 2)], dimensions: line)),
    ]
    for dtype: DType in [.bf16, .f16, .i32] {
      cases.append(
        try make(
          "\(dtype)", [1, 5, 6, 2], [3, 3, 2, 4], ConvolutionAttributes(window: square(3)), dtype))
    }
    return try cases + lenetCases()
  }

  /// The convolutions of LeNet-5, batch 2: forward, by the input, by the kernel.
  ///
  /// - Source: LeCun et al., Proc. IEEE 1998, figure 2; the first layer padded to 28 x 28.
  private static func lenetCases() throws(GraphError) -> [ConformanceCase] {
    let padded = [Int](repeating: 2, count: 2).map { WindowDimension(size: 5, low: $0, high: $0) }
    let plain = [WindowDimension(size: 5), WindowDimension(size: 5)]
    // By the input: the gradient, padded by 4, with the kernel turned and its features swapped.
    var byInput = ConvolutionAttributes(
      window: [Int](repeating: 4, count: 2).map {
        WindowDimension(size: 5, low: $0, high: $0, isReversed: true)
      })
    byInput.dimensions.kernelInputFeature = 3
    byInput.dimensions.kernelOutputFeature = 2
    // By the kernel: the batch is summed over, the gradient is the window.
    let byKernel = ConvolutionAttributes(
      window: [WindowDimension(size: 10), WindowDimension(size: 10)],
      dimensions: ConvolutionDimensions(
        inputBatch: 3, inputFeature: 0, inputSpatial: [1, 2], kernelInputFeature: 0,
        kernelOutputFeature: 3, kernelSpatial: [1, 2], outputBatch: 2, outputFeature: 3,
        outputSpatial: [0, 1]))
    let forms: [(String, [Int], [Int], ConvolutionAttributes)] = [
      ("first layer", [2, 28, 28, 1], [5, 5, 1, 6], ConvolutionAttributes(window: padded)),
      ("second layer", [2, 14, 14, 6], [5, 5, 6, 16], ConvolutionAttributes(window: plain)),
      ("second layer by input", [2, 10, 10, 16], [5, 5, 6, 16], byInput),
      ("second layer by kernel", [2, 14, 14, 6], [2, 10, 10, 16], byKernel),
    ]
    var cases: [ConformanceCase] = []
    for (name, input, kernel, attributes) in forms {
      cases.append(
        try ConformanceCase("convolution LeNet-5 \(name)") { (b) throws(GraphError) in
          let x = b.input(input, in: -1...1)
          let y = b.input(kernel, in: -1...1)
          b.result(try b.graph.convolution(x, y, attributes))
        })
    }
    return cases
  }
}
