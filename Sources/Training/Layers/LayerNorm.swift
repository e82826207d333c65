package import GraphIR

/// Brings the features of each position to mean 0 and variance 1, then scales and shifts them:
/// `y = (x - mean) / sqrt(variance + ε) · scale + shift`, over the last dimension.
///
/// - Source: Ba, Kiros and Hinton, "Layer normalization", 2016, equation 4; ε as in PyTorch's
///   `torch.nn.LayerNorm`.
package struct LayerNorm: Layer {
  package let name: String
  package let parameters: [StateTensor]
  package let epsilon: Double

  /// - Parameter features: the size of the last dimension of the input.
  package init(name: String, features: Int, epsilon: Double = 1e-5) {
    self.name = name
    self.epsilon = epsilon
    let type = TensorType([features], .f32)
    parameters = [
      StateTensor(name: name + ".scale", type: type, initializer: .ones),
      StateTensor(name: name + ".shift", type: type, initializer: .zeros),
    ]
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder.type(of: x).shape
    let last = shape.count - 1
    let outer = Array(0..<last)
    let share = 1 / Double(max(1, shape[last]))
    let mean = try builder.times(share, builder.reduce(.add, x, dimensions: [last]))
    let centred = try builder.subtract(
      x, builder.broadcast(mean, to: shape, dimensions: outer))
    let squares = try builder.multiply(centred, centred)
    let variance = try builder.times(share, builder.reduce(.add, squares, dimensions: [last]))
    let inverse = try builder.unary(
      .rsqrt, builder.add(variance, builder.splat(epsilon, like: variance)))
    let unit = try builder.multiply(
      centred, builder.broadcast(inverse, to: shape, dimensions: outer))
    let scaled = try builder.multiply(
      unit, builder.broadcast(context.parameters[0], to: shape, dimensions: [last]))
    return try builder.add(
      scaled, builder.broadcast(context.parameters[1], to: shape, dimensions: [last]))
  }
}

/// Layer normalisation; it has no keys.
package struct LayerNormDescription: LayerKeys {
  package func validate() {}

  package func add(to model: inout ModelAssembler, at path: String) {
    model.bringToImage()
    model.append(
      LayerNorm(name: model.name("layerNorm"), features: model.shape[model.shape.count - 1]),
      word: "layernorm")
  }
}
