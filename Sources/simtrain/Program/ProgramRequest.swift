internal import Datasets
internal import GraphIR
internal import RunLog

/// What `simtrain run` is asked for, checked.
struct ProgramRequest {
  let device: DeviceChoice
  let program: String
  let inputs: String?
  let outputs: String?
  let check: String?
  let tolerance: Double
  /// The device that operations are compared with.
  let reference: DeviceChoice?
  /// How exactly products are computed; `nil` as each asks for.
  let precision: ProductPrecision?
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
    if command.tolerance != nil, command.check == nil, command.against == nil {
      throw CommandFailure.usage(
        "--tolerance is about --check and --against, and neither is given. Leave it out.")
    }
    precision = try command.products.choice()
    reference = try command.against.map { name in
      try DeviceChoice(name: name).completed(DeviceCatalog.entry(named: name))
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
    if let outputs, ArrayArchive.isHDF5(outputs) {
      throw CommandFailure.usage(
        "--outputs \(outputs): results are written as numpy's archive. Give a name that ends in .npz."
      )
    }
    let others = [inputs, check, program, command.log].compactMap(\.self).map(
      FileIdentity.init(of:))
    if let outputs, others.contains(FileIdentity(of: outputs)) {
      throw CommandFailure.usage(
        "--outputs \(outputs): the same file is given for something else. Give another name.")
    }
  }
}
