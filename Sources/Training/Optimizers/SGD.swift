package import GraphIR

/// Plain gradient descent: `p ← p - learningRate · g`.
package struct SGD: Optimizer {
  package var name: String { "sgd" }
  package let learningRate: Double
  package var scalarNames: [String] { [] }
  package var slotNames: [String] { [] }
  package var hyperparameters: [Hyperparameter] {
    [Hyperparameter(name: "learningRate", value: learningRate)]
  }

  package init(learningRate: Double) { self.learningRate = learningRate }

  package func advance(
    scalars: [ValueID], rate: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> (scalars: [ValueID], factors: [ValueID]) {
    ([], [rate])
  }

  package func update(
    _ parameter: ValueID, gradient: ValueID, slots: [ValueID], factors: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> (parameter: ValueID, slots: [ValueID]) {
    let rate = try builder.broadcastScalar(factors[0], like: gradient)
    return (try builder.subtract(parameter, builder.multiply(rate, gradient)), [])
  }
}
