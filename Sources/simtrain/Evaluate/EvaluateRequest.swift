internal import Datasets
internal import DeviceAPI
internal import RunLog
internal import Training

/// What `simtrain evaluate` is asked for, checked: what the user said, else what the checkpoint
/// says, else the default.
struct EvaluateRequest {
  let saved: SavedRun
  let place: DeviceChoice
  let model: ModelChoice
  /// The model is the one that the checkpoint names.
  let usesSavedModel: Bool
  let dataset: DatasetName
  let dataDirectory: String?
  let testLimit: Int?
  /// Images at once at most.
  let batchSize: Int
  let precision: PrecisionPolicy
  /// `nil` if nothing is to be quantized.
  let quantize: QuantizeChoice?
  let threads: Int

  /// - Throws: `CommandFailure.usage`, or what is wrong with the checkpoint's file.
  init(_ command: EvaluateCommand) throws {
    let limit = try command.testLimit.whole("--test-limit", in: 1...Int.max)
    batchSize = try command.batchSize.whole("--batch-size", in: 1...1_000_000) ?? 1000
    threads = try command.host.threadCount()
    if command.force, command.log == nil {
      throw CommandFailure.usage(
        "--force replaces the file of --log, which is not given. Leave --force out.")
    }
    for (option, value) in [
      ("--checkpoint", command.checkpoint), ("--log", command.log), ("--config", command.config),
      ("--model", command.model), ("--data-dir", command.data.dataDirectory),
    ] { try TrainRequest.requireName(value, option) }
    if command.log.map(FileIdentity.init(of:)) == FileIdentity(of: command.checkpoint) {
      throw CommandFailure.usage(
        "\(command.checkpoint): a run file and a checkpoint cannot be one file. Give two names.")
    }
    let said = try command.dataset.map(TrainRequest.datasetName)
    let policy = try command.precision.map { name throws(CommandFailure) in
      try TrainRequest.choice(PrecisionPolicy.self, name, "precision")
    }
    quantize = try QuantizeChoice.parse(command)
    saved = try SavedRun(
      path: command.checkpoint, isVerified: !command.reading.unverified, of: "--checkpoint")
    try TrainSettings.requireSound(saved)
    place = try Self.place(command, saved)
    usesSavedModel = command.model == nil
    if let name = command.model {
      model = ModelChoice(name: name, hidden: nil, dropout: nil)
    } else {
      model = ModelChoice(
        name: try saved.required(RunKey.model), hidden: saved.hidden,
        dropout: saved.real(RunKey.dropout))
    }
    let savedName = try saved.required(Checkpoint.Key.dataset)
    dataset = try said ?? saved.choice(Checkpoint.Key.dataset, "data set") ?? .mnist
    dataDirectory = command.data.dataDirectory
    let savedCount = dataset.rawValue == savedName ? saved.integer(RunKey.testCount) : nil
    testLimit = limit ?? savedCount
    precision =
      try policy ?? saved.choice(Checkpoint.Key.precision, "precision") ?? .fp32
  }

  /// The checkpoint's architecture stands for its own device only, and its overrides for that
  /// architecture only.
  private static func place(
    _ command: EvaluateCommand, _ saved: SavedRun
  ) throws(CommandFailure) -> DeviceChoice {
    let savedDevice = try saved.required(RunKey.device)
    let device = command.device ?? savedDevice
    let savedConfig = device == savedDevice ? saved.text(RunKey.config) : nil
    let keepsOverrides =
      device == savedDevice && command.config == nil && command.architecture.overrides.isEmpty
    return try DeviceChoice(
      device: device, config: command.config ?? savedConfig,
      overrides: keepsOverrides ? saved.texts(RunKey.overrides) : command.architecture.overrides)
  }
}

extension SavedRun {
  /// A text that every checkpoint has.
  ///
  /// - Throws: `CommandFailure.usage` if this one has not.
  func required(_ name: String) throws(CommandFailure) -> String {
    if let text = text(name) { return text }
    throw .usage(
      "\(path): the checkpoint is damaged: it does not say '\(name)'. Use another checkpoint.")
  }
}
