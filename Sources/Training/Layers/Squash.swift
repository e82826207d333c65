package import GraphIR

/// `tanh(x)` or `1 / (1 + exp(-x))`, element by element.
package struct Squash: Layer {
  package let name: String
  /// `tanh` or `logistic`.
  package let function: UnaryOperation
  package var parameters: [StateTensor] { [] }

  package init(name: String, function: UnaryOperation) {
    self.name = name
    self.function = function
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.unary(function, x)
  }
}
