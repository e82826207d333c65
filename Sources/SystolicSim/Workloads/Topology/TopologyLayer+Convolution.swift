extension TopologyLayer {
  /// A row as a convolution.
  ///
  /// The input grows by the padding on each side; a stride that does not divide is rounded up, as
  /// SCALE-Sim does.
  ///
  /// - Parameter isTypeDepthwise: the column `Type` says so.
  func convolution(
    _ isTypeDepthwise: Bool, _ notes: inout [String]
  ) throws(WorkloadError) -> ConvolutionShape {
    let strideHeight = try number(header.has(.strides) ? .strides : .strideHeight)
    let strideWidth = try number(.strideWidth, default: strideHeight)
    let dilation = try number(.dilation, default: 1)
    var shape = ConvolutionShape(
      batch: try number(.batch, default: 1),
      inputHeight: try number(.inputHeight), inputWidth: try number(.inputWidth),
      kernelHeight: try number(.kernelHeight), kernelWidth: try number(.kernelWidth),
      channels: try number(.channels), filters: try number(.filters),
      strideHeight: strideHeight, strideWidth: strideWidth,
      dilationHeight: try number(.dilationHeight, default: dilation),
      dilationWidth: try number(.dilationWidth, default: dilation),
      groups: try number(.groups, default: 1))
    shape.inputHeight += try padding(
      .paddingHeight, shape.inputHeight, shape.kernelHeight, strideHeight, shape.dilationHeight)
    shape.inputWidth += try padding(
      .paddingWidth, shape.inputWidth, shape.kernelWidth, strideWidth, shape.dilationWidth)
    try group(&shape, isTypeDepthwise, &notes)
    if let problem = shape.problem { throw error(problem) }
    if !shape.strideDivides { notes.append(Self.rounding(shape)) }
    return shape
  }

  /// Rows or columns that padding adds to an input of `extent`, both sides together.
  ///
  /// `same` adds what an output of ⌈extent / stride⌉ needs, `valid` nothing.
  private func padding(
    _ side: TopologyColumn, _ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int
  ) throws(WorkloadError) -> Int {
    let column = header.cell(side, of: row).isEmpty ? .padding : side
    switch header.cell(column, of: row).lowercased() {
    case "valid": return 0
    case "same":
      let reach = (kernel - 1) * dilation + 1
      let outputs = (extent + stride - 1) / stride
      return max(0, (outputs - 1) * stride + reach - extent)
    default: return 2 * (try number(column, default: 0, from: 0))
    }
  }

  /// Makes the shape depthwise where type or name say so and no column of groups says otherwise.
  private func group(
    _ shape: inout ConvolutionShape, _ isTypeDepthwise: Bool, _ notes: inout [String]
  ) throws(WorkloadError) {
    let name = header.cell(.name, of: row)
    let byName = DepthwiseName.isDepthwise(name)
    let statesGroups = !header.cell(.groups, of: row).isEmpty
    guard isTypeDepthwise || byName && !statesGroups else {
      let isDepthwise = shape.groups > 1 && shape.groups == shape.channels
      if (byName || DepthwiseName.looksDepthwise(name)) && !isDepthwise {
        notes.append(
          "not taken as depthwise, though its name looks so: "
            + (statesGroups
              ? "\(header.title(.groups)) is \(shape.groups)"
              : "only DP as a word of its own says so (DP_1), or a column Groups or Type"))
      }
      return
    }
    // By type, filters may be counted all together; by name they are those of one channel.
    let isPerChannel = !isTypeDepthwise || shape.filters % shape.channels != 0
    let filters = isPerChannel ? shape.filters : shape.filters / shape.channels
    guard let all = Int.checkedProduct(filters, shape.channels) else {
      throw error(
        "Channels x Num Filter leaves 64 bits; found \(shape.channels) x \(shape.filters)")
    }
    (shape.groups, shape.filters) = (shape.channels, all)
    notes.append(
      "taken as depthwise, because "
        + (isTypeDepthwise
          ? "\(header.title(.type)) says so" : "DP stands in its name (SCALE-Sim's rule)")
        + ": \(shape.channels) channel\(shape.channels == 1 ? "" : "s") with \(filters) filter"
        + (filters == 1 ? "" : "s") + " each")
  }

  private static func rounding(_ shape: ConvolutionShape) -> String {
    func down(_ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
      (input - (kernel - 1) * dilation - 1) / stride + 1
    }
    let height = down(
      shape.inputHeight, shape.kernelHeight, shape.strideHeight, shape.dilationHeight)
    let width = down(shape.inputWidth, shape.kernelWidth, shape.strideWidth, shape.dilationWidth)
    return "the stride does not divide: its output is rounded up to \(shape.outputHeight) x "
      + "\(shape.outputWidth), as SCALE-Sim does; PyTorch rounds down to \(height) x \(width)"
  }
}
