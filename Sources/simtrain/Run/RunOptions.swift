internal import ArgumentParser
internal import Datasets
internal import Training

/// The options of a run that hold for each run of a comparison too.
struct RunOptions: ParsableArguments {
  @OptionGroup
  var recipe: RecipeOptions

  @Option(
    help: ArgumentHelp(
      "Model to train: a name of Configs/Models (mlp, lenet5, cnn, resnet8, vit) or a YAML file. (default: mlp)",
      valueName: "name|file"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Widths of the hidden layers of the model mlp, such as 512,256. (default: 128)",
      valueName: "n,n,..."))
  var hidden: String?

  @Option(
    help: ArgumentHelp(
      "Probability of dropout: of the model's dropout layers, else after each hidden dense layer.",
      valueName: "p"))
  var dropout: NumberWord?

  @Option(
    help: ArgumentHelp(
      "Training step in StableHLO, in place of model and optimizer. See Docs/programs.md.",
      valueName: "program.mlir|.bc"))
  var step: String?

  @Option(
    name: .customLong("feed"),
    help: ArgumentHelp(
      "With --step: the argument that the batch's images, or its labels, go to: images=I, labels=J.",
      valueName: "name=number"))
  var feeds: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --step: its first state, the arrays in0, in1, ... of its arguments.",
      valueName: "file.npz|.h5"))
  var state: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "With --step: a program whose results are its first state; of an argument, a key or a number, it gets the seed.",
      valueName: "program.mlir|.bc"))
  var initial: String?

  @Option(
    help: ArgumentHelp(
      "With --step: the number of the result that is the loss. (default: the only scalar that is no state)",
      valueName: "n"))
  var loss: NumberWord?

  @Option(
    help: ArgumentHelp(
      "With --step: a program of state and images whose first result are the logits, for the test accuracy.",
      valueName: "program.mlir|.bc"))
  var predict: String?

  @Option(
    help: ArgumentHelp(
      "Data set: \(DatasetName.allCases.map(\.rawValue).joined(separator: ", ")), or a file of arrays (Docs/data.md). (default: mnist)",
      valueName: "name|file.npz|file.h5"))
  var dataset: String?

  @OptionGroup
  var data: DataOptions

  @Option(help: ArgumentHelp("Passes over the training set in all. (default: 5)", valueName: "n"))
  var epochs: NumberWord?

  @Option(
    name: .customLong("batch-size"),
    help: ArgumentHelp("Images in a training step. (default: 32)", valueName: "n"))
  var batchSize: NumberWord?

  @Option(
    help: ArgumentHelp(
      "Parts that a batch is cut in, computed apart and summed in a fixed tree: a power of two. (default: 1)",
      valueName: "n"))
  var shards: NumberWord?

  @Option(
    help: ArgumentHelp(
      "Cores of a simulated chip that train together, each a shard of the batch. (default: 1)",
      valueName: "n"))
  var cores: NumberWord?

  @Option(
    name: .customLong("learning-rate"),
    help: ArgumentHelp("Step size of the optimizer. (default: 0.001)", valueName: "x"))
  var learningRate: NumberWord?

  @Option(
    help: ArgumentHelp(
      "Optimizer: \(OptimizerCatalog.names.joined(separator: ", ")). (default: adam)",
      valueName: "name"))
  var optimizer: String?

  @Flag(
    name: .customLong("quantize-aware"),
    help: "Train for int8: products see their operands quantized (Docs/quantization.md).")
  var quantizeAware = false

  @Flag(
    name: .customLong("stochastic-rounding"),
    help: "With --precision bf16: round new weights up or down by chance.")
  var stochasticRounding = false

  @Option(
    name: .customLong("loss-scale"),
    help: ArgumentHelp("With mixed-fp16: first scale of the loss. (default: 65536)", valueName: "x")
  )
  var lossScale: NumberWord?

  @Option(
    name: .customLong("loss-scale-growth-interval"),
    help: ArgumentHelp(
      "With mixed-fp16: steps without overflow before the scale grows. (default: 2000)",
      valueName: "n"))
  var lossScaleGrowthInterval: NumberWord?

  @Option(
    name: .customLong("loss-scale-growth-factor"),
    help: ArgumentHelp("With mixed-fp16: by how much. (default: 2)", valueName: "x"))
  var lossScaleGrowthFactor: NumberWord?

  @Option(
    name: .customLong("loss-scale-backoff"),
    help: ArgumentHelp(
      "With mixed-fp16: factor of the scale after an overflow. (default: 0.5)", valueName: "x"))
  var lossScaleBackoff: NumberWord?

  @Option(
    name: .customLong("weight-decay"),
    help: ArgumentHelp(
      "Weight decay: added to the gradients (L2), decoupled for adamw. (default: 0; adamw: 0.01)",
      valueName: "x"))
  var weightDecay: NumberWord?

  @Option(
    name: .customLong("lr-schedule"),
    help: ArgumentHelp(
      "Learning rate over the run: constant, cosine, or step:EPOCHS:FACTOR. (default: constant)",
      valueName: "schedule"))
  var schedule: String?

  @Option(
    name: .customLong("warmup-steps"),
    help: ArgumentHelp(
      "Steps in which the learning rate rises to its full height. (default: 0)", valueName: "n"))
  var warmupSteps: NumberWord?

  @Option(
    name: .customLong("clip-norm"),
    help: ArgumentHelp(
      "Scale gradients down to this global norm. (default: no clipping)", valueName: "x"))
  var clipNorm: NumberWord?

  @Option(
    help: ArgumentHelp("Seed of initial values and of shuffling. (default: 0)", valueName: "n"))
  var seed: NumberWord?

  @Option(
    name: .customLong("train-limit"),
    help: ArgumentHelp("Use at most the first n training images.", valueName: "n"))
  var trainLimit: NumberWord?

  @Option(
    name: .customLong("test-limit"),
    help: ArgumentHelp("Use at most the first n test images.", valueName: "n"))
  var testLimit: NumberWord?

  @OptionGroup
  var host: HostOptions

  /// The word behind `name=` of a `--feed`: `9`, or `in9`.
  func feed(_ name: String) -> String? {
    feeds.first { $0.hasPrefix(name + "=") }.map { word in
      let number = word.dropFirst(name.count + 1)
      return String(number.hasPrefix("in") ? number.dropFirst(2) : number)
    }
  }
}
