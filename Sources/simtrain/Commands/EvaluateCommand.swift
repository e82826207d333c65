internal import ArgumentParser
internal import Datasets
internal import GraphPasses
internal import RunLog

/// `simtrain evaluate`: what a trained model is worth on the test set.
struct EvaluateCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Run a saved model over the test set.",
    discussion: """
      The model, the data set and the device are the checkpoint's unless others are named. Prints \
      accuracy, loss and model size, and on a simulated device cycles, bytes and energy. With \
      --quantize the model in int8 stands beside it.
      """)

  static let examples = [
    "simtrain --epochs 1 --checkpoint mlp.h5",
    "simtrain evaluate --checkpoint mlp.h5",
    "simtrain evaluate --checkpoint mlp.h5 --config tpu-v4i --json",
    "simtrain evaluate --checkpoint mlp.h5 --config tpu-v4i --quantize int8-static",
  ]

  @Option(help: ArgumentHelp("Checkpoint that 'simtrain train' wrote.", valueName: "file"))
  var checkpoint: String

  @OptionGroup
  var reading: ReadingOptions

  @Option(
    help: ArgumentHelp(
      "Device: \(DeviceCatalog.words). (default: the checkpoint's)",
      valueName: "name"))
  var device: String?

  @Option(
    help: ArgumentHelp(
      "Architecture of a simulated device: a name of 'simtrain config list' or a YAML file. (default: the checkpoint's)",
      valueName: "name|file"))
  var config: String?

  @OptionGroup
  var recipe: RecipeOptions

  @Option(
    help: ArgumentHelp(
      "Model, where its file is no longer where the checkpoint says.", valueName: "name|file"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Data set: \(DatasetName.allCases.map(\.rawValue).joined(separator: ", ")), or a file of arrays (Docs/data.md). (default: the checkpoint's)",
      valueName: "name|file.npz|file.h5"))
  var dataset: String?

  @OptionGroup
  var data: DataOptions

  @Option(
    name: .customLong("test-limit"),
    help: ArgumentHelp(
      "Use at most the first n test images. (default: as many as the checkpoint's run)",
      valueName: "n"))
  var testLimit: NumberWord?

  @Option(
    name: .customLong("batch-size"),
    help: ArgumentHelp("Images at once. (default: 1000)", valueName: "n"))
  var batchSize: NumberWord?

  @Option(
    help: ArgumentHelp(
      "Types of values: \(PrecisionPolicy.allCases.map(\.rawValue).joined(separator: ", ")). (default: the checkpoint's)",
      valueName: "name"))
  var precision: String?

  @Option(
    help: ArgumentHelp(
      "Quantize products of weights: \(QuantizeChoice.Mode.allCases.map(\.rawValue).joined(separator: ", ")). (default: none)",
      valueName: "way"))
  var quantize: String?

  @Flag(
    name: .customLong("per-channel"), help: "A scale for each output of a weight (the default).")
  var perChannel = false

  @Flag(name: .customLong("per-tensor"), help: "One scale for the whole of a weight.")
  var perTensor = false

  @Option(
    name: .customLong("calibration-images"),
    help: ArgumentHelp(
      "With int8-static: training images that the ranges of activations come from. (default: \(QuantizeChoice.defaultCalibrationImages))",
      valueName: "n"))
  var calibrationImages: NumberWord?

  @OptionGroup
  var host: HostOptions

  @Option(help: ArgumentHelp("Write a run file (HDF5) with the schedules.", valueName: "file.h5"))
  var log: String?

  @Flag(help: "Replace a run file that exists.")
  var force = false

  @Flag(help: "Print one JSON document on standard output instead of the table.")
  var json = false

  func run() throws {
    let run = try EvaluateRun(request: EvaluateRequest(self))
    if let log { try RunWriter.checkDestination(log, replacesExisting: force) }
    let report = try run.report()
    try StandardStreams.output(report.json, or: report.text, asJSON: json)
    guard let log else { return }
    try StopSignal.deferred {
      try EvaluateLog(report: report, run: run).write(to: log, replacing: force)
    }
  }
}
