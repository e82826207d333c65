package import GraphIR

/// Gradient descent with momentum: `v ← momentum · v + g`, `p ← p - learningRate · v`.
///
/// - Source: Sutskever et al., "On the importance of initialization and momentum in deep
///   learning", ICML 2013, equations 1 and 2, with the learning rate outside of `v` as in PyTorch
///   (`torch.optim.SGD`, dampening 0, without Nesterov).
package struct Momentum: Optimizer {
  package var name: String { "momentum" }
  package let learningRate: Double
  package let momentum: Double
  package var scalarNames: [String] { [] }
  package var slotNames: [String] { ["velocity"] }
  package var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter(name: "learningRate", value: learningRate),
      Hyperparameter(name: "momentum", value: momentum),
    ]
  }

  package init(learningRate: Double, momentum: Double = 0.9) {
    self.learningRate = learningRate
    self.momentum = momentum
  }

  package func advance(
    scalars: [ValueID], rate: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> (scalars: [ValueID], factors: [ValueID]) {
    ([], [rate])
  }

  package func update(
    _ parameter: ValueID, gradient: ValueID, slots: [ValueID], factors: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> (parameter: ValueID, slots: [ValueID]) {
    let velocity = try builder.add(builder.times(momentum, slots[0]), gradient)
    let rate = try builder.broadcastScalar(factors[0], like: velocity)
    return (try builder.subtract(parameter, builder.multiply(rate, velocity)), [velocity])
  }
}
