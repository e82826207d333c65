internal import GraphIR
package import GraphPasses

/// The types that a training program works in, and what comes with them.
public struct PrecisionSettings: Hashable, Sendable {
  package var policy: PrecisionPolicy
  /// New weights and optimizer state are rounded to bf16 by chance; for `bf16` alone.
  package var usesStochasticRounding: Bool
  /// For policies whose gradients need it; others ignore it.
  package var lossScaling: LossScaling

  package init(
    _ policy: PrecisionPolicy = .fp32, usesStochasticRounding: Bool = false,
    lossScaling: LossScaling = LossScaling()
  ) {
    self.policy = policy
    self.usesStochasticRounding = usesStochasticRounding
    self.lossScaling = lossScaling
  }

  /// Everything in f32.
  public static let fp32 = PrecisionSettings()

  /// - Throws: `TrainingError.invalidSetting` for a setting that cannot work.
  public func validate() throws(TrainingError) {
    if usesStochasticRounding && policy != .bf16 {
      throw .invalidSetting(
        name: "precision for stochastic rounding", value: policy.rawValue,
        expected: "bf16: the others keep weights in f32")
    }
    if policy.needsLossScaling { try lossScaling.validate() }
  }

  /// What stays on the device because of the precision, after everything else.
  var state: [StateTensor] {
    if policy.needsLossScaling { return lossScaling.state }
    return usesStochasticRounding
      ? [
        StateTensor(
          name: Self.roundingKeyName, type: TensorType([2], .i32), initializer: .stepKey)
      ] : []
  }

  /// The name of the tensor by which state is rounded.
  static let roundingKeyName = "rounding.key"

  /// The pass that brings a graph to these settings.
  var pass: PrecisionPass {
    PrecisionPass(policy, roundingKey: usesStochasticRounding ? Self.roundingKeyName : nil)
  }

  /// What a checkpoint states and a resumed run must share.
  var checkpointSettings: [Checkpoint.Entry] {
    typealias Key = Checkpoint.Key
    var entries = [Checkpoint.Entry(name: Key.precision, value: .text(policy.rawValue))]
    if policy == .bf16 {
      entries.append(
        Checkpoint.Entry(
          name: Key.stochasticRounding, value: .integer(usesStochasticRounding ? 1 : 0)))
    }
    if policy.needsLossScaling {
      entries += lossScaling.hyperparameters.map {
        Checkpoint.Entry(name: Key.lossScalePrefix + $0.name, value: .real($0.value))
      }
    }
    return entries
  }
}
