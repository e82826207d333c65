internal import ConfigFiles
internal import Datasets
internal import DeviceAPI
internal import SystolicSim
internal import Training

/// What `simtrain estimate` is asked for, checked.
struct EstimateRequest {
  /// Which of a model's graphs.
  enum Phase: String, CaseIterable {
    case training, inference

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }

  let workload: Workload
  let document: ConfigDocument
  let chip: Chip
  let options: EstimateOptions
  /// The words that chose the architecture.
  let config: String

  init(_ command: EstimateCommand) throws {
    let library = try Surroundings.configLibrary()
    workload = try Self.workload(command, library)
    config = command.config
    if command.cores > 1 && command.log != nil {
      throw CommandFailure.usage(
        "--log writes the schedule of one core; remove it or --cores \(command.cores).")
    }
    if let reports = command.reports {
      try ScaleSimReports.requireFree(reports, replacing: command.force)
    }
    document = try library.document(command.config, kind: ConfigCommand.kind)
      .applying(overrides: command.architecture.overrides)
    chip = try Chip(document: document, library: library)
    options = EstimateOptions(
      operandType: try Self.choice("--dtype", command.dtype),
      resident: try Self.resident(command.resident, repeats: command.repeats),
      repeats: command.repeats,
      convolution: try Self.choice("--convolution", command.convolution), cores: command.cores,
      explains: command.explain)
  }

  /// Runs the estimator.
  func report() throws -> EstimateReport {
    let estimator = try WorkloadEstimator(chip: chip, options: options)
    let estimate: WorkloadEstimate
    do {
      estimate = try estimator.estimate(workload)
    } catch {
      throw workload.located(error)
    }
    return EstimateReport(
      estimate: estimate, workload: workload, chip: chip, config: config, options: options)
  }

  // MARK: The workload

  private static func workload(
    _ command: EstimateCommand, _ library: ConfigLibrary
  ) throws -> Workload {
    let kinds = [!command.gemms.isEmpty, command.workload != nil, command.model != nil]
    guard kinds.filter({ $0 }).count == 1 else {
      throw CommandFailure.usage(
        "Say what to estimate with one of --gemm MxKxN, --workload FILE.csv and --model NAME; "
          + "found \(kinds.filter { $0 }.count) of them. See 'simtrain estimate --help'.")
    }
    if let batch = command.batchSize, !(1...1_000_000).contains(batch) {
      throw CommandFailure.usage("--batch-size must be from 1 to 1000000; found \(batch).")
    }
    if command.phase != nil && command.model == nil {
      throw CommandFailure.usage("--phase belongs to --model; remove it or name a model.")
    }
    if let name = command.workload {
      let path = try library.workloadPath(name)
      return try TopologyFile.read(path: path).batched(by: command.batchSize ?? 1)
    }
    if let model = command.model { return try products(of: model, command, library) }
    if command.batchSize != nil {
      throw CommandFailure.usage(
        "--batch-size belongs to --model and --workload; the rows of --gemm are its M.")
    }
    return Workload(
      name: "gemm",
      layers: try command.gemms.map { (text) throws(CommandFailure) in try gemm(text) },
      isOneProgram: false)
  }

  private static func products(
    of model: String, _ command: EstimateCommand, _ library: ConfigLibrary
  ) throws -> Workload {
    let phase: Phase = try command.phase.map { try choice("--phase", $0) } ?? .training
    let batchSize = command.batchSize ?? 32
    let document = try library.document(model, kind: "Models")
    // For the images of MNIST.
    let program = try TrainingProgram(
      model: document.decode(ModelDescription.self)
        .model(rows: 28, columns: 28, classes: 10, from: document),
      optimizer: Adam(), batchSize: batchSize, evaluationBatchSize: batchSize)
    var workload = Workload(
      productsOf: phase == .training ? program.step : program.evaluation)
    workload.name = "\(model) \(phase.rawValue), batch \(batchSize)"
    return workload
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
    if list == "auto" { return nil }
    if list == "none" { return [] }
    var resident: ResidentOperands = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let operand = ResidentOperands.names.first(where: { $0.name == word })?.operand else {
        throw unknown(
          "--resident", String(word), ResidentOperands.names.map(\.name) + ["none", "auto"])
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
