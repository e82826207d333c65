internal import GraphIR

extension BackwardStep {
  func reduce(
    _ reducer: Reducer, _ dimensions: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let shape = builder.type(of: operands[0]).shape
    let kept = shape.indices.filter { !dimensions.contains($0) }
    switch reducer {
    case .add:
      return [
        wanted[0]
          ? try builder.spread(
            builder.convert(cotangent, to: builder.type(of: operands[0]).dtype), to: shape,
            dimensions: kept) : nil,
        wanted[1] ? try total(cotangent, in: &builder) : nil,
      ]
    case .maximum, .minimum:
      if wanted[1] { throw noRule("the starting value of a \(reducer.rawValue)") }
      return [try extremum(dimensions, kept: kept, in: &builder), nil]
    case .multiply: throw noRule("a product over dimensions")
    }
  }

  /// Elements that equal the extremum share its derivative in equal parts.
  private func extremum(
    _ dimensions: [Int], kept: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let x = operands[0]
    let shape = builder.type(of: x).shape
    let extremum = try builder.broadcast(result, to: shape, dimensions: kept)
    let isExtremum = try builder.compare(.eq, x, extremum)
    let (zero, one) = (try builder.splat(0, like: x), try builder.splat(1, like: x))
    let ties = try builder.reduce(
      .add, builder.select(isExtremum, one, zero), dimensions: dimensions)
    let share = try builder.divide(cotangent, ties)
    return try builder.select(
      isExtremum, builder.broadcast(share, to: shape, dimensions: kept), zero)
  }

  func reduceWindow(
    _ reducer: Reducer, _ window: WindowAttributes, in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    // It fills the padding too, so how often it enters differs from window to window.
    if wanted[1] { throw noRule("the starting value of windows") }
    switch reducer {
    case .add: return [try windowSum(window, in: &builder), nil]
    case .maximum, .minimum:
      // The smallest is where the negative is greatest.
      let x = reducer == .maximum ? operands[0] : try builder.unary(.negate, operands[0])
      let zero = try builder.scalar(0, instruction.type.dtype)
      return [try builder.append(.selectAndScatter(window), [x, cotangent, zero]), nil]
    case .multiply: throw noRule("a product over windows")
    }
  }

  /// Each element collects from the windows that it lay in: a window sum with stride and base
  /// dilation exchanged, the edges widened to where windows begin and end.
  private func windowSum(
    _ window: WindowAttributes, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder.type(of: operands[0]).shape
    let dimensions = shape.indices.map {
      window.dimensions[$0].transposed(
        inputExtent: shape[$0], outputExtent: instruction.type.shape[$0])
    }
    return try builder.reduceWindow(.add, cotangent, WindowAttributes(dimensions))
  }
}

extension WindowDimension {
  /// The window that carries derivatives from the output back to the input.
  ///
  /// Input position `i` and output position `o` meet at window place `k` if
  /// `i · baseDilation + low = o · stride + k · windowDilation`. Read for `i` with the window
  /// running backwards, that is a window with stride and base dilation exchanged, starting
  /// `dilatedSize - 1 - low` before the first output.
  ///
  /// - Source: Dumoulin and Visin, "A guide to convolution arithmetic", 2016, section 4.
  func transposed(inputExtent: Int, outputExtent: Int) -> WindowDimension {
    let dilatedInput = inputExtent == 0 ? 0 : (inputExtent - 1) * baseDilation + 1
    let dilatedOutput = outputExtent == 0 ? 0 : (outputExtent - 1) * stride + 1
    let before = dilatedSize - 1 - low
    return WindowDimension(
      size: size, stride: baseDilation, low: before,
      high: dilatedInput + dilatedSize - 1 - dilatedOutput - before, baseDilation: stride,
      windowDilation: windowDilation, isReversed: isReversed)
  }
}
