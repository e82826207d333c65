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
    try Self.requireSound(options)
    overrides = options.architecture.overrides
    model = options.model
    hidden = try options.hidden.map(Self.widths)
    dropout = options.dropout
    dataset = try options.dataset.map(Self.datasetName)
    dataDirectory = options.data.dataDirectory
    epochs = options.epochs
    batchSize = options.batchSize
    learningRate = options.learningRate
    optimizer = options.optimizer
    quantizeAware = options.quantizeAware
    usesStochasticRounding = options.stochasticRounding ? true : nil
    lossScale = options.lossScale
    lossScaleGrowthInterval = options.lossScaleGrowthInterval
    lossScaleGrowthFactor = options.lossScaleGrowthFactor
    lossScaleBackoff = options.lossScaleBackoff
    weightDecay = options.weightDecay
    schedule = try options.schedule.map(Self.schedule)
    warmupSteps = options.warmupSteps
    clipNorm = options.clipNorm
    seed = options.seed
    trainLimit = options.trainLimit
    testLimit = options.testLimit
    threads = options.threads
  }

  private static func requireSound(_ options: TrainOptions) throws(CommandFailure) {
    try require(options.epochs, "--epochs", in: 1...1_000_000)
    try require(options.batchSize, "--batch-size", in: 1...1_000_000)
    try require(options.trainLimit, "--train-limit", in: 1...Int.max)
    try require(options.testLimit, "--test-limit", in: 1...Int.max)
    try require(options.threads, "--threads", in: 1...256)
    if let rate = options.learningRate, !(rate > 0 && rate.isFinite) {
      throw .usage("--learning-rate is \(rate); it must be a finite number above 0.")
    }
    try require(options.warmupSteps, "--warmup-steps", in: 0...1_000_000_000)
    if let dropout = options.dropout, !(0..<1).contains(dropout) {
      throw .usage("--dropout is \(dropout); it must be 0 or more and less than 1.")
    }
    if let decay = options.weightDecay, !(decay >= 0 && decay.isFinite) {
      throw .usage("--weight-decay is \(decay); it must be a finite number, 0 or more.")
    }
    if let norm = options.clipNorm, !(norm > 0 && norm.isFinite) {
      throw .usage("--clip-norm is \(norm); it must be a finite number above 0.")
    }
    try requireName(options.data.dataDirectory, "--data-dir")
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

  static func require(
    _ value: Int?, _ option: String, in range: ClosedRange<Int>
  ) throws(CommandFailure) {
    guard let value, !range.contains(value) else { return }
    let limits =
      range.upperBound == .max
      ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
    throw .usage("\(option) is \(value); it must be \(limits).")
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
