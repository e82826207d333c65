internal import ConfigFiles
internal import Datasets
internal import DeviceAPI
internal import RunLog
internal import Training

/// What a user asked of a training run; `nil` where nothing was said.
struct TrainRequest {
  var device: String?
  var config: String?
  var overrides: [String] = []
  var model: String?
  var hidden: [Int]?
  var dropout: Double?
  var dataset: DatasetName?
  var dataDirectory: String?
  var epochs: Int?
  var batchSize: Int?
  var learningRate: Double?
  var optimizer: String?
  var precision: PrecisionPolicy?
  var usesStochasticRounding: Bool?
  var quantizeAware = false
  var lossScale: Double?
  var lossScaleGrowthInterval: Int?
  var lossScaleGrowthFactor: Double?
  var lossScaleBackoff: Double?
  var fusion: FusionMode?
  var weightDecay: Double?
  var schedule: LearningRateSchedule?
  var warmupSteps: Int?
  var clipNorm: Double?
  var seed: UInt64?
  var trainLimit: Int?
  var testLimit: Int?
  var threads = 1
  var log: LogChoice = .automatic
  var checkpoint: String?
  var resume: String?
  /// Whether the checkpoint to resume may be without a good checksum.
  var readsUnverified = false
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
    try self.init(options: command.options)
    if command.force, command.log == nil, command.checkpoint == nil {
      throw .usage(
        "--force replaces the file of --log or of --checkpoint, and neither is given. "
          + "Leave --force out.")
    }
    if command.noLog, command.log != nil {
      throw .usage("--log and --no-log contradict each other. Leave one out.")
    }
    for (option, value) in [
      ("--log", command.log), ("--checkpoint", command.checkpoint), ("--resume", command.resume),
      ("--config", command.config),
    ] { try Self.requireName(value, option) }
    if let log = command.log,
      [command.checkpoint, command.resume].compactMap(\.self).map(FileIdentity.init(of:))
        .contains(FileIdentity(of: log))
    {
      throw .usage("\(log): a run file and a checkpoint cannot be one file. Give two names.")
    }
    device = command.device
    config = command.config
    precision = try command.precision.map(Self.precision)
    fusion = try command.fusion.map(Self.fusion)
    log = command.noLog ? .none : command.log.map(LogChoice.file) ?? .automatic
    checkpoint = command.checkpoint
    resume = command.resume
    readsUnverified = command.reading.unverified
    if readsUnverified, resume == nil {
      throw .usage("--unverified is about the file of --resume. Leave it out.")
    }
    replacesExisting = command.force
    printsJSON = command.json
    isQuiet = command.quiet
  }

  /// Checks the options that every run of a comparison shares.
  ///
  /// - Throws: `CommandFailure.usage`.
  init(options: TrainOptions) throws(CommandFailure) {
    try Self.requireName(options.data.dataDirectory, "--data-dir")
    try Self.requireName(options.model, "--model")
    overrides = options.architecture.overrides
    model = options.model
    hidden = try options.hidden.map(Self.widths)
    dropout = try options.dropout.real("--dropout", .probability)
    dataset = try options.dataset.map(Self.datasetName)
    dataDirectory = options.data.dataDirectory
    epochs = try options.epochs.whole("--epochs", in: 1...1_000_000)
    batchSize = try options.batchSize.whole("--batch-size", in: 1...1_000_000)
    learningRate = try options.learningRate.real("--learning-rate", .positive)
    optimizer = options.optimizer
    quantizeAware = options.quantizeAware
    usesStochasticRounding = options.stochasticRounding ? true : nil
    lossScale = try options.lossScale.real("--loss-scale", .any)
    lossScaleGrowthInterval = try options.lossScaleGrowthInterval.whole(
      "--loss-scale-growth-interval", in: 1...1_000_000_000)
    lossScaleGrowthFactor = try options.lossScaleGrowthFactor.real(
      "--loss-scale-growth-factor", .any)
    lossScaleBackoff = try options.lossScaleBackoff.real("--loss-scale-backoff", .any)
    weightDecay = try options.weightDecay.real("--weight-decay", .notNegative)
    schedule = try options.schedule.map(Self.schedule)
    warmupSteps = try options.warmupSteps.whole("--warmup-steps", in: 0...1_000_000_000)
    clipNorm = try options.clipNorm.real("--clip-norm", .positive)
    seed = try options.seed.whole("--seed", in: 0...UInt64.max)
    trainLimit = try options.trainLimit.whole("--train-limit", in: 1...Int.max)
    testLimit = try options.testLimit.whole("--test-limit", in: 1...Int.max)
    threads = try options.host.threadCount()
  }

  /// The precision called `name`.
  static func precision(_ name: String) throws(CommandFailure) -> PrecisionPolicy {
    try choice(PrecisionPolicy.self, name, "precision")
  }

  /// The fusion mode called `name`.
  static func fusion(_ name: String) throws(CommandFailure) -> FusionMode {
    try choice(FusionMode.self, name, "fusion mode")
  }

  /// Requires that an option that names a file or a folder names one.
  static func requireName(_ value: String?, _ option: String) throws(CommandFailure) {
    guard value == "" else { return }
    throw .usage("\(option) needs the name of a file or folder; found nothing.")
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type, _ name: String, _ what: String
  ) throws(CommandFailure) -> Choice {
    if let choice = Choice(rawValue: name) { return choice }
    let names = Spelling.nearestFirst(name, among: Choice.allCases.map(\.rawValue))
    throw .usage(
      "No \(what) is called '\(name)'. Use one of: " + names.joined(separator: ", ") + ".")
  }

  /// The numbers of `512,256`.
  private static func widths(_ text: String) throws(CommandFailure) -> [Int] {
    guard let widths = widths(in: text) else {
      throw .usage(
        "--hidden is '\(text)'; it must be widths from 1 to 1048576 with commas between them, "
          + "such as 512,256.")
    }
    return widths
  }

  /// The numbers of `512,256`; `nil` for anything else.
  static func widths(in text: String) -> [Int]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let widths = parts.compactMap { Int($0) }.filter { (1...1_048_576).contains($0) }
    return widths.count == parts.count ? widths : nil
  }

  private static func schedule(_ text: String) throws(CommandFailure) -> LearningRateSchedule {
    do { return try LearningRateSchedule(parsing: text) } catch {
      throw .usage("--lr-schedule: \(error)")
    }
  }

  static func datasetName(_ name: String) throws(CommandFailure) -> DatasetName {
    if let dataset = DatasetName(rawValue: name) { return dataset }
    let names = DatasetName.allCases.map(\.rawValue)
    throw .usage(
      "No data set is called '\(name)'. Use one of: "
        + Spelling.nearestFirst(name, among: names).joined(separator: ", ") + ".")
  }
}
