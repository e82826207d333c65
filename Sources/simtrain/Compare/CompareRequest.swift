internal import DeviceAPI
internal import Training

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
  /// - Throws: `CommandFailure.usage`.
  init(command: CompareCommand) throws(CommandFailure) {
    if command.noLog, let folder = command.logFolder {
      throw .usage("--log-folder \(folder) and --no-log contradict each other. Leave one out.")
    }
    if command.force, command.logFolder == nil {
      throw .usage(
        "--force replaces files of --log-folder, which is not given. Leave --force out.")
    }
    try TrainRequest.requireName(command.logFolder, "--log-folder")
    for (option, values) in [
      ("--device", command.devices), ("--config", command.configs),
      ("--precision", command.precisions), ("--fusion", command.fusions),
    ] {
      if let twice = values.firstRepeated {
        throw .usage("\(option) \(twice) is given twice. Leave one out.")
      }
      if values.contains("") { throw .usage("\(option) needs a name; found nothing.") }
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

  /// Every combination: the device changes slowest, the fusion mode fastest.
  private static func combinations(
    of command: CompareCommand, from base: TrainRequest
  ) throws(CommandFailure) -> [TrainRequest] {
    let devices = command.devices.isEmpty ? ["tpu-sim"] : command.devices
    let precisions = try Self.values(command.precisions, TrainRequest.precision) ?? [.fp32]
    let fusions = try Self.values(command.fusions, TrainRequest.fusion) ?? [.on]
    let entries = try Self.values(devices, DeviceCatalog.entry(named:)) ?? []
    let anyHasConfigs = entries.contains { $0.configKind != nil }
    var runs: [TrainRequest] = []
    for entry in entries {
      // Where no device has architectures, the first run says that there is none to choose.
      let applies = entry.configKind != nil || !anyHasConfigs
      let configs = applies && !command.configs.isEmpty ? command.configs.map(\.self) : [nil]
      for config in configs {
        for precision in precisions {
          for fusion in fusions {
            var run = base
            run.device = entry.name
            run.config = config
            if !applies { run.overrides = [] }
            run.precision = precision
            run.fusion = fusion
            runs.append(run)
          }
        }
      }
    }
    return withoutForeignOptions(runs, precisions)
  }

  /// Options about one precision apply to the runs of that precision; where there is none, they
  /// stay, and the first run says that they do not fit.
  private static func withoutForeignOptions(
    _ runs: [TrainRequest], _ precisions: [PrecisionPolicy]
  ) -> [TrainRequest] {
    runs.map { run in
      var run = run
      if precisions.contains(.bf16), run.precision != .bf16 { run.usesStochasticRounding = nil }
      if precisions.contains(where: \.needsLossScaling), run.precision?.needsLossScaling == false {
        run.lossScale = nil
        run.lossScaleGrowthInterval = nil
        run.lossScaleGrowthFactor = nil
        run.lossScaleBackoff = nil
      }
      return run
    }
  }

  private static func values<Value>(
    _ names: [String], _ value: (String) throws(CommandFailure) -> Value
  ) throws(CommandFailure) -> [Value]? {
    if names.isEmpty { return nil }
    var values: [Value] = []
    for name in names { values.append(try value(name)) }
    return values
  }
}
