package import ConfigFiles
package import GraphIR

/// A convolution over images `[batch, height, width, inputs]`, with a bias for each output.
///
/// The kernel is `[kernelSize, kernelSize, inputs, outputs]`.
package struct Conv2D: Layer {
  /// What surrounds the image.
  package enum Padding: Hashable, Sendable {
    /// Nothing: the kernel stays inside.
    case valid
    /// Zeros, so that with stride 1 the image keeps its size; an odd one stands at the end.
    case same
    /// So many zeros on each side.
    case zeros(Int)
  }

  package let name: String
  package let parameters: [StateTensor]
  private let window: [WindowDimension]

  package init(
    name: String, inputs: Int, outputs: Int, kernelSize: Int, stride: Int = 1,
    padding: Padding = .valid
  ) {
    self.name = name
    let edge = padding.total(kernelSize: kernelSize)
    window = [WindowDimension](
      repeating: WindowDimension(
        size: kernelSize, stride: stride, low: edge / 2, high: edge - edge / 2), count: 2)
    parameters = [
      StateTensor(
        name: name + ".kernel", type: TensorType([kernelSize, kernelSize, inputs, outputs], .f32),
        initializer: .heNormal(fanIn: kernelSize * kernelSize * inputs)),
      StateTensor(name: name + ".bias", type: TensorType([outputs], .f32), initializer: .zeros),
    ]
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let sum = try builder.convolution(
      x, context.parameters[0], ConvolutionAttributes(window: window))
    let bias = try builder.broadcast(
      context.parameters[1], to: builder.type(of: sum).shape, dimensions: [3])
    return try builder.add(sum, bias)
  }
}

extension Conv2D.Padding {
  /// Zeros that a dimension of the image gains.
  func total(kernelSize: Int) -> Int {
    switch self {
    case .valid: 0
    case .same: kernelSize - 1
    case .zeros(let count): 2 * count
    }
  }
}

/// A convolution of `kernelSize` by `kernelSize`, with a bias.
package struct ConvolutionDescription: Hashable, Sendable, Codable, LayerKeys {
  /// Output features.
  package var outputs: Int
  package var kernelSize: Int
  package var stride: Int
  /// Zeros on each side of the image.
  package var padding: Int
  package var activation: Activation

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("outputs", outputs, in: 1...65_536)
    try ConfigIssue.require("kernelSize", kernelSize, in: 1...1024)
    try ConfigIssue.require("stride", stride, in: 1...1024)
    try ConfigIssue.require("padding", padding, in: 0...1024)
  }

  package func add(to model: inout ModelAssembler, at path: String) throws(ConfigError) {
    let own = model.name("convolution")
    try model.requireImage(own, at: path)
    try model.requireFit(kernelSize, 2 * padding, own, key: "kernelSize", at: path)
    model.bringToImage()
    let layer = Conv2D(
      name: own, inputs: model.shape[2], outputs: outputs, kernelSize: kernelSize, stride: stride,
      padding: .zeros(padding))
    let size = { (extent: Int) in (extent + 2 * padding - kernelSize) / stride + 1 }
    model.append(
      layer, word: "conv\(outputs)k\(kernelSize)s\(stride)p\(padding)",
      shape: [size(model.shape[0]), size(model.shape[1]), outputs])
    activation.add(to: &model, named: own)
  }
}
