internal import ArgumentParser
internal import GraphPasses

/// `simtrain train`, the default: trains a model and says what it cost.
struct TrainCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on a device (the default command).",
    discussion: """
      Trains on MNIST, another known data set or one of yours (--dataset), evaluates after each \
      epoch, and reports accuracy, cycles, energy and host time. Each epoch is a new shuffle of the \
      training set in full batches; images left over sit that epoch out.
      """)

  static let examples = [
    "simtrain --device tpu-sim",
    "simtrain --config tpu-v4 --set mxu.rows=64 --epochs 2",
    "simtrain --device cpu --optimizer sgd --learning-rate 0.1 --json",
    "simtrain --model lenet5 --batch-size 64 --epochs 3",
    "simtrain --hidden 512,256 --dropout 0.2 --lr-schedule cosine",
    "simtrain --recipe run.yaml --set training.epochs=2",
    "simtrain --checkpoint run.ckpt",
    "simtrain --resume run.ckpt --checkpoint run.ckpt --epochs 10",
  ]

  @Option(
    help: ArgumentHelp(
      "Device to train on: \(DeviceCatalog.words). (default: \(DeviceCatalog.defaultName))",
      valueName: "name"))
  var device: String?

  @Option(
    help: ArgumentHelp(
      "Architecture of a simulated device: a name of 'simtrain config list' or a YAML file. (default: tpu-v3)",
      valueName: "name|file"))
  var config: String?

  @OptionGroup
  var options: RunOptions

  @Option(
    help: ArgumentHelp(
      "Types of values: \(PrecisionPolicy.allCases.map(\.rawValue).joined(separator: ", ")). (default: fp32)",
      valueName: "name"))
  var precision: String?

  @Option(
    help: ArgumentHelp(
      "Which operations run together: \(FusionMode.allCases.map(\.rawValue).joined(separator: ", ")). (default: on)",
      valueName: "mode"))
  var fusion: String?

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

  @OptionGroup
  var reading: ReadingOptions

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
