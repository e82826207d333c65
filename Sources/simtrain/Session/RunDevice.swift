internal import ConfigFiles
internal import DeviceAPI
internal import RunLog

/// The device of a run with the configuration that it was made from.
struct RunDevice {
  let device: any Device
  /// The name or path by which the configuration was asked for.
  let configName: String?
  let document: ConfigDocument?

  /// - Throws: what is wrong with the configuration, or what the device reports.
  init(_ choice: DeviceChoice) throws {
    let entry = try DeviceCatalog.entry(named: choice.name)
    let library = try Surroundings.configLibrary()
    configName = choice.config
    guard let kind = entry.configKind, let name = choice.config else {
      document = nil
      device = try entry.start(
        DeviceCatalog.Settings(
          options: choice.options, cores: choice.cores, library: library))
      return
    }
    (document, device) = try InputKind.expecting(.chip, name: name, of: "--config") {
      let document = try library.document(name, kind: kind).applying(overrides: choice.overrides)
      return (
        document,
        try entry.start(
          .init(document: document, cores: choice.cores, library: library))
      )
    }
  }

  /// The device of a run.
  init(_ config: RunConfig) throws {
    do { try self.init(config.device) } catch let error as DeviceError where config.device.cores > 1
    {
      throw CommandFailure.usage(
        "\(config.name(of: "device.cores")) \(config.device.cores): \(error.reason)")
    } catch {
      var origin = config.origins["device.config"]
      // An override of a recipe has its place there.
      if let error = error as? ConfigError, case .argument(let override) = error.location {
        origin = config.overrideOrigins[override]
      }
      if let origin { throw RunConfig.located(error, origin) }
      throw error
    }
  }

  var name: String { device.descriptor.name }

  /// `pjrt-cuda`, `pjrt-plugin` of `pjrt:/opt/plugin.so`: for a file's name.
  var shortName: String {
    guard name.hasPrefix(DeviceCatalog.pluginPrefix) else { return name }
    let word = name.dropFirst(DeviceCatalog.pluginPrefix.count).split(separator: "/").last ?? ""
    return "pjrt-" + (word.hasSuffix(".so") ? word.dropLast(3) : word).prefix(40)
  }

  /// The kernels that compute products, as a run file or a checkpoint names them; none where the
  /// bits do not depend on them.
  func productKernels(as name: String) -> [RunAttribute] {
    device.descriptor.productKernels.map { [RunAttribute(name, .text($0))] } ?? []
  }

  /// Says, where it is so, that the run will not have the bits of the checkpoint's.
  func warnOfOtherKernels(than saved: SavedRun) {
    guard let kernels = device.descriptor.productKernels,
      let before = saved.text(RunKey.productKernels), before != kernels
    else { return }
    StandardStreams.warn(
      "\(saved.path): the checkpoint's run computed products with the kernels \(before), and this "
        + "one will with \(kernels): the bits will differ from those of an uninterrupted run.")
  }

  /// `tpu-v3` of `Configs/Chips/tpu-v3.yaml`: for a file's name.
  var shortConfigName: String? {
    configName.map { name in
      let file = name.split(separator: "/").last.map(String.init) ?? name
      // Together with date and time it must be a file's name.
      return String((file.hasSuffix(".yaml") ? file.dropLast(5) : file[...]).prefix(40))
    }
  }

  /// Every value of the configuration that training or its cost depends on, as `path=value`: all but the
  /// chip's area.
  var architecture: [String] {
    (document?.settings ?? []).filter { !$0.path.hasPrefix("area.") }.map {
      "\($0.path)=\($0.value)"
    }
  }

  /// The configuration as a run file holds it.
  var headerConfig: RunHeader.Config? {
    guard let document, let configName else { return nil }
    return Self.headerConfig(document, name: configName)
  }

  /// A configuration as a run file holds it.
  static func headerConfig(_ document: ConfigDocument, name: String) -> RunHeader.Config {
    RunHeader.Config(
      name: name, text: document.effectiveText,
      values: document.settings.map { RunAttribute($0.path, value($0.value)) })
  }

  /// - Throws: `CommandFailure.usage` if the configuration is not that of the checkpoint.
  func requireSame(as saved: SavedRun) throws(CommandFailure) {
    let before = saved.texts(RunKey.architecture)
    guard before != architecture else { return }
    let change =
      architecture.first { !before.contains($0) } ?? before.first { !architecture.contains($0) }
    throw .usage(
      "\(configName ?? name): the architecture has changed since the checkpoint"
        + (change.map { " (\($0))" } ?? "") + ". Restore it, or start afresh without --resume.")
  }

  private static func value(_ text: String) -> RunValue {
    if let number = Int64(text) { return .integer(number) }
    if let number = Double(text), number.isFinite { return .real(number) }
    return switch text {
    case "true": .flag(true)
    case "false": .flag(false)
    default: .text(text)
    }
  }
}
