internal import DeviceAPI
internal import PJRTDevice

/// Hardware behind PJRT plugins, by the name of its platform or by the path of a library.
extension DeviceCatalog {
  /// What the names of such devices begin with.
  static let pluginPrefix = "pjrt:"

  /// How lists of devices say that there are more.
  static let pluginWord = "pjrt:NAME|PATH"

  /// The devices for the help of `--device`.
  static let words = (names + ["\(pluginWord) of 'simtrain plugins'"]).joined(separator: ", ")

  /// What the keys of a plugin's options begin with among the overrides of a device.
  static let pluginOptionPrefix = "plugin."

  /// Plugins in Python environments, the preferred ones first.
  static var foundPlugins: [FoundPlugin] {
    PluginFinder(environment: Surroundings.environment).plugins()
  }

  /// The entry of a plugin, which is not opened yet.
  ///
  /// - Throws: `CommandFailure.usage` if no plugin of that name is installed.
  static func pluginEntry(named name: String) throws(CommandFailure) -> Entry {
    let word = String(name.dropFirst(pluginPrefix.count))
    let path = try pluginPath(word)
    return Entry(
      name: name, summary: "hardware behind a PJRT plugin", isSimulated: false,
      configuration: .pluginOptions,
      start: { settings in
        let device = try PJRTDevice(name: name, path: path, options: settings.options)
        if let note = device.client.plugin.versionNote { StandardStreams.warn(note) }
        return device
      })
  }

  private static func pluginPath(_ word: String) throws(CommandFailure) -> String {
    if word.contains("/") || word.hasSuffix(".so") { return word }
    let found = foundPlugins
    if let plugin = found.first(where: { $0.name == word }) { return plugin.path }
    if let platform = KnownPlatform.all.first(where: { $0.name == word }) {
      throw .usage(
        "--device \(pluginPrefix)\(word): no plugin for \(platform.hardware) is found. Install one: "
          + "\(platform.installation); or give the path of its library.")
    }
    var names: [String] = []
    for name in found.map(\.name) + KnownPlatform.all.map(\.name) where !names.contains(name) {
      names.append(name)
    }
    throw .usage(
      "--device \(pluginPrefix)\(word): no plugin is called so. Use one of: "
        + "\(names.joined(separator: ", ")); or the path of a library.")
  }
}

extension DeviceCatalog.Entry {
  /// Whether an override is for such a device: a key of its architecture, or an option of it.
  func takes(_ override: String) -> Bool {
    let key = String(override.prefix { $0 != "=" })
    let isForPlugin = key.hasPrefix(DeviceCatalog.pluginOptionPrefix)
    return switch configuration {
    case .none: false
    case .architecture: !isForPlugin
    case .options(let names): names.contains(key)
    case .pluginOptions: isForPlugin
    }
  }
}
