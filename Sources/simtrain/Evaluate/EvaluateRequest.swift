internal import Datasets
internal import RunLog
internal import Training

/// What `simtrain evaluate` is asked for, checked: what the user said, else what the checkpoint
/// says, else the default.
struct EvaluateRequest {
  let saved: SavedRun
  /// The device, model and data that are evaluated, settled.
  let config: RunConfig
  let dataDirectory: String?
  /// Images at once at most.
  let batchSize: Int
  /// `nil` if nothing is to be quantized.
  let quantize: QuantizeChoice?
  let threads: Int

  /// - Throws: `CommandFailure.usage`, or what is wrong with the checkpoint's file.
  init(_ command: EvaluateCommand) throws {
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
    let asked = try Self.asked(command)
    quantize = try QuantizeChoice.parse(command)
    saved = try SavedRun(
      path: command.checkpoint, isVerified: !command.reading.unverified, of: "--checkpoint")
    if let step = saved.config.step.program {
      throw CommandFailure.usage(
        "\(saved.path): the checkpoint is of a step of your own, \(step), which has no model to evaluate. "
          + "'simtrain --resume' goes on with it, and evaluates with --predict after each epoch.")
    }
    for key in ["device.name", "model.name", "data.name"] { try saved.require(key) }
    dataDirectory = command.data.dataDirectory
    config = try Self.evaluated(asked, saved.config)
    try TrainRequest.requireFolder(dataDirectory, for: config.data)
  }

  /// What the recipe and the options say.
  private static func asked(_ command: EvaluateCommand) throws -> RunConfig {
    var asked = try RunConfig(command.recipe)
    for (key, word) in [
      ("device.name", command.device), ("device.config", command.config),
      ("model.name", command.model), ("data.name", command.dataset),
      ("data.testLimit", command.testLimit?.text), ("precision.types", command.precision),
    ] { try asked.say(key, word) }
    let keys = ["device", "model", "data.name", "data.testLimit", "precision.types"]
    for field in RunConfig.fields where asked.origins[field.key]?.isOfCommand == true {
      if keys.contains(where: { field.key == $0 || field.key.hasPrefix($0 + ".") }) { continue }
      throw CommandFailure.usage(
        "\(asked.name(of: field.key)): this is about training, and nothing is trained. Leave it out."
      )
    }
    return asked
  }

  /// What is evaluated: what is asked for, else the checkpoint's.
  ///
  /// The checkpoint's architecture stands for its own device only, its overrides for that
  /// architecture only, its widths and dropout for its model only, and its number of test images
  /// for its data only. What else a recipe says is about training.
  private static func evaluated(
    _ asked: RunConfig, _ saved: RunConfig
  ) throws -> RunConfig {
    var config = asked
    if asked.origins["device.name"] == nil { config.device.name = saved.device.name }
    let isSavedDevice = config.device.name == saved.device.name
    if isSavedDevice, asked.origins["device.config"] == nil {
      config.device.config = saved.device.config
      if asked.origins["device.set"] == nil { config.device.overrides = saved.device.overrides }
    }
    config.model = asked.origins["model.name"] == nil ? saved.model : asked.model
    config.data.name = asked.said("data.name", \.data.name) ?? saved.data.name
    let savedCount = config.data.name == saved.data.name ? saved.data.testLimit : nil
    config.data.testLimit = asked.data.testLimit ?? savedCount
    let policy = asked.said("precision.types", \.precision.policy) ?? saved.precision.policy
    config.precision = PrecisionSettings(policy)
    try config.completeDevice()
    try config.checkModel()
    return config
  }
}
