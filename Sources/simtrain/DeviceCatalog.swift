internal import CPUDevice
internal import ConfigFiles
internal import DeviceAPI
internal import SystolicSim

/// Every device that can be asked for by name. To add one, add an entry.
enum DeviceCatalog {
  /// How to make one device.
  struct Entry: Sendable {
    /// What `--device` calls it.
    let name: String
    /// The folder of `Configs` that holds its architectures; `nil` if it has none.
    let configKind: String?
    /// The architecture that is used if none is named.
    let defaultConfig: String?
    /// Makes the device; `document` is there where `configKind` is.
    let make: @Sendable (_ document: ConfigDocument?, ConfigLibrary) throws -> any Device
    /// The device's descriptor with peak rates, which a real device has to measure.
    let describe: @Sendable (any Device) -> DeviceDescriptor
  }

  static let entries: [Entry] = [
    Entry(
      name: CPUDevice.name, configKind: nil, defaultConfig: nil,
      make: { _, _ in try CPUDevice() },
      describe: { device in
        var descriptor = device.descriptor
        if let cpu = device as? CPUDevice { descriptor.peakRates = [cpu.measuredPeakRate()] }
        return descriptor
      }),
    Entry(
      name: SystolicDevice.name, configKind: "Chips", defaultConfig: "tpu-v3",
      make: { document, library in
        guard let document else {
          throw CommandFailure.usage("The device '\(SystolicDevice.name)' needs a --config.")
        }
        return SystolicDevice(chip: try Chip(document: document, library: library))
      },
      describe: { $0.descriptor }),
  ]

  static var names: [String] { entries.map(\.name) }

  /// The entry called `name`.
  ///
  /// - Throws: `CommandFailure` that lists the names.
  static func entry(named name: String) throws(CommandFailure) -> Entry {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    if InputKind(of: name) == .chip {
      throw .usage(
        "No device is called '\(name)': it is an architecture. Use --device "
          + "\(SystolicDevice.name) --config \(name).")
    }
    throw .usage("No device is called '\(name)'. Use one of: \(names.joined(separator: ", ")).")
  }
}

extension DeviceCatalog.Entry {
  /// The device with its default architecture, as a listing shows it.
  func descriptor(library: ConfigLibrary) throws -> DeviceDescriptor {
    var document: ConfigDocument?
    if let configKind, let defaultConfig {
      document = try library.document(defaultConfig, kind: configKind)
    }
    return describe(try make(document, library))
  }
}
