internal import ArgumentParser
internal import Datasets
internal import GraphPasses
internal import Training

/// One description of a training run: all that its results depend on. A recipe, options, `--set`, a
/// checkpoint and a run file say it, in whole or in part.
///
/// To add a value: a property, a line of `fields`, an option of `RunOptions`, and the place that
/// uses it.
struct RunConfig: Sendable {
  var device = DeviceChoice()
  var fusion = FusionMode.on
  var model = ModelChoice()
  /// A step of the user's own in place of model and optimizer.
  var step = StepChoice()
  var data = DataChoice()
  /// Passes over the training set in all.
  var epochs = 5
  /// Images in a training step.
  var batchSize = 32
  /// Parts that a batch is cut in, each computed by itself.
  var shards = 1
  /// Of initial values and of shuffling.
  var seed: UInt64 = 0
  var optimizer = OptimizerChoice()
  var recipe = TrainingRecipe()
  var precision = PrecisionSettings.fp32
  var quantizeAware = false

  /// Which keys were said, and where; the others have their defaults.
  var origins: [String: Origin] = [:]
  /// Where each override of the architecture was said.
  var overrideOrigins: [String: Origin] = [:]

  /// Every value, in the order in which they are checked.
  static let fields: [RunField] = [
    RunField("device.name", "--device", setting: "run.device", \.device.name, .name),
    RunField("device.config", "--config", setting: "run.config", \.device.config, .name),
    RunField("device.set", "--set", setting: "run.overrides", \.device.overrides, .texts),
    RunField(
      "device.cores", "--cores", setting: "run.cores", \.device.cores,
      .whole(1...1_000_000, "number of cores"), word: \.cores?.text),
    RunField(
      "device.fusion", "--fusion", setting: "run.fusion", isKept: false, \.fusion,
      .choice("fusion mode")),
    RunField("model.name", "--model", setting: "run.model", \.model.name, .name, word: \.model),
    RunField(
      "model.hidden", "--hidden", setting: "run.hidden", \.model.hidden, .widths, word: \.hidden),
    RunField(
      "model.dropout", "--dropout", setting: "run.dropout", \.model.dropout, .real(.probability),
      word: \.dropout?.text),
    RunField("step.program", "--step", setting: "run.step", \.step.program, .name, word: \.step),
    RunField(
      "step.images", "--feed images", setting: "run.stepImages", \.step.images, .whole(0...999_999),
      word: { $0.feed("images") }),
    RunField(
      "step.labels", "--feed labels", setting: "run.stepLabels", \.step.labels, .whole(0...999_999),
      word: { $0.feed("labels") }),
    RunField("step.state", "--state", setting: "run.stepState", \.step.state, .name, word: \.state),
    RunField(
      "step.init", "--init", setting: "run.stepInit", \.step.initial, .name, word: \.initial),
    RunField(
      "step.loss", "--loss", setting: "run.stepLoss", \.step.loss, .whole(0...999_999),
      word: \.loss?.text),
    RunField(
      "step.predict", "--predict", setting: "run.stepPredict", \.step.predict, .name,
      word: \.predict),
    RunField(
      "data.name", "--dataset", setting: "dataset", \.data.name, .dataset,
      word: \.dataset),
    // A limit above the number of images that there are is not in the checkpoint.
    RunField(
      "data.trainLimit", "--train-limit", setting: "sampleCount", isKept: false, \.data.trainLimit,
      .whole(1...Int.max, "number of training images"), word: \.trainLimit?.text),
    RunField(
      "data.testLimit", "--test-limit", setting: "run.testCount", isKept: false, \.data.testLimit,
      .whole(1...Int.max, "number of test images"), word: \.testLimit?.text),
    // More epochs than were planned are no contradiction.
    RunField(
      "training.epochs", "--epochs", setting: "run.epochs", isKept: false, \.epochs,
      .whole(1...1_000_000, "number of epochs"), word: \.epochs?.text),
    RunField(
      "training.batchSize", "--batch-size", setting: "batchSize", \.batchSize,
      .whole(1...1_000_000, "batch size"), word: \.batchSize?.text),
    RunField(
      "training.shards", "--shards", setting: "shards", \.shards,
      .whole(1...1_000_000, "number of shards"), word: \.shards?.text),
    RunField(
      "optimizer.learningRate", "--learning-rate", setting: "optimizer.learningRate",
      \.optimizer.learningRate, .real(.positive), word: \.learningRate?.text),
    RunField(
      "optimizer.name", "--optimizer", setting: "optimizer", \.optimizer.name, .optimizer,
      word: \.optimizer),
    RunField(
      "optimizer.schedule", "--lr-schedule", setting: "schedule", \.recipe.schedule, .schedule,
      word: \.schedule),
    RunField(
      "optimizer.warmupSteps", "--warmup-steps", setting: "warmupSteps", \.recipe.warmupSteps,
      .whole(0...1_000_000_000), word: \.warmupSteps?.text),
    RunField(
      "optimizer.weightDecay", "--weight-decay", setting: "weightDecay", \.recipe.weightDecay,
      .real(.notNegative), word: \.weightDecay?.text),
    RunField(
      "optimizer.clipNorm", "--clip-norm", setting: "clipNorm", whenAbsent: .real(0),
      \.recipe.clipNorm, .real(.positive), word: \.clipNorm?.text),
    RunField(
      "precision.types", "--precision", setting: "precision", \.precision.policy,
      .choice("precision")),
    RunField(
      "precision.stochasticRounding", "--stochastic-rounding", setting: "stochasticRounding",
      \.precision.usesStochasticRounding, .flag, otherwise: "rounds to nearest",
      word: { $0.stochasticRounding ? "true" : nil }),
    RunField(
      "precision.quantizeAware", "--quantize-aware", setting: "quantizeAware", \.quantizeAware,
      .flag, otherwise: "is not quantization-aware", word: { $0.quantizeAware ? "true" : nil }),
    RunField(
      "precision.lossScale.start", "--loss-scale", setting: "lossScale.start",
      \.precision.lossScaling.start, .real(.any), word: \.lossScale?.text),
    RunField(
      "precision.lossScale.growthInterval", "--loss-scale-growth-interval",
      setting: "lossScale.growthInterval", \.precision.lossScaling.growthInterval,
      .whole(1...1_000_000_000), word: \.lossScaleGrowthInterval?.text),
    RunField(
      "precision.lossScale.growthFactor", "--loss-scale-growth-factor",
      setting: "lossScale.growthFactor", \.precision.lossScaling.growthFactor, .real(.any),
      word: \.lossScaleGrowthFactor?.text),
    RunField(
      "precision.lossScale.backoffFactor", "--loss-scale-backoff",
      setting: "lossScale.backoffFactor", \.precision.lossScaling.backoffFactor, .real(.any),
      word: \.lossScaleBackoff?.text),
    RunField("training.seed", "--seed", setting: "seed", \.seed, .bits, word: \.seed?.text),
  ]

  /// The first parts of the keys; what `--set` changes elsewhere is the architecture.
  static let sections = Set(fields.compactMap { $0.parts.first?.stringValue })
}

/// A data set as it is asked for.
struct DataChoice: Hashable, Sendable {
  var name = DatasetSource.named(.mnist)
  /// Training images at most; `nil` for all.
  var trainLimit: Int?
  /// Test images at most; `nil` for all.
  var testLimit: Int?
}

/// An optimizer as it is asked for.
struct OptimizerChoice: Hashable, Sendable {
  /// A name of `OptimizerCatalog`.
  var name = "adam"
  var learningRate = 0.001

  /// The weight decay that it has if none is asked for.
  ///
  /// - Source: for AdamW, the default of PyTorch's.
  var usualWeightDecay: Double { name == "adamw" ? 0.01 : 0 }
}
