internal import ConfigFiles

/// A device and its architecture, as they are asked for.
struct DeviceChoice: Hashable, Sendable {
  /// A name of `DeviceCatalog`.
  var name = DeviceCatalog.defaultName
  /// Name or path of the architecture; `nil` for a device that has none.
  var config: String?
  /// `KEY=VALUE`, one a change of the architecture or an option of the device.
  var overrides: [String] = []

  /// The choice with the device's default architecture where none is named.
  ///
  /// - Throws: `CommandFailure.usage` for an architecture where the device has none.
  func completed(_ entry: DeviceCatalog.Entry) throws(CommandFailure) -> DeviceChoice {
    if entry.configKind == nil, let config {
      throw .usage("--config \(config): the device '\(name)' has no architecture to choose.")
    }
    switch entry.configuration {
    case .architecture: break
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
      options[key] = String(override.dropFirst(key.count + 1))
    }
    return options
  }

  private static func key(_ override: String) -> String { String(override.prefix { $0 != "=" }) }
}
