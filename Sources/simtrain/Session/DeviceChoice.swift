/// A device and its architecture, as they are asked for.
struct DeviceChoice: Hashable, Sendable {
  /// A name of `DeviceCatalog`.
  var name = "tpu-sim"
  /// Name or path of the architecture; `nil` for a device that has none.
  var config: String?
  /// `KEY=VALUE`, one a change of the architecture.
  var overrides: [String] = []

  /// The choice with the device's default architecture where none is named.
  ///
  /// - Throws: `CommandFailure.usage` for an architecture where the device has none.
  func completed(_ entry: DeviceCatalog.Entry) throws(CommandFailure) -> DeviceChoice {
    if entry.configKind == nil {
      if let config {
        throw .usage("--config \(config): the device '\(name)' has no architecture to choose.")
      }
      if let first = overrides.first {
        throw .usage("--set \(first): the device '\(name)' has no architecture to change.")
      }
    }
    var choice = self
    choice.config = config ?? entry.defaultConfig
    return choice
  }
}
