public import GraphIR

/// `tanh(x)` or `1 / (1 + exp(-x))`, element by element.
public struct Squash: Layer {
  public let name: String
  /// `tanh` or `logistic`.
  public let function: UnaryOperation
  public var parameters: [StateTensor] { [] }

  public init(name: String, function: UnaryOperation) {
    self.name = name
    self.function = function
  }

  public func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.unary(function, x)
  }
}
