internal import ArgumentParser
internal import Datasets
internal import Training

/// `simtrain train`, the default: trains a model and says what it cost.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on a device (the default command).",
    discussion: """
      Trains on MNIST, evaluates after each epoch, and reports accuracy, cycles, energy and host \
      time. Each epoch is a new shuffle of the training set in full batches; images left over sit \
      that epoch out.

      Examples:
        simtrain --device tpu-sim
        simtrain --device tpu-sim --config tpu-v4 --set mxu.rows=64 --epochs 2
        simtrain --device cpu --optimizer sgd --learning-rate 0.1 --json
        simtrain --model lenet5 --batch-size 64 --epochs 3
        simtrain --model mlp --hidden 512,256 --dropout 0.2 --lr-schedule cosine
        simtrain --checkpoint run.ckpt.h5       # Ctrl-C at any time, then:
        simtrain --resume run.ckpt.h5 --checkpoint run.ckpt.h5
      """)

  @Option(
    help: ArgumentHelp(
      "Device to train on: \(DeviceCatalog.names.joined(separator: ", ")). (default: tpu-sim)",
      valueName: "name"))
  var device: String?

  @Option(
    help: ArgumentHelp(
      "Architecture of a simulated device: a name of 'simtrain config list' or a YAML file. (default: tpu-v3)",
      valueName: "name|file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override one value of the architecture, such as mxu.rows=64; repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: ArgumentHelp(
      "Model to train: a name of Configs/Models (mlp, lenet5, cnn) or a YAML file. (default: mlp)",
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
  var dropout: Double?

  @Option(
    help: ArgumentHelp(
      "Data set: \(DatasetName.allCases.map(\.rawValue).joined(separator: ", ")). (default: mnist)",
      valueName: "name"))
  var dataset: String?

  @Option(
    name: .customLong("data-dir"),
    help: ArgumentHelp(
      "Folder with the IDX files. (default: $SIMTRAIN_DATA, else ~/.cache/simtrain)",
      valueName: "folder"))
  var dataDirectory: String?

  @Option(help: ArgumentHelp("Passes over the training set in all. (default: 5)", valueName: "n"))
  var epochs: Int?

  @Option(
    name: .customLong("batch-size"),
    help: ArgumentHelp("Images in a training step. (default: 32)", valueName: "n"))
  var batchSize: Int?

  @Option(
    name: .customLong("learning-rate"),
    help: ArgumentHelp("Step size of the optimizer. (default: 0.001)", valueName: "x"))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      "Optimizer: \(OptimizerCatalog.names.joined(separator: ", ")). (default: adam)",
      valueName: "name"))
  var optimizer: String?

  @Option(
    name: .customLong("weight-decay"),
    help: ArgumentHelp(
      "Weight decay: added to the gradients (L2), decoupled for adamw. (default: 0; adamw: 0.01)",
      valueName: "x"))
  var weightDecay: Double?

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
  var warmupSteps: Int?

  @Option(
    name: .customLong("clip-norm"),
    help: ArgumentHelp(
      "Scale gradients down to this global norm. (default: no clipping)", valueName: "x"))
  var clipNorm: Double?

  @Option(
    help: ArgumentHelp("Seed of initial values and of shuffling. (default: 0)", valueName: "n"))
  var seed: UInt64?

  @Option(
    name: .customLong("train-limit"),
    help: ArgumentHelp("Use at most the first n training images.", valueName: "n"))
  var trainLimit: Int?

  @Option(
    name: .customLong("test-limit"),
    help: ArgumentHelp("Use at most the first n test images.", valueName: "n"))
  var testLimit: Int?

  @Option(help: ArgumentHelp("Host threads; results do not depend on it.", valueName: "n"))
  var threads: Int = 1

  @Option(
    help: ArgumentHelp(
      "Run file (HDF5). (default: runs/DEVICE-CONFIG-DATE-TIME.h5)", valueName: "file.h5"))
  var log: String?

  @Flag(name: .customLong("no-log"), help: "Write no run file.")
  var noLog = false

  @Option(
    help: ArgumentHelp("Write a checkpoint here after each epoch and on Ctrl-C.", valueName: "file")
  )
  var checkpoint: String?

  @Option(
    help: ArgumentHelp(
      "Continue from a checkpoint, bit for bit; what it says need not be said again.",
      valueName: "file"))
  var resume: String?

  @Flag(help: "Replace a run file or checkpoint that exists.")
  var force = false

  @Flag(help: "Print one JSON document on standard output instead of the report.")
  var json = false

  @Flag(help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    let run = try TrainRun(request: TrainRequest(command: self))
    try run.execute()
  }
}
