import GraphIR

extension Graph {
  /// Whether a `dot_general` or `convolution` multiplies `i8` and delivers `i32`.
  func isInt8Product(_ value: ValueID) -> Bool {
    type(of: value).dtype == .i32 && type(of: self[value].operands[0]).dtype == .i8
  }
}

extension HostCompiler {
  /// A convolution of bytes as a product: rows of patches, found in the (padded) image while they
  /// are packed, times the kernel as a matrix `[places · features, output features]`.
  ///
  /// - Returns: `false` for sums of nothing.
  mutating func appendInt8Convolution(_ value: ValueID, _ conv: ConvolutionAttributes) -> Bool {
    let (a, b) = (graph[value].operands[0], graph[value].operands[1])
    let (inputType, kernelType) = (graph.type(of: a), graph.type(of: b))
    let type = graph.type(of: value)
    guard type.elementCount > 0, inputType.elementCount > 0, kernelType.elementCount > 0 else {
      return false
    }
    let at = conv.dimensions
    let sizes = ConvolutionSizes(
      conv, input: inputType.shape, kernel: kernelType.shape, output: type.shape)
    let input = convolutionInput(a, conv, type, rounds: false, lanes: false)
    let (kernel, kernelOffset, kernelStrides) = kernelMatrix(b, at)
    let strides = sizes.naturalStrides(at, type.shape)
    let layout = ConvolutionLayout(
      conv, sizes, input: input.strides, kernel: kernelStrides, output: strides,
      outputShape: type.shape)
    let isDirect = strides == type.strides
    let target = define(value)
    let direct = isDirect ? target : builder.arenaSlot(byteCount: type.byteCount)
    let step = { [threads] (from: Location, with: Location, out: Location) in
      Int8ConvolutionStep(
        layout, features: type.shape[at.outputFeature], input: from, kernel: with, result: out,
        threads: threads)
    }
    builder.append(
      .init(reads: [input.slot, kernel], writes: [direct]) { place in
        var (from, with) = (place(input.slot), place(kernel))
        from.byteOffset += input.offset
        with.byteOffset += kernelOffset
        return step(from, with, place(direct))
      })
    if !isDirect {
      let turned = StridedView(
        base: value, shape: type.shape, strides: strides, offset: 0)
      appendCopy(turned, from: direct, to: target, strides: type.strides, dtype: type.dtype)
    }
    return true
  }

  /// The kernel as a dense matrix, copied if it lies otherwise; with the strides by dimension.
  private mutating func kernelMatrix(
    _ value: ValueID, _ at: ConvolutionDimensions
  ) -> (slot: Slot, offset: Int, strides: [Int]) {
    let shape = graph.type(of: value).shape
    let order = at.kernelSpatial + [at.kernelInputFeature, at.kernelOutputFeature]
    var strides = shape.map { _ in 1 }
    var step = 1
    for dimension in order.reversed() {
      strides[dimension] = step
      step *= shape[dimension]
    }
    let source = view(of: value)
    let isMatrix = shape.indices.allSatisfy { shape[$0] == 1 || source.strides[$0] == strides[$0] }
    if isMatrix { return (slot(of: source.base), source.offset, strides) }
    let copy = builder.arenaSlot(byteCount: step)
    appendCopy(source, to: copy, strides: strides, dtype: .i8)
    return (copy, 0, strides)
  }
}
