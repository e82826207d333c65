internal import ArgumentParser
internal import GraphIR
internal import GraphPasses

/// `simtrain compare`: trains every combination of devices, architectures, precisions and fusion
/// modes.
struct CompareCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Train every combination of devices and techniques, and compare them in one table.",
    discussion: """
      Options of the first four may be repeated; every combination is trained with the same other \
      options. An architecture applies to simulated devices only, so that a device without one runs \
      once for each of the rest. All combinations are checked before the first one trains. The \
      figures of each run are also relative to those of the first.
      """)

  static let examples = [
    "simtrain compare --device cpu --device tpu-sim --epochs 1",
    "simtrain compare --config tpu-v3 --config tpu-v4 --precision bf16 --epochs 1",
    "simtrain compare --fusion on --fusion off --model lenet5 --batch-size 64",
    "simtrain compare --precision fp32 --precision bf16 --json --no-log",
  ]

  @Option(
    name: .customLong("device"),
    help: ArgumentHelp(
      "Device to train on: \(DeviceCatalog.words); repeatable. (default: \(DeviceCatalog.defaultName))",
      valueName: "name"))
  var devices: [String] = []

  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "Architecture of a simulated device: a name of 'simtrain config list' or a YAML file; "
        + "repeatable. (default: tpu-v3)",
      valueName: "name|file"))
  var configs: [String] = []

  @Option(
    name: .customLong("precision"),
    help: ArgumentHelp(
      "Types of values: \(PrecisionPolicy.allCases.map(\.rawValue).joined(separator: ", ")); "
        + "repeatable. (default: fp32)",
      valueName: "name"))
  var precisions: [String] = []

  @Option(
    name: .customLong("fusion"),
    help: ArgumentHelp(
      "Which operations run together: \(FusionMode.allCases.map(\.rawValue).joined(separator: ", ")); "
        + "repeatable. (default: on)",
      valueName: "mode"))
  var fusions: [String] = []

  @OptionGroup
  var options: RunOptions

  @Option(
    name: .customLong("log-folder"),
    help: ArgumentHelp(
      "Folder of the run files and of summary.h5. (default: runs/compare-DATE-TIME)",
      valueName: "folder"))
  var logFolder: String?

  @Flag(name: .customLong("no-log"), help: "Write no files.")
  var noLog = false

  @Flag(help: "Replace run files that exist.")
  var force = false

  @Flag(help: "Print one JSON document on standard output instead of the table.")
  var json = false

  @Flag(help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    try Comparison(CompareRequest(command: self)).execute()
  }
}
