/// The optimizers that can be asked for by name.
package enum OptimizerCatalog {
  private static let makers: [String: @Sendable (Double) -> any Optimizer] = [
    "adam": { Adam(learningRate: $0) },
    "adamw": { Adam(learningRate: $0, decouplesWeightDecay: true) },
    "momentum": { Momentum(learningRate: $0) },
    "sgd": { SGD(learningRate: $0) },
  ]

  /// Every name, sorted.
  package static var names: [String] { makers.keys.sorted() }

  /// The optimizer called `name`, its other settings at their usual values.
  ///
  /// - Throws: `TrainingError.unknownOptimizer`.
  package static func optimizer(
    named name: String, learningRate: Double
  ) throws(TrainingError) -> any Optimizer {
    guard let make = makers[name] else { throw .unknownOptimizer(name: name) }
    return make(learningRate)
  }
}
