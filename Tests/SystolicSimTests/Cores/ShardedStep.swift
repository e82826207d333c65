import Units
import Datasets
import GraphIR
import GraphPasses

@testable import Training

/// A training step in shards, for tests of cores.
struct ShardedStep: CustomStringConvertible, Sendable {
  enum Kind: String, CaseIterable {
    /// Dense layers of odd widths, so that shares of their parameters differ.
    case dense
    /// Batch norm and dropout behind a convolution.
    case convolution
  }

  var kind = Kind.dense
  var optimizer: any Optimizer = Adam(learningRate: 0.01)
  var recipe = TrainingRecipe()
  var precision = PrecisionSettings.fp32
  var shards = 2
  var batchSize = 8

  var description: String {
    "\(kind), \(optimizer.name), \(precision.policy.rawValue), \(shards) shards, "
      + "clip \(recipe.clipNorm ?? 0), decay \(recipe.weightDecay)"
  }

  private struct TestModel: Model {
    var name: String { "test" }
    var summary: String { "test" }
    var rows: Int { 6 }
    var columns: Int { 5 }
    var classes: Int { 3 }
    let layers: [any Layer]
  }

  private var model: TestModel {
    func dense(_ name: String, _ inputs: Int, _ outputs: Int) -> Dense {
      Dense(
        name: name, inputs: inputs, outputs: outputs, initializer: .heNormal(fanIn: inputs))
    }
    switch kind {
    case .dense:
      return TestModel(layers: [
        Reshape.flatten(name: "flatten"), dense("one", 30, 7), ReLU(name: "one"),
        dense("two", 7, 3),
      ])
    case .convolution:
      return TestModel(layers: [
        Reshape(name: "channels", shape: [6, 5, 1]),
        Conv2D(name: "conv", inputs: 1, outputs: 3, kernelSize: 3),
        BatchNorm(name: "norm", features: 3), ReLU(name: "relu"),
        Reshape.flatten(name: "flatten"), Dropout(name: "dropout", probability: 0.3),
        dense("out", 36, 3),
      ])
    }
  }

  func program() throws -> TrainingProgram {
    try TrainingProgram(
      model: model, optimizer: optimizer, recipe: recipe, batchSize: batchSize,
      precision: precision, shards: shards)
  }

  /// State and a batch.
  func inputs(of program: TrainingProgram) -> [Literal] {
    var generator = SeededGenerator(seed: 3)
    let state = program.initialState(using: &generator)
    var random = SplitMix64(seed: 5)
    let pixels = (0..<30 * batchSize).map { _ in Double(random.next() % 256) }
    var inputs =
      state + [
        Literal(TensorType([batchSize, 6, 5], .ui8), pixels),
        Literal(TensorType([batchSize], .i32), (0..<batchSize).map { Double($0 * 7 % 3) }),
      ]
    if program.recipe.changesRate { inputs.append(Literal(.scalar(.f32), splat: 0.01)) }
    return inputs
  }
}
