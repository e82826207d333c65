/// What a user asked of a comparison: one request a run, in the order of the table.
struct CompareRequest {
  var runs: [TrainRequest]
  /// Where the files go.
  var log: LogChoice
  var replacesExisting: Bool
  var printsJSON: Bool
  var isQuiet: Bool

  enum LogChoice: Hashable {
    case automatic
    case folder(String)
    case none
  }

  /// Checks each option by itself, and combines.
  ///
  /// - Throws: `CommandFailure.usage`, or what is wrong with the recipe.
  init(command: CompareCommand) throws {
    if command.noLog, let folder = command.logFolder {
      throw CommandFailure.usage(
        "--log-folder \(folder) and --no-log contradict each other. Leave one out.")
    }
    if command.force, command.logFolder == nil {
      throw CommandFailure.usage(
        "--force replaces files of --log-folder, which is not given. Leave --force out.")
    }
    try TrainRequest.requireName(command.logFolder, "--log-folder")
    for (option, values) in [
      ("--device", command.devices), ("--config", command.configs),
      ("--precision", command.precisions), ("--fusion", command.fusions),
    ] {
      if let twice = values.firstRepeated {
        throw CommandFailure.usage("\(option) \(twice) is given twice. Leave one out.")
      }
      if values.contains("") {
        throw CommandFailure.usage("\(option) needs a name; found nothing.")
      }
    }
    var request = try TrainRequest(options: command.options)
    request.replacesExisting = command.force
    request.isQuiet = command.quiet
    runs = try Self.combinations(of: command, from: request)
    log = command.noLog ? .none : command.logFolder.map(LogChoice.folder) ?? .automatic
    replacesExisting = command.force
    printsJSON = command.json
    isQuiet = command.quiet
  }

  /// Every combination: the device changes slowest, the fusion mode fastest. What no option says is
  /// the recipe's.
  private static func combinations(
    of command: CompareCommand, from base: TrainRequest
  ) throws -> [TrainRequest] {
    func variants(
      _ runs: [TrainRequest], _ key: String, _ words: [String]
    ) throws -> [TrainRequest] {
      guard !words.isEmpty else { return runs }
      return try runs.flatMap { run in
        try words.map { word in
          var run = run
          try run.asked.say(key, word)
          return run
        }
      }
    }
    let devices = try variants([base], "device.name", command.devices)
    let entries = try devices.map { run in
      try run.asked.locating("device.name") {
        try DeviceCatalog.entry(named: run.asked.device.name)
      }
    }
    let anyHasConfigs = entries.contains { $0.configKind != nil }
    var runs: [TrainRequest] = []
    for (device, entry) in zip(devices, entries) {
      var device = device
      // What another device takes is meant for that one.
      device.asked.device.overrides.removeAll { override in
        !entry.takes(override) && entries.contains { $0.takes(override) }
      }
      if device.asked.device.overrides.isEmpty { device.asked.forget("device.set") }
      // The same shards without the cores: the same bits.
      if device.asked.device.cores > 1, !entry.hasCores, entries.contains(where: \.hasCores) {
        if device.asked.origins["training.shards"] == nil {
          try device.asked.say("training.shards", "\(device.asked.device.cores)")
        }
        device.asked.forget("device.cores")
      }
      // Where no device has architectures, the first run says that there is none to choose.
      if entry.configKind != nil || !anyHasConfigs {
        runs += try variants([device], "device.config", command.configs)
      } else {
        device.asked.forget("device.config")
        runs.append(device)
      }
    }
    runs = try variants(runs, "precision.types", command.precisions)
    runs = try variants(runs, "device.fusion", command.fusions)
    let precisions = runs.map(\.asked.precision.policy)
    return runs.map { run in
      var run = run
      // Options about one precision apply to the runs of that precision; where there is none, they
      // stay, and the first run says that they do not fit.
      run.asked = run.asked.withoutForeignOptions(among: precisions)
      return run
    }
  }
}
