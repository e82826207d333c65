public import GraphIR

/// `max(x, 0)`, element by element; its derivative at 0 is taken as 0.
public struct ReLU: Layer {
  public let name: String
  public var parameters: [StateTensor] { [] }

  public init(name: String) { self.name = name }

  public func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.maximum(x, builder.splat(0, like: x))
  }
}
