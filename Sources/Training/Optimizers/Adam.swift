public import GraphIR

/// Adam: steps scaled by running means of the gradient and of its square.
///
///     m ← β1 m + (1 - β1) g          v ← β2 v + (1 - β2) g²
///     p ← p - η / (1 - β1^t) · m / (sqrt(v) / sqrt(1 - β2^t) + ε)
///
/// The corrections `c = 1 - β^t` are kept as scalars and advance as `c ← β c + (1 - β)`: the
/// running mean of ones, with the very factors of `m` and `v`. That is the same number without
/// the digits that `1 - β^t` would lose to cancellation in f32 (at t = 1, β2 = 0.999: 1.3e-5).
/// What does not depend on the element is computed once a step, in seven scalar operations.
///
/// - Source: Kingma and Ba, "Adam", ICLR 2015, algorithm 1; order of operations and place of ε as
///   in PyTorch's `torch.optim.Adam`.
public struct Adam: Optimizer {
  /// `adam`, or `adamw` where weight decay is decoupled.
  public var name: String { decouplesWeightDecay ? "adamw" : "adam" }
  /// η, before any schedule.
  public let learningRate: Double
  package let beta1: Double
  package let beta2: Double
  package let epsilon: Double
  /// Weight decay as in AdamW: `p ← p - η λ p` before the step, instead of `g ← g + λ p`.
  ///
  /// - Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
  public let decouplesWeightDecay: Bool
  /// `1 - β1^t` and `1 - β2^t`.
  public var scalarNames: [String] { ["biasCorrection1", "biasCorrection2"] }
  /// The running means of the gradient and of its square.
  public var slotNames: [String] { ["m", "v"] }
  /// η, β1, β2 and ε.
  public var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter(name: "learningRate", value: learningRate),
      Hyperparameter(name: "beta1", value: beta1), Hyperparameter(name: "beta2", value: beta2),
      Hyperparameter(name: "epsilon", value: epsilon),
    ]
  }

  /// Adam with PyTorch's defaults.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, decouplesWeightDecay: Bool = false
  ) {
    self.decouplesWeightDecay = decouplesWeightDecay
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// The factors are `η / (1 - β1^t)` and `1 / sqrt(1 - β2^t)`.
  public func advance(
    scalars: [ValueID], rate: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> (scalars: [ValueID], factors: [ValueID]) {
    let first = try builder.add(
      builder.multiply(scalars[0], builder.scalar(beta1)), builder.scalar(1 - beta1))
    let second = try builder.add(
      builder.multiply(scalars[1], builder.scalar(beta2)), builder.scalar(1 - beta2))
    let stepSize = try builder.divide(rate, first)
    let scale = try builder.divide(builder.scalar(1), builder.unary(.sqrt, second))
    return ([first, second], [stepSize, scale])
  }

  /// `m`, `v` and the parameter after a step.
  public func update(
    _ parameter: ValueID, gradient: ValueID, slots: [ValueID], factors: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> (parameter: ValueID, slots: [ValueID]) {
    let m = try builder.add(
      builder.times(beta1, slots[0]), builder.times(1 - beta1, gradient))
    let v = try builder.add(
      builder.times(beta2, slots[1]),
      builder.times(1 - beta2, builder.multiply(gradient, gradient)))
    let scale = try builder.broadcastScalar(factors[1], like: v)
    let denominator = try builder.add(
      builder.multiply(builder.unary(.sqrt, v), scale), builder.splat(epsilon, like: v))
    let stepSize = try builder.broadcastScalar(factors[0], like: m)
    let move = try builder.multiply(stepSize, builder.divide(m, denominator))
    return (try builder.subtract(parameter, move), [m, v])
  }
}
