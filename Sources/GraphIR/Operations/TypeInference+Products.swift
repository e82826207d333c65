extension TypeRules {
  func dotGeneral(_ dot: DotDimensions) throws(BrokenRule) -> TensorType {
    let (lhs, rhs) = (operands[0], operands[1])
    try require(
      lhs.dtype == rhs.dtype, "needs operands of one element type, has \(lhs) and \(rhs)")
    try requireDimensions(
      dot.lhsBatching + dot.lhsContracting, rank: lhs.rank, "left batching and contracting")
    try requireDimensions(
      dot.rhsBatching + dot.rhsContracting, rank: rhs.rank, "right batching and contracting")
    try require(
      dot.lhsBatching.map { lhs.shape[$0] } == dot.rhsBatching.map { rhs.shape[$0] },
      "batches \(lhs) along \(dot.lhsBatching) with \(rhs) along \(dot.rhsBatching)")
    try require(
      dot.lhsContracting.map { lhs.shape[$0] } == dot.rhsContracting.map { rhs.shape[$0] },
      "sums \(lhs) along \(dot.lhsContracting) with \(rhs) along \(dot.rhsContracting): "
        + "the sizes differ")
    let shape =
      dot.lhsBatching.map { lhs.shape[$0] } + dot.lhsFree(rank: lhs.rank).map { lhs.shape[$0] }
      + dot.rhsFree(rank: rhs.rank).map { rhs.shape[$0] }
    return try accumulated(TensorType(shape, lhs.dtype))
  }

  /// A product may state a wider result type than its operands': bf16 operands, f32 sums.
  private func accumulated(_ natural: TensorType) throws(BrokenRule) -> TensorType {
    guard let declared else { return natural }
    try require(
      declared == natural
        || declared.shape == natural.shape
          && declared.dtype.isFloatingPoint == natural.dtype.isFloatingPoint
          && declared.dtype.byteCount > natural.dtype.byteCount,
      "computes \(natural), cannot deliver \(declared)")
    return declared
  }

  func convolution(_ conv: ConvolutionAttributes) throws(BrokenRule) -> TensorType {
    let (input, kernel) = (operands[0], operands[1])
    let at = conv.dimensions
    let spatial = conv.window.count
    try require(
      input.dtype == kernel.dtype, "needs operands of one element type, has \(input) and \(kernel)")
    try require(
      input.rank == spatial + 2 && kernel.rank == spatial + 2
        && at.inputSpatial.count == spatial && at.kernelSpatial.count == spatial
        && at.outputSpatial.count == spatial,
      "has \(spatial) window dimensions for \(input) and \(kernel)")
    try requireDimensions(
      [at.inputBatch, at.inputFeature] + at.inputSpatial, rank: input.rank, "input dimensions")
    try requireDimensions(
      [at.kernelInputFeature, at.kernelOutputFeature] + at.kernelSpatial, rank: kernel.rank,
      "kernel dimensions")
    try requireDimensions(
      [at.outputBatch, at.outputFeature] + at.outputSpatial, rank: input.rank, "output dimensions")
    try requireWindow(conv.window, over: at.inputSpatial.map { input.shape[$0] })
    try requireGroups(conv, input: input, kernel: kernel)
    var shape = [Int](repeating: 0, count: input.rank)
    shape[at.outputBatch] = input.shape[at.inputBatch] / conv.batchGroupCount
    shape[at.outputFeature] = kernel.shape[at.kernelOutputFeature]
    for (i, window) in conv.window.enumerated() {
      try require(
        window.size == kernel.shape[at.kernelSpatial[i]],
        "has a window of \(window.size) for a kernel of \(kernel.shape[at.kernelSpatial[i]])")
      shape[at.outputSpatial[i]] = window.outputSize(extent: input.shape[at.inputSpatial[i]])
    }
    return try accumulated(TensorType(shape, input.dtype))
  }

  private func requireGroups(
    _ conv: ConvolutionAttributes, input: TensorType, kernel: TensorType
  ) throws(BrokenRule) {
    let at = conv.dimensions
    let inputFeatures = input.shape[at.inputFeature]
    let outputFeatures = kernel.shape[at.kernelOutputFeature]
    let (groups, batchGroups) = (conv.featureGroupCount, conv.batchGroupCount)
    try require(
      groups >= 1 && batchGroups >= 1 && (groups == 1 || batchGroups == 1)
        && Self.isModest(groups),
      "has \(groups) feature groups and \(batchGroups) batch groups; one of them must be 1")
    try require(
      inputFeatures == kernel.shape[at.kernelInputFeature] * groups
        && outputFeatures % groups == 0,
      "has \(inputFeatures) input features for a kernel \(kernel) in \(groups) groups")
    try require(
      input.shape[at.inputBatch] % batchGroups == 0 && outputFeatures % batchGroups == 0,
      "cannot divide batch and output features into \(batchGroups) groups")
  }

  /// Window dimensions that make sense, over dimensions of an operand of these extents.
  func requireWindow(_ window: [WindowDimension], over extents: [Int]) throws(BrokenRule) {
    for (d, w) in window.enumerated() {
      let numbers = [w.size, w.stride, w.low, w.high, w.baseDilation, w.windowDilation]
      try require(
        numbers.allSatisfy(Self.isModest) && Self.isModest(extents[d], times: w.baseDilation),
        "has numbers beyond 2^31 in window dimension \(d)")
      try require(
        w.size >= 1 && w.stride >= 1 && w.baseDilation >= 1 && w.windowDilation >= 1,
        "needs sizes, strides and dilations of at least 1 in window dimension \(d)")
    }
  }

  /// So small that a product of two is far from overflow.
  static func isModest(_ value: Int) -> Bool { (-(1 << 31)...1 << 31).contains(value) }

  static func isModest(_ extent: Int, times factor: Int) -> Bool {
    let (product, overflow) = extent.multipliedReportingOverflow(by: max(1, factor))
    return !overflow && product < 1 << 60
  }

  func reduceWindow(_ window: WindowAttributes) throws(BrokenRule) -> TensorType {
    try requireScalar(operands[1], like: operands[0])
    return try windowed(operands[0], window)
  }

  func selectAndScatter(_ window: WindowAttributes) throws(BrokenRule) -> TensorType {
    try requireScalar(operands[2], like: operands[0])
    let source = try windowed(operands[0], window)
    try require(
      operands[1] == source, "needs a source of \(source), one element a window, has \(operands[1])"
    )
    try require(
      window.dimensions.allSatisfy { $0.baseDilation == 1 && $0.windowDilation == 1 },
      "has no dilations")
    return operands[0]
  }

  private func windowed(
    _ operand: TensorType, _ window: WindowAttributes
  ) throws(BrokenRule) -> TensorType {
    try require(
      window.dimensions.count == operand.rank,
      "has \(window.dimensions.count) window dimensions for \(operand)")
    try requireWindow(window.dimensions, over: operand.shape)
    try require(window.dimensions.allSatisfy { !$0.isReversed }, "has no reversed windows")
    return TensorType(
      zip(window.dimensions, operand.shape).map { $0.outputSize(extent: $1) }, operand.dtype)
  }
}
