import GraphIR

extension HostCompiler {
  /// A convolution as a product of rows `[g][n·p]` and columns `[g][o]`, where `g` are feature or
  /// batch groups, `n` images, `p` output positions and `o` features; the sum runs over kernel
  /// positions, then input features.
  ///
  /// - Returns: `false` for types that have no kernel, and for sums of nothing.
  mutating func appendConvolution(_ value: ValueID, _ conv: ConvolutionAttributes) -> Bool {
    if graph.isInt8Product(value) { return appendInt8Convolution(value, conv) }
    let instruction = graph[value]
    let (a, b) = (instruction.operands[0], instruction.operands[1])
    let (inputType, kernelType) = (graph.type(of: a), graph.type(of: b))
    guard inputType.dtype.fitsBinary32, instruction.type.dtype != .f64,
      instruction.type.elementCount > 0,
      inputType.elementCount > 0, kernelType.elementCount > 0
    else { return false }
    let at = conv.dimensions
    let sizes = ConvolutionSizes(
      conv, input: inputType.shape, kernel: kernelType.shape, output: instruction.type.shape)
    let sum = engine.chainedSum(of: value, depth: sizes.depth)
    let laneWidth = laneWidth(conv, sizes, instruction.type)
    let input = convolutionInput(
      a, conv, instruction.type, rounds: sum.roundsOperands, lanes: laneWidth > 0)
    let kernel = floatSource(b, rounds: sum.roundsOperands, innermost: at.kernelOutputFeature)
    // The kernel writes rows of features; another layout is made of that by a copy.
    let isDirect = instruction.type.strides[at.outputFeature] == 1 || sizes.groupOutputs == 1
    let strides =
      isDirect ? instruction.type.strides : sizes.naturalStrides(at, instruction.type.shape)
    var layout = ConvolutionLayout(
      conv, sizes, input: input.strides, kernel: kernel.strides, output: strides,
      outputShape: instruction.type.shape)
    layout.chainDepth = sum.chainDepth
    layout.laneWidth = laneWidth
    let isNarrow = instruction.type.dtype != .f32
    let direct =
      isDirect && !isNarrow
      ? define(value) : builder.arenaSlot(byteCount: instruction.type.elementCount * 4)
    append(layout, input: input, kernel: kernel, result: direct)
    guard !(isDirect && !isNarrow) else { return true }
    appendConvolutionResult(direct, strides: strides, isDirect: isDirect, value)
    return true
  }

  private mutating func append(
    _ layout: ConvolutionLayout, input: FloatSource, kernel: FloatSource, result: Slot
  ) {
    builder.append(
      .init(reads: [input.slot, kernel.slot], writes: [result]) { place in
        var from = place(input.slot)
        from.byteOffset += input.offset * 4
        var with = place(kernel.slot)
        with.byteOffset += kernel.offset * 4
        return ConvolutionStep(layout, input: from, kernel: with, result: place(result))
      })
  }

  /// Positions whose input elements are to lie side by side, so that vectors run over positions;
  /// 0 where vectors run over output features, which few features leave mostly empty.
  private func laneWidth(
    _ conv: ConvolutionAttributes, _ sizes: ConvolutionSizes, _ output: TensorType
  ) -> Int {
    let lanes = 16
    guard sizes.groupOutputs <= 8, let last = conv.window.last, last.stride == 1,
      let dimension = conv.dimensions.outputSpatial.last
    else { return 0 }
    let width = output.shape[dimension]
    let vectors = (width + lanes - 1) / lanes
    return 4 * vectors * sizes.groupOutputs <= 3 * width ? width : 0
  }

  /// The input with the zeros around and between its elements that windows reach.
  mutating func convolutionInput(
    _ value: ValueID, _ conv: ConvolutionAttributes, _ output: TensorType, rounds: Bool,
    lanes: Bool
  ) -> FloatSource {
    let at = conv.dimensions
    let type = graph.type(of: value)
    var low = type.shape.map { _ in 0 }
    var dilation = type.shape.map { _ in 1 }
    var extents = type.shape
    for (d, dimension) in at.inputSpatial.enumerated() {
      let window = conv.window[d]
      low[dimension] = window.low
      dilation[dimension] = window.baseDilation
      extents[dimension] =
        (output.shape[at.outputSpatial[d]] - 1) * window.stride + window.dilatedSize
    }
    return floatSource(
      value, rounds: rounds, low: low, dilation: dilation, extents: extents,
      innermost: lanes ? at.inputSpatial.last : nil)
  }

  /// Brings the kernel's result to the layout and the type of the value.
  private mutating func appendConvolutionResult(
    _ direct: Slot, strides: [Int], isDirect: Bool, _ value: ValueID
  ) {
    let type = graph.type(of: value)
    var wide = direct
    if !isDirect {
      wide =
        type.dtype == .f32 ? define(value) : builder.arenaSlot(byteCount: type.elementCount * 4)
      builder.append(
        .init(reads: [direct], writes: [wide]) { [wide] place in
          CopyStep(
            shape: type.shape, source: place(direct), from: strides, target: place(wide),
            to: type.strides, elementByteCount: 4)
        })
    }
    if type.dtype != .f32 {
      appendNarrowing(wide, to: define(value), dtype: type.dtype, count: type.elementCount)
    }
  }
}

/// The sizes of a convolution as a batch of matrix products.
struct ConvolutionSizes: Sendable {
  /// Feature groups or batch groups; one of the two counts is 1.
  let groups: Int
  /// Images of one group.
  let images: Int
  /// Kernel positions.
  let taps: Int
  /// Input features of one group.
  let groupInputs: Int
  /// Output features of one group.
  let groupOutputs: Int

  /// Products of a sum: kernel positions times features.
  var depth: Int { taps * groupInputs }

  init(_ conv: ConvolutionAttributes, input: [Int], kernel: [Int], output: [Int]) {
    let at = conv.dimensions
    groups = conv.featureGroupCount * conv.batchGroupCount
    images = output[at.outputBatch]
    taps = at.kernelSpatial.reduce(1) { $0 * kernel[$1] }
    groupInputs = kernel[at.kernelInputFeature]
    groupOutputs = kernel[at.kernelOutputFeature] / groups
  }

  /// Strides by dimension of the result laid out as batch, space, features.
  func naturalStrides(_ at: ConvolutionDimensions, _ shape: [Int]) -> [Int] {
    let order = [at.outputBatch] + at.outputSpatial + [at.outputFeature]
    var strides = shape.map { _ in 1 }
    var step = 1
    for dimension in order.reversed() {
      strides[dimension] = step
      step *= shape[dimension]
    }
    return strides
  }
}

extension ConvolutionLayout {
  /// - Parameters: strides by dimension of the operands (the input's, of its places) and result.
  init(
    _ conv: ConvolutionAttributes, _ sizes: ConvolutionSizes, input: [Int], kernel: [Int],
    output: [Int], outputShape: [Int]
  ) {
    let at = conv.dimensions
    let spatial = conv.window.indices
    groups = sizes.groups
    images = sizes.images
    inputImage = input[at.inputBatch]
    resultImage = output[at.outputBatch]
    var (inputPlaces, resultPlaces): ([Int32], [Int32]) = ([], [])
    forEachIndex(at.outputSpatial.map { outputShape[$0] }) { position in
      inputPlaces.append(
        Int32(
          spatial.reduce(0) {
            $0 + position[$1] * conv.window[$1].stride * input[at.inputSpatial[$1]]
          }))
      resultPlaces.append(
        Int32(spatial.reduce(0) { $0 + position[$1] * output[at.outputSpatial[$1]] }))
    }
    inputPositions = inputPlaces
    resultPositions = resultPlaces
    outputs = sizes.groupOutputs
    chainDepth = sizes.depth
    laneWidth = 0
    kernelGroup = sizes.groupOutputs * kernel[at.kernelOutputFeature]
    resultGroup = sizes.groupOutputs * output[at.outputFeature]
    inputGroup =
      conv.batchGroupCount > 1
      ? sizes.images * inputImage : sizes.groupInputs * input[at.inputFeature]
    (inputRuns, kernelRuns, runLength, inputStep, kernelStep) = Self.runs(
      conv, sizes, input: input, kernel: kernel)
  }

  private static func runs(
    _ conv: ConvolutionAttributes, _ sizes: ConvolutionSizes, input: [Int], kernel: [Int]
  ) -> ([Int32], [Int32], length: Int, inputStep: Int, kernelStep: Int) {
    let at = conv.dimensions
    let tapSteps = conv.window.indices.map {
      conv.window[$0].windowDilation * input[at.inputSpatial[$0]]
        * (conv.window[$0].isReversed ? -1 : 1)
    }
    let kernelSteps = at.kernelSpatial.map { kernel[$0] }
    let start = conv.window.indices.reduce(0) {
      $0 - (conv.window[$1].isReversed ? (conv.window[$1].size - 1) * tapSteps[$1] : 0)
    }
    // From the innermost: features, then kernel positions, as far as they step evenly.
    var run = (
      length: sizes.groupInputs, input: input[at.inputFeature],
      kernel: kernel[at.kernelInputFeature]
    )
    var outer = conv.window.map(\.size)
    while let size = outer.last {
      let (a, b) = (tapSteps[outer.count - 1], kernelSteps[outer.count - 1])
      if run.length == 1 {
        run = (size, a, b)
      } else if size == 1 || a == run.length * run.input && b == run.length * run.kernel {
        run.length *= size
      } else {
        break
      }
      outer.removeLast()
    }
    var inputRuns: [Int32] = []
    var kernelRuns: [Int32] = []
    forEachIndex(outer) { tap in
      inputRuns.append(Int32(tap.indices.reduce(start) { $0 + tap[$1] * tapSteps[$1] }))
      kernelRuns.append(Int32(tap.indices.reduce(0) { $0 + tap[$1] * kernelSteps[$1] }))
    }
    return (inputRuns, kernelRuns, run.length, run.input, run.kernel)
  }
}

/// Calls `body` with every index of a shape, row-major.
func forEachIndex(_ shape: [Int], _ body: ([Int]) -> Void) {
  if shape.contains(0) { return }
  var index = shape.map { _ in 0 }
  while true {
    body(index)
    var d = shape.count - 1
    while d >= 0, index[d] == shape[d] - 1 {
      index[d] = 0
      d -= 1
    }
    if d < 0 { return }
    index[d] += 1
  }
}
