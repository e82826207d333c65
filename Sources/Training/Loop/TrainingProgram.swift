package import Datasets
public import GraphIR
package import GraphPasses

/// The two graphs of a training run, and the state that stays on the device between them.
///
/// - `step` is one whole training step: forward, mean loss, backward, update. Parameters: the
///   tensors of `state` in order (all donated), `images` of the model's pixel type
///   `[batchSize, rows, columns]`,
///   `labels` i32 `[batchSize]`, `learningRate` f32 scalar if the recipe changes it from step to
///   step. Results: the new state in order, then `loss`, an f32 scalar.
/// - `evaluation` looks at test images. Parameters: the model's parameters and statistics in
///   order, `images` and `labels` of `evaluationBatchSize`. Results: `correct`, an i32 scalar, and `lossSum`, an f32
///   scalar. Places with the label -1 are empty and count for nothing, so that a last short batch
///   runs in the same executable and every image counts exactly once.
public struct TrainingProgram: Sendable {
  /// What is trained.
  public let model: any Model
  /// What moves its parameters.
  public let optimizer: any Optimizer
  /// Learning rate schedule, weight decay and clipping.
  public let recipe: TrainingRecipe
  /// The types that the graphs work in.
  package let precision: PrecisionSettings
  /// The products of weights see what int8 will do to their operands; see `Docs/quantization.md`.
  package let quantizeAware: Bool
  /// Images in a training step.
  public let batchSize: Int
  /// Parts that a batch is cut in, each computed by itself.
  public let shards: Int
  /// Images in an execution of `evaluation`.
  package let evaluationBatchSize: Int
  /// Where the parts of the state lie.
  package let layout: StateLayout
  /// The tensors of `layout` in the types in which they stay on the device.
  package let state: [StateTensor]
  /// One whole training step.
  public let step: Graph
  package let evaluation: Graph

  /// The state before the first step where it is not drawn, but given.
  private let initial: [Literal]?

  /// Builds the graphs.
  ///
  /// - Throws: `TrainingError.invalidSetting` for a setting that cannot work, `.graph` if model or
  ///   optimizer build an unsound graph.
  public init(
    model: any Model, optimizer: any Optimizer, recipe: TrainingRecipe = TrainingRecipe(),
    batchSize: Int, evaluationBatchSize: Int = 1000, precision: PrecisionSettings = .fp32,
    quantizeAware: Bool = false, shards: Int = 1
  ) throws(TrainingError) {
    for (name, size) in [
      ("batch size", batchSize), ("evaluation batch size", evaluationBatchSize),
    ] where size < 1 {
      throw .invalidSetting(name: name, value: "\(size)", expected: "1 or more")
    }
    try Self.checkShards(shards, batchSize: batchSize, quantizeAware: quantizeAware)
    try optimizer.validate()
    try recipe.validate()
    try precision.validate()
    self.recipe = recipe
    self.model = model
    self.optimizer = optimizer
    self.precision = precision
    self.batchSize = batchSize
    self.shards = shards
    self.evaluationBatchSize = evaluationBatchSize
    self.quantizeAware = quantizeAware
    initial = nil
    let ranges = quantizeAware ? try Self.ranges(of: model) : []
    let layout = StateLayout(
      parameters: model.parameters, statistics: model.statistics, ranges: ranges,
      optimizer: optimizer, precision: precision, drawsRandomBits: model.drawCount > 0)
    self.layout = layout
    state = layout.tensors.map { tensor in
      var stored = tensor
      stored.type = precision.policy.stored(tensor.type)
      return stored
    }
    step = try training { () throws(GraphError) in
      try precision.pass.run(
        Self.stepGraph(
          model, optimizer, recipe, precision, quantizeAware: quantizeAware, layout: layout,
          batchSize: batchSize, shards: shards))
    }
    evaluation = try training { () throws(GraphError) in
      try PrecisionPass(precision.policy).run(
        Self.plainEvaluationGraph(model, batchSize: evaluationBatchSize, ranges: ranges))
    }
  }

  /// A program whose graphs are made elsewhere, with an optimizer of its own.
  init(
    model: any Model, batchSize: Int, evaluationBatchSize: Int, state: [StateTensor],
    initial: [Literal]?, step: Graph, evaluation: Graph
  ) {
    self.model = model
    optimizer = ImportedOptimizer()
    recipe = TrainingRecipe()
    precision = .fp32
    quantizeAware = false
    shards = 1
    self.batchSize = batchSize
    self.evaluationBatchSize = evaluationBatchSize
    layout = StateLayout(parameters: state, optimizer: optimizer)
    self.state = state
    self.initial = initial
    self.step = step
    self.evaluation = evaluation
  }

  /// The graph that looks at `batchSize` images, in the types of a precision; see `evaluation`.
  ///
  /// - Throws: `TrainingError.graph` if the model builds an unsound graph.
  package static func evaluationGraph(
    _ model: any Model, batchSize: Int, precision: PrecisionPolicy = .fp32
  ) throws(TrainingError) -> Graph {
    try training { () throws(GraphError) in
      try PrecisionPass(precision).run(plainEvaluationGraph(model, batchSize: batchSize))
    }
  }

  /// Whether another tool wrote the step: what the optimizer and the precision are, it knows.
  package var isImported: Bool { optimizer is ImportedOptimizer }

  /// The state before the first step, one literal a tensor, drawn in the order of `state`.
  package func initialState(using generator: inout SeededGenerator) -> [Literal] {
    initial ?? state.map { $0.initializer.literal($0.type, using: &generator) }
  }

  /// The ranges that quantization-aware training keeps.
  private static func ranges(of model: any Model) throws(TrainingError) -> [StateTensor] {
    let ranges = FakeQuantizer.rangeTensors(try evaluationGraph(model, batchSize: 1))
    if ranges.isEmpty {
      throw .invalidSetting(
        name: "model for quantization-aware training", value: "'\(model.name)'",
        expected: "one with a convolution or a dense layer")
    }
    return ranges
  }
}
