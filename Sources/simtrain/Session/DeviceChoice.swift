internal import ConfigFiles

/// A device and its architecture, as they are asked for.
struct DeviceChoice: Hashable, Sendable {
  /// A name of `DeviceCatalog`.
  var name = DeviceCatalog.defaultName
  /// Name or path of the architecture; `nil` for a device that has none.
  var config: String?
  /// `KEY=VALUE`, one a change of the architecture or an option of the device.
  var overrides: [String] = []
  /// Cores that work together.
  var cores = 1

  /// `cores` of a device that has cores to choose.
  var chosenCores: Int? {
    (try? DeviceCatalog.entry(named: name))?.hasCores == true ? cores : nil
  }

  /// The choice with the device's default architecture where none is named.
  ///
  /// - Throws: `CommandFailure.usage` for an architecture where the device has none.
  func completed(_ entry: DeviceCatalog.Entry) throws(CommandFailure) -> DeviceChoice {
    if entry.configKind == nil, let config {
      throw .usage("--config \(config): the device '\(name)' has no architecture to choose.")
    }
    let plugin = overrides.first { $0.hasPrefix(DeviceCatalog.pluginOptionPrefix) }
    if let plugin, entry.configuration != .pluginOptions {
      throw .usage(
        "--plugin-option \(Self.option(plugin)): the device '\(name)' is no plugin. Leave it out.")
    }
    switch entry.configuration {
    case .architecture: break
    case .pluginOptions:
      if let other = overrides.first(where: { !entry.takes($0) }) {
        throw .usage("--set \(other): the device '\(name)' has no architecture to change.")
      }
      for override in overrides where !Self.option(override).dropFirst().contains("=") {
        throw .usage(
          "--plugin-option \(Self.option(override)): expected NAME=VALUE, such as "
            + "memory_fraction=0.5.")
      }
    case .none:
      if let first = overrides.first {
        throw .usage("--set \(first): the device '\(name)' has no architecture to change.")
      }
    case .options(let names):
      for (override, key) in zip(overrides, overrides.map(Self.key)) where !names.contains(key) {
        throw .usage(
          "--set \(override): the device '\(name)' has no option '\(key)'. Use one of: "
            + "\(Spelling.nearestFirst(key, among: names).joined(separator: ", ")).")
      }
    }
    var choice = self
    choice.config = config ?? entry.defaultConfig
    return choice
  }

  /// The overrides as options of the device.
  var options: [String: String] {
    var options: [String: String] = [:]
    for override in overrides {
      let key = Self.key(override)
      options[Self.option(key)] = String(override.dropFirst(key.count + 1))
    }
    return options
  }

  /// Without what says that it is for a plugin.
  private static func option(_ override: String) -> String {
    let prefix = DeviceCatalog.pluginOptionPrefix
    return override.hasPrefix(prefix) ? String(override.dropFirst(prefix.count)) : override
  }

  private static func key(_ override: String) -> String { String(override.prefix { $0 != "=" }) }
}
