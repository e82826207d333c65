internal import ConfigFiles
internal import Datasets

/// What a user asked of a training run; `nil` where nothing was said.
struct TrainRequest {
  var device: String?
  var config: String?
  var overrides: [String] = []
  var model: String?
  var dataset: DatasetName?
  var dataDirectory: String?
  var epochs: Int?
  var batchSize: Int?
  var learningRate: Double?
  var optimizer: String?
  var seed: UInt64?
  var trainLimit: Int?
  var testLimit: Int?
  var threads = 1
  var log: LogChoice = .automatic
  var checkpoint: String?
  var resume: String?
  var replacesExisting = false
  var printsJSON = false
  var isQuiet = false

  /// Where the run file goes.
  enum LogChoice: Hashable {
    case automatic
    case file(String)
    case none
  }
}

extension TrainRequest {
  /// Checks each option by itself and against the others.
  ///
  /// - Throws: `CommandFailure.usage`.
  init(command: TrainCommand) throws(CommandFailure) {
    try Self.require(command.epochs, "--epochs", in: 1...1_000_000)
    try Self.require(command.batchSize, "--batch-size", in: 1...1_000_000)
    try Self.require(command.trainLimit, "--train-limit", in: 1...Int.max)
    try Self.require(command.testLimit, "--test-limit", in: 1...Int.max)
    try Self.require(command.threads, "--threads", in: 1...256)
    if let rate = command.learningRate, !(rate > 0 && rate.isFinite) {
      throw .usage("--learning-rate is \(rate); it must be a finite number above 0.")
    }
    if command.noLog, command.log != nil {
      throw .usage("--log and --no-log contradict each other. Leave one out.")
    }
    for (option, value) in [
      ("--log", command.log), ("--checkpoint", command.checkpoint), ("--resume", command.resume),
      ("--data-dir", command.dataDirectory), ("--config", command.config),
    ] where value == "" {
      throw .usage("\(option) needs the name of a file or folder; found nothing.")
    }
    if let log = command.log, log == command.checkpoint || log == command.resume {
      throw .usage("\(log): a run file and a checkpoint cannot be one file. Give two names.")
    }
    device = command.device
    config = command.config
    overrides = command.overrides
    model = command.model
    dataset = try command.dataset.map(Self.datasetName)
    dataDirectory = command.dataDirectory
    epochs = command.epochs
    batchSize = command.batchSize
    learningRate = command.learningRate
    optimizer = command.optimizer
    seed = command.seed
    trainLimit = command.trainLimit
    testLimit = command.testLimit
    threads = command.threads
    log = command.noLog ? .none : command.log.map(LogChoice.file) ?? .automatic
    checkpoint = command.checkpoint
    resume = command.resume
    replacesExisting = command.force
    printsJSON = command.json
    isQuiet = command.quiet
  }

  private static func require(
    _ value: Int?, _ option: String, in range: ClosedRange<Int>
  ) throws(CommandFailure) {
    guard let value, !range.contains(value) else { return }
    let limits =
      range.upperBound == .max
      ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
    throw .usage("\(option) is \(value); it must be \(limits).")
  }

  private static func datasetName(_ name: String) throws(CommandFailure) -> DatasetName {
    if let dataset = DatasetName(rawValue: name) { return dataset }
    let names = DatasetName.allCases.map(\.rawValue)
    throw .usage(
      "No data set is called '\(name)'. Use one of: "
        + Spelling.nearestFirst(name, among: names).joined(separator: ", ") + ".")
  }
}
