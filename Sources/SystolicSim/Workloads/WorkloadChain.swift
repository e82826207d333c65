package import GraphIR
internal import GraphPasses
package import SystolicModel

/// The layers of a workload as one program: each takes what the one before it made.
///
/// A topology file does not say what a layer reads. It is taken as a chain: the input of a layer is the
/// output of the layer before where that has its size, padding apart; else it is read from DRAM, and the
/// output before it, which something else reads, goes there.
///
/// - Validity: pooling, additions and activations, which such a file does not have, are left out.
package struct WorkloadChain {
  /// Inputs, weights and outputs that something else reads lie in DRAM.
  package let graph: Graph
  /// Layers but the first whose input is not the output of the layer before.
  package let readingFromDRAM: [String]

  /// Layers that a chain may have, repeats counted.
  private static let mostLayers = 10_000

  /// - Throws: `WorkloadError` for a layer that makes no sense or is none of a file, and for too many.
  package init(_ workload: Workload, type: OperandType) throws(WorkloadError) {
    let count = workload.layers.reduce(0) {
      min(Self.mostLayers, $0) + min($1.count, Self.mostLayers)
    }
    if count > Self.mostLayers {
      throw WorkloadError(
        workload.name,
        "has more than \(Self.mostLayers) layers, repeats counted, which one program is not made of. "
          + "Estimate it layer by layer, without --network.")
    }
    var chain = ChainBuilder(name: workload.name, type: type)
    do throws(GraphError) {
      for layer in workload.layers {
        if let problem = layer.shape.problem {
          throw GraphError(place: layer.name, reason: problem)
        }
        for time in 0..<layer.count {
          try chain.append(layer, name: time == 0 ? layer.name : "\(layer.name) \(time + 1)")
        }
      }
      graph = try ProductPrecisionPass(type == .fp32 ? .highest : nil).run(chain.finished())
    } catch {
      throw WorkloadError(error.place, error.reason + ".")
    }
    readingFromDRAM = chain.readingFromDRAM
  }
}

private struct ChainBuilder {
  private var builder: GraphBuilder
  private let dtype: DType
  /// What the last layer made, and the layer.
  private var last: (value: ValueID, name: String)?
  private(set) var readingFromDRAM: [String] = []

  init(name: String, type: OperandType) {
    builder = GraphBuilder(name: name)
    dtype =
      switch type {
      case .bf16: .bf16
      case .fp16: .f16
      case .int8: .i8
      case .fp32: .f32
      }
  }

  mutating func append(_ layer: Workload.Layer, name: String) throws(GraphError) {
    builder.scope = name
    let made: ValueID
    switch layer.shape {
    case .gemm(let gemm):
      let input = try input([gemm.m, gemm.k], name)
      let weights = builder.parameter(name + ".weight", TensorType([gemm.k, gemm.n], dtype))
      made = try builder.dotGeneral(input, weights)
    case .convolution(let shape): made = try convolution(shape, name)
    case .patches:
      throw GraphError(
        place: name, reason: "is a convolution of a graph, which is a program already")
    }
    // int8 products leave 32-bit sums; the next layer takes int8.
    last = (try builder.convert(made, to: dtype), name)
  }

  /// What is left in DRAM at the end.
  mutating func finished() throws(GraphError) -> Graph {
    leaveInDRAM()
    return builder.graph
  }

  /// The last output, if it has so many elements; else a parameter.
  private mutating func input(_ shape: [Int], _ name: String) throws(GraphError) -> ValueID {
    if let last, builder.type(of: last.value).elementCount == shape.reduce(1, *) {
      return try builder.reshape(last.value, to: shape)
    }
    return fromDRAM(shape, name)
  }

  private mutating func fromDRAM(_ shape: [Int], _ name: String) -> ValueID {
    if last != nil { readingFromDRAM.append(name) }
    leaveInDRAM()
    return builder.parameter(name + ".input", TensorType(shape, dtype))
  }

  /// The last output takes the place of a parameter of its type, so that no host fetches it.
  private mutating func leaveInDRAM() {
    guard let last else { return }
    let place = builder.parameter(last.name + ".output", builder.type(of: last.value))
    builder.result(last.name + ".output", last.value, donating: place)
    self.last = nil
  }

  private mutating func convolution(
    _ shape: ConvolutionShape, _ name: String
  ) throws(GraphError) -> ValueID {
    let whole = [shape.batch, shape.inputHeight, shape.inputWidth, shape.channels]
    var padding = (height: 0, width: 0)
    let input: ValueID
    if let last, let unpadded = self.padding(of: builder.type(of: last.value).shape, for: shape) {
      (input, padding) = (last.value, unpadded)
    } else {
      input = try self.input(whole, name)
    }
    let kernel = builder.parameter(
      name + ".weight",
      TensorType(
        [shape.kernelHeight, shape.kernelWidth, shape.channels / shape.groups, shape.filters], dtype
      ))
    /// Half of the padding before, half after, and what the last stride lacks.
    func window(
      _ kernel: Int, _ stride: Int, _ dilation: Int, _ input: Int, _ output: Int, _ padding: Int
    ) -> WindowDimension {
      let reach = (output - 1) * stride + (kernel - 1) * dilation + 1
      return WindowDimension(
        size: kernel, stride: stride, low: padding / 2,
        high: padding - padding / 2 + reach - input, windowDilation: dilation)
    }
    return try builder.convolution(
      input, kernel,
      ConvolutionAttributes(
        window: [
          window(
            shape.kernelHeight, shape.strideHeight, shape.dilationHeight, shape.inputHeight,
            shape.outputHeight, padding.height),
          window(
            shape.kernelWidth, shape.strideWidth, shape.dilationWidth, shape.inputWidth,
            shape.outputWidth, padding.width),
        ], featureGroupCount: shape.groups))
  }

  /// By how much an output is smaller than a padded input, if it has its batch and channels and less is
  /// missing than the kernel reaches.
  private func padding(
    of output: [Int], for shape: ConvolutionShape
  ) -> (height: Int, width: Int)? {
    guard output.count == 4, output[0] == shape.batch, output[3] == shape.channels else {
      return nil
    }
    let missing = (height: shape.inputHeight - output[1], width: shape.inputWidth - output[2])
    let reach = (
      height: (shape.kernelHeight - 1) * shape.dilationHeight,
      width: (shape.kernelWidth - 1) * shape.dilationWidth
    )
    guard (0...reach.height).contains(missing.height), (0...reach.width).contains(missing.width)
    else {
      return nil
    }
    return missing
  }
}
