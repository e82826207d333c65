package import ConfigFiles
package import GraphIR

/// `y = x W + b`: x `[batch, …, inputs]`, W `[inputs, outputs]`, b `[outputs]`.
package struct Dense: Layer {
  package let name: String
  package let parameters: [StateTensor]

  /// A layer with the given initialiser for its weights; the bias starts at zero.
  package init(name: String, inputs: Int, outputs: Int, initializer: Initializer) {
    self.name = name
    parameters = [
      StateTensor(
        name: name + ".weight", type: TensorType([inputs, outputs], .f32),
        initializer: initializer),
      StateTensor(name: name + ".bias", type: TensorType([outputs], .f32), initializer: .zeros),
    ]
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let last = builder.type(of: x).rank - 1
    let product = try builder.dotGeneral(
      x, context.parameters[0], DotDimensions(lhsContracting: [last], rhsContracting: [0]))
    let bias = try builder.broadcast(
      context.parameters[1], to: builder.type(of: product).shape, dimensions: [last])
    return try builder.add(product, bias)
  }
}

/// A dense layer with a bias.
package struct DenseDescription: Hashable, Sendable, Codable, LayerKeys {
  package var outputs: Int
  package var activation: Activation

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("outputs", outputs, in: 1...1_048_576)
  }

  package func add(to model: inout ModelAssembler, at path: String) {
    let own = model.name("dense")
    // Of images all values are inputs, of sequences the features of each position.
    if model.shape.count == 3 { model.flatten() }
    let inputs = model.shape[model.shape.count - 1]
    let layer = Dense(
      name: own, inputs: inputs, outputs: outputs,
      initializer: model.isLast(path) || activation != .relu
        ? .glorotUniform(fanIn: inputs, fanOut: outputs) : .heNormal(fanIn: inputs))
    model.append(layer, word: "\(outputs)", shape: model.shape.dropLast() + [outputs])
    activation.add(to: &model, named: own)
  }
}
