internal import ConfigFiles
internal import Datasets
internal import DeviceAPI
internal import RunLog
internal import Training

/// What a run is made of, everything decided: what the user said, else what the checkpoint says,
/// else the default.
struct TrainSettings: Hashable {
  var device: String
  /// Name or path of the architecture; `nil` for a device that has none.
  var config: String?
  var overrides: [String]
  /// Name or path of the model.
  var model: String
  /// Widths for the model's hidden layers in place of its own.
  var hidden: [Int]?
  /// Probability for the model's dropout in place of its own.
  var dropout: Double?
  var recipe: TrainingRecipe
  var dataset: DatasetName
  var epochs: Int
  var batchSize: Int
  var learningRate: Double
  var optimizer: String
  var precision: PrecisionSettings
  var quantizeAware: Bool
  var fusion: FusionMode
  var seed: UInt64
  var trainLimit: Int?
  var testLimit: Int?

  /// - Throws: `CommandFailure.usage` where options contradict each other or the checkpoint.
  init(_ request: TrainRequest, resuming saved: SavedRun?) throws(CommandFailure) {
    typealias Key = Checkpoint.Key
    if let saved { try Self.requireSound(saved) }
    let device =
      try Self.merge("--device", request.device, saved?.text(RunKey.device)) ?? "tpu-sim"
    let config = try Self.merge("--config", request.config, saved?.text(RunKey.config))
    let savedOverrides = saved.map { $0.texts(RunKey.overrides) }
    if let savedOverrides, !request.overrides.isEmpty, savedOverrides != request.overrides {
      throw Self.contradiction(
        "--set", request.overrides.joined(separator: " "),
        savedOverrides.isEmpty ? "nothing" : savedOverrides.joined(separator: " "))
    }
    let choice = try DeviceChoice(
      device: device, config: config, overrides: savedOverrides ?? request.overrides)
    (self.device, self.config, overrides) = (choice.device, choice.config, choice.overrides)
    model = try Self.merge("--model", request.model, saved?.text(RunKey.model)) ?? "mlp"
    hidden = try Self.merge("--hidden", request.hidden, saved?.hidden)
    if let hidden, model != "mlp" {
      throw .usage(
        "--hidden \(hidden.map(String.init).joined(separator: ",")): only the model 'mlp' takes "
          + "it, and the model is '\(model)'. Leave one out.")
    }
    dropout = try Self.merge("--dropout", request.dropout, saved?.real(RunKey.dropout))
    let savedDataset: DatasetName? = try saved?.choice(Key.dataset, "data set")
    dataset = try Self.merge("--dataset", request.dataset, savedDataset) ?? .mnist
    // More epochs than were planned are no contradiction.
    epochs = request.epochs ?? saved?.integer(RunKey.epochs) ?? 5
    batchSize =
      try Self.merge("--batch-size", request.batchSize, saved?.integer(Key.batchSize)) ?? 32
    let savedRate = saved?.real(Key.hyperparameterPrefix + "learningRate")
    learningRate = try Self.merge("--learning-rate", request.learningRate, savedRate) ?? 0.001
    optimizer =
      try Self.merge("--optimizer", request.optimizer, saved?.text(Key.optimizer)) ?? "adam"
    precision = try Self.precision(request, resuming: saved)
    let isSavedAware = saved.map { $0.integer(Key.quantizeAware) == 1 }
    if request.quantizeAware, isSavedAware == false {
      throw .usage(
        "--quantize-aware: the checkpoint's run is not quantization-aware. Leave the option out, or "
          + "start afresh without --resume.")
    }
    quantizeAware = isSavedAware ?? request.quantizeAware
    // Fusion changes no value, so another one than the checkpoint's is no contradiction.
    let savedFusion: FusionMode? = try saved?.choice(RunKey.fusion, "fusion mode")
    fusion = request.fusion ?? savedFusion ?? .on
    recipe = try Self.recipe(request, saved, optimizer: optimizer)
    let savedSeed = saved?.integer(Key.seed).map { UInt64(bitPattern: Int64($0)) }
    seed = try Self.merge("--seed", request.seed, savedSeed) ?? 0
    let savedCount = saved?.integer(Key.sampleCount)
    // A limit above the number of images that there are is not in the checkpoint.
    trainLimit = request.trainLimit ?? savedCount
    let savedTest = saved?.integer(RunKey.testCount)
    testLimit = request.testLimit ?? savedTest
  }

  private static func recipe(
    _ request: TrainRequest, _ saved: SavedRun?, optimizer: String
  ) throws(CommandFailure) -> TrainingRecipe {
    typealias Key = Checkpoint.Key
    let schedule = try merge("--lr-schedule", request.schedule, saved?.schedule())
    let warmup = try merge(
      "--warmup-steps", request.warmupSteps, saved?.integer(Key.warmupSteps))
    let decay = try merge("--weight-decay", request.weightDecay, saved?.real(Key.weightDecay))
    let savedNorm = saved?.real(Key.clipNorm)
    if savedNorm == 0, let norm = request.clipNorm {
      throw contradiction("--clip-norm", "\(norm)", "no clipping")
    }
    let norm = try merge("--clip-norm", request.clipNorm, savedNorm.flatMap { $0 > 0 ? $0 : nil })
    return TrainingRecipe(
      schedule: schedule ?? .constant, warmupSteps: warmup ?? 0,
      // PyTorch's own default for AdamW.
      weightDecay: decay ?? (optimizer == "adamw" ? 0.01 : 0), clipNorm: norm)
  }

  /// Checks what a damaged checkpoint could say and no option can.
  static func requireSound(_ saved: SavedRun) throws(CommandFailure) {
    for (name, key) in [
      ("number of epochs", RunKey.epochs), ("batch size", Checkpoint.Key.batchSize),
      ("number of training images", Checkpoint.Key.sampleCount),
      ("number of test images", RunKey.testCount),
    ] {
      guard let value = saved.integer(key), !(1...1_000_000).contains(value) else { continue }
      throw .usage(
        "\(saved.path): the checkpoint is damaged: its \(name) cannot be \(value). "
          + "Use another checkpoint.")
    }
    if let hidden = saved.text(RunKey.hidden), TrainRequest.widths(in: hidden) == nil {
      throw .usage(
        "\(saved.path): the checkpoint is damaged: its hidden layers cannot be '\(hidden)'. "
          + "Use another checkpoint.")
    }
  }

  static func merge<Value: Equatable>(
    _ option: String, _ said: Value?, _ saved: Value?
  ) throws(CommandFailure) -> Value? {
    if let said, let saved, said != saved { throw contradiction(option, "\(said)", "\(saved)") }
    return said ?? saved
  }

  private static func contradiction(
    _ option: String, _ said: String, _ saved: String
  ) -> CommandFailure {
    .usage(
      "\(option) is \(said), the checkpoint's is \(saved). "
        + "Leave the option out, or start afresh without --resume.")
  }
}
