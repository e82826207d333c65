/// A device and its architecture, as they are asked for.
struct DeviceChoice: Hashable {
  /// A name of `DeviceCatalog`.
  let device: String
  /// Name or path of the architecture; `nil` for a device that has none.
  let config: String?
  /// `KEY=VALUE`, one a change of the architecture.
  let overrides: [String]

  /// Takes the device's default architecture where none is named.
  ///
  /// - Throws: `CommandFailure.usage` for an unknown device, and for an architecture where the device
  ///   has none.
  init(device: String, config: String?, overrides: [String]) throws(CommandFailure) {
    let entry = try DeviceCatalog.entry(named: device)
    if entry.configKind == nil {
      if let config {
        throw .usage("--config \(config): the device '\(device)' has no architecture to choose.")
      }
      if let first = overrides.first {
        throw .usage("--set \(first): the device '\(device)' has no architecture to change.")
      }
    }
    self.device = device
    self.config = config ?? entry.defaultConfig
    self.overrides = overrides
  }
}
