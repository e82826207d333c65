package import GraphIR

/// Brings each feature to mean 0 and variance 1 over the batch and all positions, then scales and
/// shifts it: `y = (x - mean) / sqrt(variance + ε) · scale + shift`.
///
/// Training uses the batch's mean and (biased) variance and moves the running ones towards the
/// batch's by `momentum`, the variance unbiased; evaluation uses the running ones.
///
/// - Source: Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithms 1 and 2; defaults and
///   the unbiased running variance as in PyTorch's `torch.nn.BatchNorm2d`.
package struct BatchNorm: Layer {
  package let name: String
  package let parameters: [StateTensor]
  package let statistics: [StateTensor]
  package let epsilon: Double
  /// Weight of the batch in the running averages.
  package let momentum: Double

  /// - Parameter features: the size of the last dimension of the input.
  package init(name: String, features: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) {
    self.name = name
    self.epsilon = epsilon
    self.momentum = momentum
    let type = TensorType([features], .f32)
    parameters = [
      StateTensor(name: name + ".scale", type: type, initializer: .ones),
      StateTensor(name: name + ".shift", type: type, initializer: .zeros),
    ]
    statistics = [
      StateTensor(name: name + ".runningMean", type: type, initializer: .zeros),
      StateTensor(name: name + ".runningVariance", type: type, initializer: .ones),
    ]
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let type = builder.type(of: x)
    let last = type.rank - 1
    var (mean, variance) = (context.statistics[0], context.statistics[1])
    var centred: ValueID?
    if context.phase == .training {
      let summed = Array(0..<last)
      let count = type.elementCount / max(1, type.shape[last])
      let share = 1 / Double(max(1, count))
      mean = try builder.times(share, builder.reduce(.add, x, dimensions: summed))
      let difference = try builder.subtract(
        x, builder.broadcast(mean, to: type.shape, dimensions: [last]))
      let squares = try builder.multiply(difference, difference)
      variance = try builder.times(share, builder.reduce(.add, squares, dimensions: summed))
      centred = difference
      let correction = Double(count) / Double(max(1, count - 1))
      context.statistics = [
        try moved(context.statistics[0], towards: mean, in: &builder),
        try moved(
          context.statistics[1], towards: builder.times(correction, variance), in: &builder),
      ]
    }
    let inverse = try builder.unary(
      .rsqrt, builder.add(variance, builder.splat(epsilon, like: variance)))
    let scale = try builder.multiply(inverse, context.parameters[0])
    let difference =
      if let centred { centred } else {
        try builder.subtract(x, builder.broadcast(mean, to: type.shape, dimensions: [last]))
      }
    let scaled = try builder.multiply(
      difference, builder.broadcast(scale, to: type.shape, dimensions: [last]))
    return try builder.add(
      scaled, builder.broadcast(context.parameters[1], to: type.shape, dimensions: [last]))
  }

  private func moved(
    _ running: ValueID, towards value: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.add(builder.times(1 - momentum, running), builder.times(momentum, value))
  }
}

/// Batch normalisation; it has no keys.
package struct BatchNormDescription: LayerKeys {
  package func validate() {}

  package func add(to model: inout ModelAssembler, at path: String) {
    model.bringToImage()
    model.append(
      BatchNorm(name: model.name("batchNorm"), features: model.shape[model.shape.count - 1]),
      word: "norm")
  }
}
