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
