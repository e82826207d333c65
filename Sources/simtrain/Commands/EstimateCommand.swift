internal import ArgumentParser
internal import Reports
internal import RunLog

/// `simtrain estimate`: time and energy of a workload, without training.
struct EstimateCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate",
    abstract: "Estimate time and energy of matrix products or a network, without training.",
    discussion: """
      Each layer is compiled for one core, or divided over several, and put on the time axis; layers \
      run one after another. A \
      workload is one or more products, a topology file as SCALE-Sim reads it (convolutions or \
      products), the matrix products of one of our own models, or a StableHLO program: its products, and \
      the whole of it as 'simtrain run' would cost it.
      """)

  static let examples = [
    "simtrain estimate --gemm 512x4096x4096",
    "simtrain estimate --gemm 128x784x128 --set mxu.dataflow=outputStationary",
    "simtrain estimate --gemm 1024x1024x1024 --resident inputs,outputs --repeat 100",
    "simtrain estimate --workload resnet50 --batch-size 256 --config tpu-v5e",
    "simtrain estimate --workload resnet50 --network",
    "simtrain estimate --workload step.mlir --config tpu-v5e",
    "simtrain estimate --model mlp --batch-size 128 --phase training --json",
  ]

  @Option(
    name: .customLong("gemm"),
    help: ArgumentHelp(
      "A product [M, K] x [K, N], such as 512x4096x4096; repeatable.", valueName: "MxKxN"))
  var gemms: [String] = []

  @Option(
    help: ArgumentHelp(
      "Layers in a CSV file, as SCALE-Sim reads it, or of that name ('simtrain config list'); or a StableHLO program (.mlir, .bc).",
      valueName: "name|file.csv|program"))
  var workload: String?

  @Option(
    help: ArgumentHelp(
      "The products of a model, for images of 28 x 28: a name of Configs/Models or a YAML file.",
      valueName: "name|file"))
  var model: String?

  @Option(
    name: .customLong("batch-size"),
    help: ArgumentHelp(
      "Inputs at once, for --model and --workload. (default: 32 for a model, 1 for a file)",
      valueName: "n"))
  var batchSize: NumberWord?

  @Option(
    help: ArgumentHelp(
      "What of a model: \(EstimateRequest.Phase.names). (default: training)", valueName: "phase"))
  var phase: String?

  @Option(
    help: ArgumentHelp(
      "Architecture: a name of 'simtrain config list' or a YAML file.", valueName: "name|file"))
  var config = "tpu-v3"

  @OptionGroup
  var architecture: ArchitectureOptions

  @Option(
    help: ArgumentHelp(
      "Type of the operands: \(EstimateRequest.Words.operandTypes.joined(separator: ", ")).",
      valueName: "type"))
  var dtype = EstimateRequest.Words.operandType

  @OptionGroup
  var products: ProductOptions

  @Option(
    help: ArgumentHelp(
      "Operands that lie in on-chip memory before and after: some of "
        + EstimateRequest.Words.residentOperands.joined(separator: ",")
        + "; none; or auto, what fits of inputs and outputs stays there between repeats. "
        + "(default: none; with --repeat auto)",
      valueName: "list"))
  var resident: String?

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp(
      "Repeats of each layer back to back. With more than one, figures are those of one repeat "
        + "in the steady state, without the launch of the program. (default: 1)",
      valueName: "n"))
  var repeats: NumberWord?

  @Option(
    help: ArgumentHelp(
      "How a convolution becomes a product: implicit (patches are addressed) or explicit (they "
        + "are copied first). (default: implicit)",
      valueName: "way"))
  var convolution: String?

  @Option(
    help: ArgumentHelp(
      "Cores that work on each layer together, each with its share of the DRAM. The dimension that is "
        + "divided over them is the best one. (default: 1)",
      valueName: "n"))
  var cores: NumberWord?

  @Option(
    name: .customLong("mapping-objective"),
    help: ArgumentHelp(
      "What tiles and orders are chosen by: cycles (the fastest; of those within 2 % of it the one that "
        + "moves least from and to DRAM, then least energy), energy, traffic or energyDelay.",
      valueName: "figure"))
  var mappingObjective = EstimateRequest.Words.mappingObjective

  @Option(
    name: .customLong("dump-mapping"),
    help: ArgumentHelp(
      "Write the mapping of each layer: its tile, loops, what stays, where sums wait.",
      valueName: "file.yaml"))
  var dumpMapping: String?

  @Option(
    help: ArgumentHelp(
      "Take the mappings of such a file instead of the best ones.", valueName: "file.yaml"))
  var mapping: String?

  @Option(help: ArgumentHelp("Write a run file (HDF5) with the schedules.", valueName: "file.h5"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Write COMPUTE_REPORT.csv and BANDWIDTH_REPORT.csv there, in SCALE-Sim's columns.",
      valueName: "folder"))
  var reports: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  @Flag(
    help: ArgumentHelp(
      "Cost the layers of a topology file as one program, too: a layer finds the output before it on "
        + "chip where that has its size and fits. A model or a program always is."))
  var network = false

  @Flag(help: "Say which tiles were chosen, the next best, and which capacity forbids better.")
  var explain = false

  @Flag(help: "Print one JSON document on standard output instead of the table.")
  var json = false

  func run() throws {
    let request = try EstimateRequest(self)
    if let log { try RunWriter.checkDestination(log, replacesExisting: force) }
    let report = try request.report()
    try StopSignal.deferred {
      if let log {
        try EstimateLog(report: report, request: request).write(to: log, replacing: force)
      }
      if let dumpMapping { try request.writeMappings(of: report, to: dumpMapping) }
      if let reports { try ScaleSimReports(report: report).write(to: reports) }
    }
    try StandardStreams.output(report.json, or: report.text, asJSON: json)
  }
}
