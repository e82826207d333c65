public import GraphIR

/// A rule that moves parameters against their gradients, as a fragment of the step graph.
///
/// It keeps two kinds of state on the device: f32 scalars for the whole model, which change once a
/// step, and tensors of a parameter's shape. All of it starts at zero.
public protocol Optimizer: Sendable {
  /// The name by which it is asked for: `adam`.
  var name: String { get }
  /// What it was set to, by name, in a fixed order.
  var hyperparameters: [Hyperparameter] { get }
  /// Names of the scalars that it keeps.
  var scalarNames: [String] { get }
  /// Names of the tensors that it keeps for each parameter.
  var slotNames: [String] { get }
  /// The step size before any schedule.
  var learningRate: Double { get }
  /// Weight decay shrinks the parameters by themselves, instead of being added to the gradients.
  var decouplesWeightDecay: Bool { get }

  /// Adds what is computed once a step.
  ///
  /// - Parameter rate: f32 scalar, the learning rate of this step.
  /// - Returns: the new scalars, and the factors that `update` uses.
  func advance(
    scalars: [ValueID], rate: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> (scalars: [ValueID], factors: [ValueID])

  /// Adds the update of one parameter.
  ///
  /// - Returns: the new parameter and slots.
  func update(
    _ parameter: ValueID, gradient: ValueID, slots: [ValueID], factors: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> (parameter: ValueID, slots: [ValueID])
}

/// One setting of an optimizer.
public struct Hyperparameter: Hashable, Sendable {
  package var name: String
  package var value: Double

  package init(name: String, value: Double) {
    self.name = name
    self.value = value
  }
}

extension Optimizer {
  package var decouplesWeightDecay: Bool { false }

  /// Checks that the settings are such that training can work.
  ///
  /// - Throws: `TrainingError.invalidSetting`.
  func validate() throws(TrainingError) {
    for setting in hyperparameters {
      let isFraction = ["momentum", "beta1", "beta2"].contains(setting.name)
      let isSound =
        isFraction
        ? (0..<1).contains(setting.value) : setting.value > 0 && setting.value.isFinite
      if !isSound {
        throw .invalidSetting(
          name: "\(name) setting '\(setting.name)'", value: "\(setting.value)",
          expected: isFraction ? "0 or more and less than 1" : "a finite number above 0")
      }
    }
  }
}

extension GraphBuilder {
  /// `x · factor` for a constant factor.
  mutating func times(_ factor: Double, _ x: ValueID) throws(GraphError) -> ValueID {
    let type = type(of: x)
    return try multiply(
      type.rank == 0 ? scalar(factor, type.dtype) : splat(factor, like: x), x)
  }
}
