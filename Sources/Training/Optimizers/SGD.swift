public import GraphIR

/// Plain gradient descent: `p ← p - learningRate · g`.
public struct SGD: Optimizer {
  public var name: String { "sgd" }
  public let learningRate: Double
  public var scalarNames: [String] { [] }
  public var slotNames: [String] { [] }
  public var hyperparameters: [Hyperparameter] {
    [Hyperparameter(name: "learningRate", value: learningRate)]
  }

  public init(learningRate: Double) { self.learningRate = learningRate }

  public func advance(
    scalars: [ValueID], rate: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> (scalars: [ValueID], factors: [ValueID]) {
    ([], [rate])
  }

  public func update(
    _ parameter: ValueID, gradient: ValueID, slots: [ValueID], factors: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> (parameter: ValueID, slots: [ValueID]) {
    let rate = try builder.broadcastScalar(factors[0], like: gradient)
    return (try builder.subtract(parameter, builder.multiply(rate, gradient)), [])
  }
}
