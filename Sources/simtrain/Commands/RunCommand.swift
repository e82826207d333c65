internal import ArgumentParser
internal import RunLog

/// `simtrain run`: executes a program of the user's own.
struct RunCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a StableHLO program on a device.",
    discussion: """
      The program is text (.mlir), as jax.jit(f).lower(...).as_text() gives it, or a portable artifact \
      (.bc). Its arguments are the arrays in0, in1, ... of an archive of numpy's (.npz) or an HDF5 file \
      (.h5), its results out0, out1, ... in the order of @main. On a simulated chip the tables of 'simtrain train' say what \
      it cost. See Docs/programs.md.
      """)

  static let examples = [
    "simtrain run step.mlir --inputs step.npz",
    "simtrain run step.mlir --device cpu --inputs step.npz --outputs out.npz",
    "simtrain run step.bc --config tpu-v4 --inputs step.npz --check step.npz --tolerance 0.01",
    "simtrain run step.mlir --inputs step.npz --repeat 100 --log run.h5",
    "simtrain run step.mlir --inputs step.npz --against cpu --matmul-precision highest",
  ]

  @Argument(help: ArgumentHelp("Text or portable artifact.", valueName: "program.mlir|.bc"))
  var program: String

  @Option(
    help: ArgumentHelp(
      "Device: \(DeviceCatalog.words). (default: \(DeviceCatalog.defaultName))",
      valueName: "name"))
  var device: String?

  @Option(
    help: ArgumentHelp(
      "Architecture of a simulated device: a name of 'simtrain config list' or a YAML file. (default: tpu-v3)",
      valueName: "name|file"))
  var config: String?

  @OptionGroup
  var architecture: ArchitectureOptions

  @OptionGroup
  var plugin: PluginOptions

  @Option(help: ArgumentHelp("Arguments in0, in1, ... of @main.", valueName: "file.npz|.h5"))
  var inputs: String?

  @Option(
    help: ArgumentHelp("Write the last results here, bf16 as f32.", valueName: "file.npz"))
  var outputs: String?

  @Option(
    help: ArgumentHelp(
      "Compare the first execution's results with the arrays out0, out1, ...; exit 1 where one differs by more than the tolerance.",
      valueName: "file.npz|.h5"))
  var check: String?

  @Option(
    help: ArgumentHelp(
      "Difference that --check lets pass and --against speaks of, relative to a value's largest magnitude. (default: 0.001)",
      valueName: "x"))
  var tolerance: NumberWord?

  @Option(
    help: ArgumentHelp(
      "Compare every operation with the same one on this device, on equal inputs and accumulated.",
      valueName: "name"))
  var against: String?

  @OptionGroup
  var products: ProductOptions

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp(
      "Executions; an argument that is donated holds the new result in the next one. (default: 1)",
      valueName: "n"))
  var repeats: NumberWord?

  @OptionGroup
  var host: HostOptions

  @Option(help: ArgumentHelp("Write a run file (HDF5) with the schedules.", valueName: "file.h5"))
  var log: String?

  @Flag(help: "Replace a run file or results that exist.")
  var force = false

  @Flag(help: "Print one JSON document on standard output instead of the report.")
  var json = false

  func run() throws {
    let request = try ProgramRequest(self)
    if let log { try RunWriter.checkDestination(log, replacesExisting: force) }
    let run = try ProgramRun(request)
    let report = try run.report()
    try StandardStreams.output(report.json, or: report.text, asJSON: json)
    if let log {
      try StopSignal.deferred {
        try ProgramLog(report: report, run: run).write(to: log, replacing: force)
      }
    }
    if let difference = report.excess { throw CommandFailure.runtime(difference) }
  }
}
