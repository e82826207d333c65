internal import ConfigFiles
internal import Datasets
internal import Foundation
internal import DeviceAPI
internal import GraphIR
internal import GraphPasses
internal import Reports
internal import RunLog
internal import SystolicCompiler
internal import SystolicModel
internal import SystolicSim
internal import Training

/// What `simtrain estimate` is asked for, checked.
struct EstimateRequest {
  /// Which of a model's graphs.
  enum Phase: String, CaseIterable {
    case training, inference

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }

  /// Words of the options that name what the simulator has.
  enum Words {
    static let operandTypes = OperandType.allCases.map(\.rawValue)
    static let operandType = OperandType.bf16.rawValue
    static let residentOperands = ResidentOperands.names.map(\.name)
    static let mappingObjective = MappingObjective.cycles.rawValue
  }

  let workload: Workload
  /// The program whose products the workload is, or that its layers make together.
  let program: EstimateProgram?
  let document: ConfigDocument
  let chip: Chip
  let options: EstimateOptions
  /// The words that chose the architecture.
  let config: String

  init(_ command: EstimateCommand) throws {
    let repeats = try command.repeats.whole("--repeat", in: 1...Int.max) ?? 1
    let cores = try command.cores.whole("--cores", in: 1...Int.max) ?? 1
    let resident = try Self.resident(command.resident, repeats: repeats)
    try Self.requireEffect(command, cores: cores)
    let library = try Surroundings.configLibrary()
    let precision = try command.products.choice()
    if let precision, command.model == nil,
      command.workload.map(ProgramFile.isProgram) != true
    {
      throw CommandFailure.usage(
        "--matmul-precision \(precision.rawValue) is about products of f32 in a program or a model. Give "
          + "--workload PROGRAM.mlir or --model, or leave it out.")
    }
    let type: OperandType = try Self.choice("--dtype", command.dtype)
    let file = try Self.program(command)?.computingProducts(precision)
    let model = try Self.model(command, precision, library)
    workload = try Self.workload(command, file, model, library)
    program = try Self.program(command, file, model, workload, type)
    if let way = command.convolution, !workload.hasConvolution {
      throw CommandFailure.usage(
        "--convolution \(way): there is no convolution in \(workload.name). Leave it out.")
    }
    if let reports = command.reports {
      try ScaleSimReports.requireFree(reports, replacing: command.force)
    }
    config = command.config
    (document, chip) = try InputKind.expecting(.chip, name: command.config, of: "--config") {
      let document = try library.document(command.config, kind: ConfigCommand.kind)
        .applying(overrides: command.architecture.overrides)
      return (document, try Chip(document: document, library: library))
    }
    var options = EstimateOptions(
      operandType: type, resident: resident,
      repeats: repeats,
      convolution: try command.convolution.map { try Self.choice("--convolution", $0) }
        ?? .implicit,
      cores: cores, explains: command.explain,
      objective: try Self.choice("--mapping-objective", command.mappingObjective))
    if let path = command.mapping {
      options.mapping = try WorkloadMapping(contentsOf: path)
    }
    self.options = options
  }

  /// Runs the estimator.
  func report() throws -> EstimateReport {
    let estimator = try WorkloadEstimator(chip: chip, options: options)
    let whole = program.map { program in
      ProgramEstimate(program, repeats: options.repeats) { graph throws(DeviceError) in
        try SystolicDevice(chip: chip).cost(of: graph)
      }
    }
    if workload.layers.isEmpty, let refusal = whole?.refusal { throw refusal }
    let estimate: WorkloadEstimate
    do {
      estimate = try estimator.estimate(workload)
    } catch {
      throw workload.located(error)
    }
    return EstimateReport(
      estimate: estimate, workload: workload, chip: chip, config: config, options: options,
      program: whole.map {
        WholeProgram(
          lines: $0.comparison(estimate) + $0.lines, json: $0.json, profile: $0.profile)
      })
  }

  /// Writes the mappings of an estimate's layers.
  func writeMappings(of report: EstimateReport, to path: String) throws(CommandFailure) {
    do {
      try Data(report.mappings.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .runtime("\(path): the file cannot be written. Check that its folder exists.")
    }
  }

  /// Each layer of another shape as an executable of a run file.
  func profiles() throws -> [ExecutionProfile] {
    let estimator = try WorkloadEstimator(chip: chip, options: options)
    var seen = Set<Workload.Layer.Shape>()
    let layers = workload.layers.filter { seen.insert($0.shape).inserted }
    return try layers.map { try estimator.profile($0) }
  }

  /// - Throws: `CommandFailure.usage` for an option that would change nothing.
  private static func requireEffect(
    _ command: EstimateCommand, cores: Int
  ) throws(CommandFailure) {
    for (option, value) in [
      ("--log", command.log), ("--config", command.config), ("--model", command.model),
      ("--workload", command.workload), ("--reports", command.reports),
      ("--mapping", command.mapping), ("--dump-mapping", command.dumpMapping),
    ] { try TrainRequest.requireName(value, option) }
    if command.force, command.log == nil, command.reports == nil, command.dumpMapping == nil {
      throw .usage(
        "--force replaces the files of --log, of --reports or of --dump-mapping, and none is given. "
          + "Leave --force out.")
    }
    for (option, value) in [
      ("--mapping", command.mapping), ("--dump-mapping", command.dumpMapping),
    ] where value != nil {
      if cores > 1 {
        throw .usage("\(option) is about one core; remove it or --cores \(cores).")
      }
      if command.convolution == EstimateOptions.ConvolutionLowering.explicit.rawValue {
        throw .usage(
          "\(option): a convolution whose patches are copied is two programs. Remove it or "
            + "--convolution explicit.")
      }
    }
    if command.mapping != nil, command.resident != nil {
      throw .usage("--mapping says where operands lie, too. Remove it or --resident.")
    }
    if let file = command.dumpMapping, !command.force,
      FileManager.default.fileExists(atPath: file)
    {
      throw CommandFailure(RunLogError.fileExists(path: file))
    }
    if cores > 1, command.log != nil {
      throw .usage("--log writes the schedule of one core; remove it or --cores \(cores).")
    }
  }

  // MARK: The workload

  private static func program(_ command: EstimateCommand) throws(CommandFailure) -> ProgramFile? {
    guard let name = command.workload, ProgramFile.isProgram(name) else { return nil }
    return try ProgramFile(path: name)
  }

  /// The program as a whole: a file's, a model's, or with `--network` a chain of a topology file's layers.
  private static func program(
    _ command: EstimateCommand, _ file: ProgramFile?, _ model: Graph?, _ workload: Workload,
    _ type: OperandType
  ) throws -> EstimateProgram? {
    if command.network && (command.workload == nil || file != nil) {
      throw CommandFailure.usage(
        "--network makes one program of the layers of a topology file; "
          + (file != nil || model != nil
            ? "\(workload.name) is one already. Leave it out."
            : "give one with --workload FILE.csv."))
    }
    if let graph = file?.graph ?? model { return EstimateProgram(graph: graph) }
    guard command.network else { return nil }
    do {
      let chain = try WorkloadChain(workload, type: type)
      return EstimateProgram(graph: chain.graph, readingFromDRAM: chain.readingFromDRAM)
    } catch {
      throw workload.located(error)
    }
  }

  private static func workload(
    _ command: EstimateCommand, _ program: ProgramFile?, _ model: Graph?, _ library: ConfigLibrary
  ) throws -> Workload {
    let batchSize = try batchSize(of: command)
    if let program {
      if batchSize != nil {
        throw CommandFailure.usage(
          "--batch-size: \(program.path) is a program, whose shapes are fixed. Leave it out.")
      }
      var workload = Workload(productsOf: program.graph)
      workload.name = program.path
      return workload
    }
    if let name = command.workload {
      return try InputKind.expecting(.workload, name: name, of: "--workload") {
        try TopologyFile.read(path: library.workloadPath(name)).batched(by: batchSize ?? 1)
      }
    }
    if let model {
      var workload = Workload(productsOf: model)
      workload.name = model.name
      return workload
    }
    if batchSize != nil {
      throw CommandFailure.usage(
        "--batch-size belongs to --model and --workload; the rows of --gemm are its M.")
    }
    return Workload(
      name: "gemm",
      layers: try command.gemms.map { (text) throws(CommandFailure) in try gemm(text) },
      isOneProgram: false)
  }

  private static func batchSize(of command: EstimateCommand) throws(CommandFailure) -> Int? {
    try command.batchSize.whole("--batch-size", in: 1...1_000_000)
  }

  /// A step, or an evaluation, of the model that is asked for.
  private static func model(
    _ command: EstimateCommand, _ precision: ProductPrecision?, _ library: ConfigLibrary
  ) throws -> Graph? {
    let kinds = [!command.gemms.isEmpty, command.workload != nil, command.model != nil]
    guard kinds.filter({ $0 }).count == 1 else {
      throw CommandFailure.usage(
        "Say what to estimate with one of --gemm MxKxN, --workload FILE.csv and --model NAME; "
          + "found \(kinds.filter { $0 }.count) of them. See 'simtrain estimate --help'.")
    }
    guard let model = command.model else {
      if command.phase != nil {
        throw CommandFailure.usage("--phase belongs to --model; remove it or name a model.")
      }
      return nil
    }
    let batchSize = try batchSize(of: command) ?? 32
    return try InputKind.expecting(.model, name: model, of: "--model") {
      try graph(of: model, phase: command.phase, batchSize: batchSize, precision, library)
    }
  }

  private static func graph(
    of model: String, phase: String?, batchSize: Int, _ precision: ProductPrecision?,
    _ library: ConfigLibrary
  ) throws -> Graph {
    let phase: Phase = try phase.map { try choice("--phase", $0) } ?? .training
    let document = try library.document(model, kind: "Models")
    // For the images of MNIST.
    let program = try TrainingProgram(
      model: document.decode(ModelDescription.self)
        .model(rows: 28, columns: 28, classes: 10, from: document),
      optimizer: Adam(), batchSize: batchSize, evaluationBatchSize: batchSize)
    var graph = try ProductPrecisionPass(precision)
      .run(phase == .training ? program.step : program.evaluation)
    graph.name = "\(model) \(phase.rawValue), batch \(batchSize)"
    return graph
  }

  /// `512x4096x4096`: M x K x N.
  static func gemm(_ text: String) throws(CommandFailure) -> Workload.Layer {
    let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let extents = parts.compactMap { Int($0) }
    guard parts.count == 3, extents.count == 3 else {
      throw .usage(
        "--gemm wants three whole numbers MxKxN, such as 512x4096x4096; found '\(text)'.")
    }
    return Workload.Layer(
      name: text, shape: .gemm(GEMMShape(m: extents[0], n: extents[2], k: extents[1])))
  }

  /// The operands of a list; `nil` where the estimator is to choose.
  static func resident(
    _ list: String?, repeats: Int
  ) throws(CommandFailure) -> ResidentOperands? {
    guard let list else { return repeats > 1 ? nil : [] }
    if list == "none" { return [] }
    if list == "auto" {
      if repeats > 1 { return nil }
      throw .usage(
        "--resident auto is about what stays on chip between repeats, and there is one. "
          + "Add --repeat 2 or more, or leave it out.")
    }
    let words = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let names = ResidentOperands.names.map(\.name)
    var resident: ResidentOperands = []
    for word in words {
      if ["none", "auto"].contains(word) {
        throw .usage(
          "--resident \(list): '\(word)' stands alone and not in a list with others. Use none, "
            + "auto, or a list of \(names.joined(separator: ", ")).")
      }
      guard let operand = ResidentOperands.names.first(where: { $0.name == word })?.operand else {
        throw unknown("--resident", word, names + ["none", "auto"])
      }
      if resident.contains(operand) {
        throw .usage("--resident \(list): '\(word)' stands twice in the list. Leave one out.")
      }
      resident.insert(operand)
    }
    return resident
  }

  private static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ option: String, _ word: String
  ) throws(CommandFailure) -> Value {
    guard let value = Value(rawValue: word) else {
      throw unknown(option, word, Value.allCases.map(\.rawValue))
    }
    return value
  }

  private static func unknown(
    _ option: String, _ word: String, _ choices: [String]
  ) -> CommandFailure {
    .usage("\(option) knows no '\(word)'. Use one of: \(choices.joined(separator: ", ")).")
  }
}

extension Workload {
  /// Some layer is a convolution, which `--convolution` says how to compute.
  fileprivate var hasConvolution: Bool {
    layers.contains { if case .gemm = $0.shape { false } else { true } }
  }
}
