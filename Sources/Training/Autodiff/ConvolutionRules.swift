internal import GraphIR

/// Both derivatives of a convolution are convolutions.
///
/// - Source: Dumoulin and Visin, "A guide to convolution arithmetic", 2016, section 4; the
///   handling of groups is that of JAX (`_conv_general_dilated_transpose_lhs` and `_rhs`).
extension BackwardStep {
  func convolution(
    _ attributes: ConvolutionAttributes, in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    [
      try byOperand(0, in: &builder) { (builder) throws(GraphError) in
        try inputCotangent(attributes, in: &builder)
      },
      try byOperand(1, in: &builder) { (builder) throws(GraphError) in
        try kernelCotangent(attributes, in: &builder)
      },
    ]
  }

  /// The cotangent convolved with the kernel running backwards, its input and output features
  /// exchanged.
  private func inputCotangent(
    _ attributes: ConvolutionAttributes, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let at = attributes.dimensions
    let input = builder.type(of: operands[0])
    let output = instruction.type
    let groups = attributes.featureGroupCount * attributes.batchGroupCount
    var kernel = try builder.convert(operands[1], to: output.dtype)
    // A group's outputs came from its own inputs only: the group moves to the kernel's inputs.
    kernel = try builder.movedGroups(
      groups, of: kernel, from: at.kernelOutputFeature, to: at.kernelInputFeature)
    let window = attributes.window.indices.map {
      var dimension = attributes.window[$0].transposed(
        inputExtent: input.shape[at.inputSpatial[$0]],
        outputExtent: output.shape[at.outputSpatial[$0]])
      dimension.isReversed.toggle()
      return dimension
    }
    let dimensions = ConvolutionDimensions(
      inputBatch: at.outputBatch, inputFeature: at.outputFeature, inputSpatial: at.outputSpatial,
      kernelInputFeature: at.kernelOutputFeature, kernelOutputFeature: at.kernelInputFeature,
      kernelSpatial: at.kernelSpatial, outputBatch: at.inputBatch, outputFeature: at.inputFeature,
      outputSpatial: at.inputSpatial)
    var result = try builder.convolution(
      cotangent, kernel,
      ConvolutionAttributes(window: window, dimensions: dimensions, featureGroupCount: groups))
    result = try builder.movedGroups(
      attributes.batchGroupCount, of: result, from: at.inputFeature, to: at.inputBatch)
    return try builder.convert(result, to: input.dtype)
  }

  /// The input convolved with the cotangent, summing over the batch as if it were features.
  private func kernelCotangent(
    _ attributes: ConvolutionAttributes, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let at = attributes.dimensions
    let inputType = builder.type(of: operands[0])
    let kernelType = builder.type(of: operands[1])
    let output = instruction.type
    let input = try builder.convert(operands[0], to: output.dtype)
    let window = attributes.window.indices.map {
      attributes.window[$0].exchangingKernelAndOutput(
        inputExtent: inputType.shape[at.inputSpatial[$0]],
        outputExtent: output.shape[at.outputSpatial[$0]])
    }
    let dimensions = ConvolutionDimensions(
      inputBatch: at.inputFeature, inputFeature: at.inputBatch, inputSpatial: at.inputSpatial,
      kernelInputFeature: at.outputBatch, kernelOutputFeature: at.outputFeature,
      kernelSpatial: at.outputSpatial, outputBatch: at.kernelInputFeature,
      outputFeature: at.kernelOutputFeature, outputSpatial: at.kernelSpatial)
    var result = try builder.convolution(
      input, cotangent,
      ConvolutionAttributes(
        window: window, dimensions: dimensions, featureGroupCount: attributes.batchGroupCount,
        batchGroupCount: attributes.featureGroupCount))
    let reversed = attributes.window.indices.filter { attributes.window[$0].isReversed }
    if !reversed.isEmpty {
      result = try builder.append(
        .reverse(dimensions: reversed.map { at.kernelSpatial[$0] }), [result])
    }
    return try builder.convert(result, to: kernelType.dtype)
  }
}

extension WindowDimension {
  /// The window of the kernel's derivative: the cotangent is the kernel, and the places of the
  /// kernel are the output.
  ///
  /// From `i · baseDilation + low = o · stride + k · windowDilation`, read for `k`: stride and
  /// window dilation are exchanged.
  func exchangingKernelAndOutput(inputExtent: Int, outputExtent: Int) -> WindowDimension {
    let dilatedInput = inputExtent == 0 ? 0 : (inputExtent - 1) * baseDilation + 1
    let dilatedOutput = outputExtent == 0 ? 0 : (outputExtent - 1) * stride + 1
    return WindowDimension(
      size: outputExtent, stride: windowDilation, low: low,
      high: dilatedOutput - dilatedInput + dilatedSize - low - 1, baseDilation: baseDilation,
      windowDilation: stride)
  }
}

extension GraphBuilder {
  /// Splits `count` groups off the front of dimension `source` and puts them before `target`.
  fileprivate mutating func movedGroups(
    _ count: Int, of x: ValueID, from source: Int, to target: Int
  ) throws(GraphError) -> ValueID {
    if count == 1 { return x }
    var shape = type(of: x).shape
    shape[source] /= count
    let apart = try reshape(x, to: Array(shape[..<source]) + [count] + Array(shape[source...]))
    var permutation = (0...shape.count).filter { $0 != source }
    permutation.insert(source, at: target)
    shape[target] *= count
    return try reshape(permuted(apart, permutation), to: shape)
  }
}
