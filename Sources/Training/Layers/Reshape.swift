package import GraphIR

/// Gives each example another shape and keeps its elements in row-major order.
package struct Reshape: Layer {
  package let name: String
  /// The shape without the batch; `nil` makes one dimension of all.
  package let shape: [Int]?
  package var parameters: [StateTensor] { [] }

  /// `[batch, shape…]`
  package init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }

  private init(flattening name: String) {
    self.name = name
    shape = nil
  }

  /// `[batch, …]` becomes `[batch, elements]`.
  package static func flatten(name: String) -> Reshape { Reshape(flattening: name) }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let from = builder.type(of: x).shape
    return try builder.reshape(
      x, to: [from[0]] + (shape ?? [from.dropFirst().reduce(1, *)]))
  }
}

/// One dimension of all; it has no keys.
package struct FlattenDescription: LayerKeys {
  package init() {}

  package func validate() {}

  package func add(to model: inout ModelAssembler, at path: String) { model.flatten() }
}
