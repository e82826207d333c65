internal import ConfigFiles
internal import RunLog

/// What a user asked of a training run: the run itself, and what its results do not depend on.
struct TrainRequest {
  /// What was said of the run.
  var asked = RunConfig()
  var dataDirectory: String?
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
  /// - Throws: `CommandFailure.usage`, or what is wrong with the recipe.
  init(command: TrainCommand) throws {
    try self.init(options: command.options)
    if command.force, command.log == nil, command.checkpoint == nil {
      throw CommandFailure.usage(
        "--force replaces the file of --log or of --checkpoint, and neither is given. "
          + "Leave --force out.")
    }
    if command.noLog, command.log != nil {
      throw CommandFailure.usage("--log and --no-log contradict each other. Leave one out.")
    }
    for (option, value) in [
      ("--log", command.log), ("--checkpoint", command.checkpoint), ("--resume", command.resume),
      ("--config", command.config),
    ] { try Self.requireName(value, option) }
    if let log = command.log,
      [command.checkpoint, command.resume].compactMap(\.self).map(FileIdentity.init(of:))
        .contains(FileIdentity(of: log))
    {
      throw CommandFailure.usage(
        "\(log): a run file and a checkpoint cannot be one file. Give two names.")
    }
    try asked.say("device.name", command.device)
    try asked.say("device.config", command.config)
    try asked.say("precision.types", command.precision)
    try asked.say("device.fusion", command.fusion)
    log = command.noLog ? .none : command.log.map(LogChoice.file) ?? .automatic
    checkpoint = command.checkpoint
    resume = command.resume
    readsUnverified = command.reading.unverified
    if readsUnverified, resume == nil {
      throw CommandFailure.usage("--unverified is about the file of --resume. Leave it out.")
    }
    replacesExisting = command.force
    printsJSON = command.json
    isQuiet = command.quiet
  }

  /// Checks the options that every run of a comparison shares.
  ///
  /// - Throws: `CommandFailure.usage`, or what is wrong with the recipe.
  init(options: RunOptions) throws {
    try Self.requireName(options.data.dataDirectory, "--data-dir")
    for feed in options.feeds where !["images=", "labels="].contains(where: feed.hasPrefix) {
      throw CommandFailure.usage(
        "--feed \(feed): expected images=I or labels=J, the number of an argument of --step.")
    }
    if let twice = options.feeds.map({ String($0.prefix { $0 != "=" }) }).firstRepeated {
      throw CommandFailure.usage("--feed \(twice) is given twice. Leave one out.")
    }
    asked = try RunConfig(options)
    dataDirectory = options.data.dataDirectory
    threads = try options.host.threadCount()
  }

  /// Requires that an option that names a file or a folder names one.
  static func requireName(_ value: String?, _ option: String) throws(CommandFailure) {
    guard value == "" else { return }
    throw .usage("\(option) needs the name of a file or folder; found nothing.")
  }

  /// Requires that the folder of the data is one that data are read from.
  static func requireFolder(
    _ folder: String?, for data: DataChoice
  ) throws(CommandFailure) {
    guard let folder, case .file(let path) = data.name else { return }
    throw .usage("--data-dir \(folder): the data set is a file, \(path). Leave one out.")
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type, _ name: String, _ what: String
  ) throws(CommandFailure) -> Choice {
    if let choice = Choice(rawValue: name) { return choice }
    let names = Spelling.nearestFirst(name, among: Choice.allCases.map(\.rawValue))
    throw .usage(
      "No \(what) is called '\(name)'. Use one of: " + names.joined(separator: ", ") + ".")
  }
}
