internal import ConfigFiles
internal import CPUDevice
internal import DeviceAPI
internal import GraphIR
internal import PJRTDevice
internal import Synchronization
internal import SystolicModel
internal import SystolicSim

/// Every device that can be asked for by name: those of this program, those that are found while it runs,
/// and PJRT plugins (`DeviceCatalog+Plugins`). To add one, add an entry to `ownEntries`, or `register`
/// it.
enum DeviceCatalog {
  /// One device: what is known of it before it is started, and how to start it.
  struct Entry: Sendable {
    /// What `--device` calls it.
    let name: String
    /// One line for a listing of devices that could not be started.
    let summary: String
    /// Costs come from a model, not from a clock.
    let isSimulated: Bool
    let configuration: Configuration
    /// Several of its cores can work together.
    var hasCores = false
    /// Makes the device.
    let start: @Sendable (Settings) throws -> any Device
    /// Measures the peak rates of a device whose descriptor has none.
    var measurePeakRates: @Sendable (any Device) -> [DeviceDescriptor.PeakRate] = { _ in [] }
  }

  /// What a device is configured by.
  enum Configuration: Hashable, Sendable {
    case none
    /// A file, of which `--set` changes single values: the folder of `Configs` that holds such
    /// files, and the one that is used if none is named.
    case architecture(kind: String, default: String)
    /// Options of its own, each said with `--set NAME=VALUE`.
    case options([String])
    /// Options that only the plugin knows, each said with `--plugin-option NAME=VALUE`.
    case pluginOptions
  }

  /// What a device is started with.
  struct Settings: Sendable {
    /// The architecture, with overrides; there where the device has one.
    var document: ConfigDocument?
    /// The device's own options by name.
    var options: [String: String] = [:]
    /// How many cores work together.
    var cores = 1
    let library: ConfigLibrary
  }

  private static let ownEntries: [Entry] = [
    Entry(
      name: CPUDevice.name, summary: "this processor, products by OpenBLAS", isSimulated: false,
      configuration: .none, start: { _ in try CPUDevice() },
      measurePeakRates: { ($0 as? CPUDevice).map { [$0.measuredPeakRate()] } ?? [] }),
    Entry(
      name: SystolicDevice.name, summary: "a simulated TPU", isSimulated: true,
      configuration: .architecture(kind: "Chips", default: "tpu-v3"), hasCores: true,
      start: { settings in
        guard let document = settings.document else {
          throw CommandFailure.usage("The device '\(SystolicDevice.name)' needs a --config.")
        }
        return try SystolicDevice(
          chip: Chip(document: document, library: settings.library), cores: settings.cores)
      }),
  ]

  private static let registered = Mutex(ownEntries)

  static var entries: [Entry] { registered.withLock(\.self) }

  static var names: [String] { entries.map(\.name) }

  /// The simulated TPU, on which estimates are made.
  static let simulatorName = SystolicDevice.name

  /// The device that is trained on if none is named.
  static let defaultName = simulatorName

  /// The device of this processor, which computes in f32.
  static let hostName = CPUDevice.name

  /// Adds a device that was found.
  ///
  /// - Throws: `CommandFailure.usage` if another one has its name.
  static func register(_ entry: Entry) throws(CommandFailure) {
    let isNew = registered.withLock { entries in
      if entries.contains(where: { $0.name == entry.name }) { return false }
      entries.append(entry)
      return true
    }
    if !isNew {
      throw .usage("Two devices are called '\(entry.name)'. Give one of them another name.")
    }
  }

  /// The entry called `name`.
  ///
  /// - Throws: `CommandFailure` that lists the names.
  static func entry(named name: String) throws(CommandFailure) -> Entry {
    if name.hasPrefix(pluginPrefix) { return try pluginEntry(named: name) }
    let entries = entries
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    if InputKind(of: name) == .chip,
      let owner = entries.first(where: { $0.configKind == ConfigKind.chips.rawValue })
    {
      throw .usage(
        "No device is called '\(name)': it is an architecture. Use --device \(owner.name) --config "
          + "\(name).")
    }
    throw .usage(
      "No device is called '\(name)'. Use one of: "
        + (entries.map(\.name) + [pluginWord]).joined(separator: ", ") + ".")
  }
}

extension DeviceCatalog.Entry {
  /// The folder of `Configs` that holds its architectures; `nil` if it has none.
  var configKind: String? {
    if case .architecture(let kind, _) = configuration { kind } else { nil }
  }

  /// The architecture that is used if none is named.
  var defaultConfig: String? {
    if case .architecture(_, let name) = configuration { name } else { nil }
  }

  /// What is known of the device with its default architecture, as a listing shows it.
  ///
  /// One that cannot be started is described by its entry, with the reason.
  func descriptor(library: ConfigLibrary) -> DeviceDescriptor {
    do {
      var settings = DeviceCatalog.Settings(library: library)
      if let configKind, let defaultConfig {
        settings.document = try library.document(defaultConfig, kind: configKind)
      }
      let device = try start(settings)
      var descriptor = device.descriptor
      if descriptor.peakRates.isEmpty { descriptor.peakRates = measurePeakRates(device) }
      return descriptor
    } catch {
      return DeviceDescriptor(
        name: name, summary: "\(summary); cannot be started: \(Self.reason(error))",
        isSimulated: isSimulated,
        productOperandType: nil, memorySpaces: [], peakRates: [], supportedOperations: [],
        supportedTypes: [], supportedProductTypes: [])
    }
  }

  private static func reason(_ error: any Error) -> String {
    CommandFailure(error).message ?? "\(error)"
  }

  /// Element types of operands of products with an architecture.
  ///
  /// - Throws: what is wrong with the architecture.
  func productTypes(config: String, library: ConfigLibrary) throws -> Set<DType> {
    guard let configKind else { return [] }
    let document = try library.document(config, kind: configKind)
    return try start(DeviceCatalog.Settings(document: document, library: library)).descriptor
      .supportedProductTypes
  }
}
