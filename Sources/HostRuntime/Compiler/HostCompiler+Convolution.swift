import DeviceAPI

extension HostCompiler {
  /// A convolution as patches times kernel: `[g][n·p, s·i] · [g][s·i, o]`, where `g` are feature or
  /// batch groups, `n` images, `p` output positions, `s` kernel positions, `i` and `o` features.
  mutating func appendConvolution(_ value: ValueID, _ conv: ConvolutionAttributes) -> Bool {
    let instruction = graph[value]
    let inputType = graph.type(of: instruction.operands[0])
    guard inputType.dtype.isFloatingPoint, instruction.type.elementCount > 0 else { return false }
    let sizes = ConvolutionSizes(
      conv, input: inputType.shape, kernel: graph.type(of: instruction.operands[1]).shape,
      output: instruction.type.shape)
    let patches = appendPatches(instruction.operands[0], conv, sizes)
    let kernel = appendKernelMatrix(instruction.operands[1], conv, sizes)
    let outCount = instruction.type.elementCount
    let natural = builder.arenaSlot(byteCount: outCount * 4)
    let operandType = inputType.dtype == .f16 ? DType.f32 : inputType.dtype
    let product = MatrixProduct(
      batch: sizes.groups, m: sizes.rows, n: sizes.groupOutputs, k: sizes.depth,
      lhs: .init(
        dtype: operandType, isTransposed: false, rowStride: sizes.depth,
        batchStride: sizes.rows * sizes.depth),
      rhs: .init(
        dtype: operandType, isTransposed: false, rowStride: sizes.groupOutputs,
        batchStride: sizes.depth * sizes.groupOutputs))
    let engineKernel = engine.kernel(for: product, of: value)
    builder.append(
      .init(reads: [patches, kernel], writes: [natural]) { place in
        ProductStep(
          product, kernel: engineKernel, lhs: place(patches), rhs: place(kernel),
          out: place(natural))
      })
    appendOutput(natural, value, conv, sizes)
    return true
  }

  /// `[g, n, p, s, i]`; binary16 is widened, because no kernel reads it.
  private mutating func appendPatches(
    _ input: ValueID, _ conv: ConvolutionAttributes, _ sizes: ConvolutionSizes
  ) -> Slot {
    let source = denseSlot(of: input)
    let type = graph.type(of: input)
    let patches = builder.arenaSlot(
      byteCount: sizes.groups * sizes.rows * sizes.depth * type.dtype.byteCount)
    builder.append(
      .init(reads: [source], writes: [patches]) { place in
        PatchStep(
          conv, sizes, input: type, source: place(source), target: place(patches))
      })
    return widened(patches, type.dtype, count: sizes.groups * sizes.rows * sizes.depth)
  }

  /// `[g, s, i, o]`, dense.
  private mutating func appendKernelMatrix(
    _ kernel: ValueID, _ conv: ConvolutionAttributes, _ sizes: ConvolutionSizes
  ) -> Slot {
    let type = graph.type(of: kernel)
    let source = view(of: kernel)
    let at = conv.dimensions
    let outputStride = source.strides[at.kernelOutputFeature]
    let order = at.kernelSpatial + [at.kernelInputFeature]
    let moved = StridedView(
      base: source.base,
      shape: [sizes.groups] + order.map { source.shape[$0] } + [sizes.groupOutputs],
      strides: [outputStride * sizes.groupOutputs] + order.map { source.strides[$0] }
        + [outputStride],
      offset: source.offset)
    let matrix = builder.arenaSlot(byteCount: type.byteCount)
    copyDense(moved, to: matrix, dtype: type.dtype)
    return widened(matrix, type.dtype, count: type.elementCount)
  }

  /// Brings `[g, n, p, o]` to the layout of the result.
  private mutating func appendOutput(
    _ natural: Slot, _ value: ValueID, _ conv: ConvolutionAttributes, _ sizes: ConvolutionSizes
  ) {
    let type = graph.type(of: value)
    let at = conv.dimensions
    let positions = at.outputSpatial.map { type.shape[$0] }
    let shape = [sizes.groups, sizes.images] + positions + [sizes.groupOutputs]
    let feature = type.strides[at.outputFeature]
    let to =
      [feature * sizes.groupOutputs, type.strides[at.outputBatch]]
      + at.outputSpatial.map { type.strides[$0] } + [feature]
    let wide =
      type.dtype == .f32
      ? define(value) : builder.arenaSlot(byteCount: type.elementCount * 4)
    builder.append(
      .init(reads: [natural], writes: [wide]) { place in
        CopyStep(
          shape: shape, source: place(natural), from: TensorType(shape, .f32).strides,
          target: place(wide), to: to, elementByteCount: 4)
      })
    if type.dtype != .f32 {
      appendNarrowing(wide, to: define(value), dtype: type.dtype, count: type.elementCount)
    }
  }

  private mutating func widened(_ slot: Slot, _ dtype: DType, count: Int) -> Slot {
    guard dtype == .f16 else { return slot }
    let wide = builder.arenaSlot(byteCount: count * 4)
    appendWidening(slot, dtype: dtype, to: wide, count: count)
    return wide
  }
}

/// The sizes of a convolution as a batch of matrix products.
struct ConvolutionSizes: Sendable {
  /// Feature groups or batch groups; one of the two counts is 1.
  let groups: Int
  /// Images of one group.
  let images: Int
  /// Output positions of one image.
  let positions: Int
  /// Kernel positions.
  let taps: Int
  /// Input features of one group.
  let groupInputs: Int
  /// Output features of one group.
  let groupOutputs: Int

  /// Rows of a group's patch matrix.
  var rows: Int { images * positions }
  /// Columns of a group's patch matrix: the sum runs over kernel positions, then features.
  var depth: Int { taps * groupInputs }

  init(_ conv: ConvolutionAttributes, input: [Int], kernel: [Int], output: [Int]) {
    let at = conv.dimensions
    groups = conv.featureGroupCount * conv.batchGroupCount
    images = output[at.outputBatch]
    positions = at.outputSpatial.reduce(1) { $0 * output[$1] }
    taps = at.kernelSpatial.reduce(1) { $0 * kernel[$1] }
    groupInputs = kernel[at.kernelInputFeature]
    groupOutputs = kernel[at.kernelOutputFeature] / groups
  }
}
