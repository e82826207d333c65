public import Datasets
public import DeviceAPI

/// The two graphs of a training run, and the state that stays on the device between them.
///
/// - `step` is one whole training step: forward, mean loss, backward, update. Parameters: the
///   tensors of `state` in order (all donated), `images` ui8 `[batchSize, rows, columns]`,
///   `labels` i32 `[batchSize]`, `learningRate` f32 scalar if the recipe changes it from step to
///   step, then one of `masks` each. Results: the new state in order, then `loss`, an f32 scalar.
/// - `evaluation` looks at test images. Parameters: the model's parameters and statistics in
///   order, `images` and `labels` of `evaluationBatchSize`. Results: `correct`, an i32 scalar, and `lossSum`, an f32
///   scalar. Places with the label -1 are empty and count for nothing, so that a last short batch
///   runs in the same executable and every image counts exactly once.
public struct TrainingProgram: Sendable {
  public let model: any Model
  public let optimizer: any Optimizer
  public let recipe: TrainingRecipe
  /// Images in a training step.
  public let batchSize: Int
  /// Images in an execution of `evaluation`.
  public let evaluationBatchSize: Int
  /// The model's parameters and statistics, the optimizer's scalars, then its slots parameter by
  /// parameter.
  public let state: [StateTensor]
  /// What the host draws for each step, in the order of the step's last parameters.
  public let masks: [DropoutMask]
  public let step: Graph
  public let evaluation: Graph

  /// How many of `state` are the model's parameters; they come first.
  public var parameterCount: Int { model.parameters.count }

  /// How many of `state` are the model's parameters and statistics; they come first.
  public var modelStateCount: Int { model.parameters.count + model.statistics.count }

  /// Builds the graphs.
  ///
  /// - Throws: `TrainingError.invalidSetting` for a setting that cannot work, `.graph` if model or
  ///   optimizer build an unsound graph.
  public init(
    model: any Model, optimizer: any Optimizer, recipe: TrainingRecipe = TrainingRecipe(),
    batchSize: Int, evaluationBatchSize: Int = 1000
  ) throws(TrainingError) {
    for (name, size) in [
      ("batch size", batchSize), ("evaluation batch size", evaluationBatchSize),
    ] where size < 1 {
      throw .invalidSetting(name: name, value: "\(size)", expected: "1 or more")
    }
    try optimizer.validate()
    try recipe.validate()
    self.recipe = recipe
    self.model = model
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.evaluationBatchSize = evaluationBatchSize
    let state = Self.state(of: model, optimizer)
    self.state = state
    (step, masks) = try training { () throws(GraphError) in
      try Self.stepGraph(model, optimizer, recipe, state: state, batchSize: batchSize)
    }
    evaluation = try training { () throws(GraphError) in
      try Self.evaluationGraph(model, batchSize: evaluationBatchSize)
    }
  }

  /// The state before the first step, one literal a tensor, drawn in the order of `state`.
  public func initialState(using generator: inout SeededGenerator) -> [Literal] {
    state.map { $0.initializer.literal($0.type, using: &generator) }
  }

  private static func state(of model: any Model, _ optimizer: any Optimizer) -> [StateTensor] {
    let scalars = optimizer.scalarNames.map {
      StateTensor(name: "\(optimizer.name).\($0)", type: .scalar(.f32), initializer: .zeros)
    }
    let slots = model.parameters.flatMap { parameter in
      optimizer.slotNames.map {
        StateTensor(name: "\(parameter.name).\($0)", type: parameter.type, initializer: .zeros)
      }
    }
    return model.parameters + model.statistics + scalars + slots
  }
}
