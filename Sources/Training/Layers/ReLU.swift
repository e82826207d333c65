package import GraphIR

/// `max(x, 0)`, element by element; its derivative at 0 is taken as 0.
package struct ReLU: Layer {
  package let name: String
  package var parameters: [StateTensor] { [] }

  package init(name: String) { self.name = name }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.maximum(x, builder.splat(0, like: x))
  }
}
