internal import RunLog

/// What `simtrain run` is asked for, checked.
struct ProgramRequest {
  let device: DeviceChoice
  let program: String
  let inputs: String?
  let outputs: String?
  let check: String?
  let tolerance: Double
  let repeats: Int
  let threads: Int
  let replaces: Bool

  /// - Throws: `CommandFailure.usage`.
  init(_ command: RunCommand) throws {
    for (option, value) in [
      ("--inputs", command.inputs), ("--outputs", command.outputs), ("--check", command.check),
      ("--log", command.log), ("--config", command.config),
    ] { try TrainRequest.requireName(value, option) }
    if command.force, command.log == nil, command.outputs == nil {
      throw CommandFailure.usage(
        "--force replaces the files of --log and --outputs, and neither is given. Leave --force out."
      )
    }
    if command.tolerance != nil, command.check == nil {
      throw CommandFailure.usage("--tolerance is about --check, which is not given. Leave it out.")
    }
    tolerance = try command.tolerance?.real("--tolerance", .notNegative) ?? 0.001
    repeats = try command.repeats.whole("--repeat", in: 1...1_000_000_000) ?? 1
    threads = try command.host.threadCount()
    var choice = DeviceChoice(
      name: command.device ?? DeviceCatalog.defaultName, config: command.config,
      overrides: command.architecture.overrides + command.plugin.overrides)
    choice = try choice.completed(DeviceCatalog.entry(named: choice.name))
    device = choice
    (program, inputs, outputs, check) = (
      command.program, command.inputs, command.outputs, command.check
    )
    replaces = command.force
    let others = [inputs, check, program, command.log].compactMap(\.self).map(
      FileIdentity.init(of:))
    if let outputs, others.contains(FileIdentity(of: outputs)) {
      throw CommandFailure.usage(
        "--outputs \(outputs): the same file is given for something else. Give another name.")
    }
  }
}
