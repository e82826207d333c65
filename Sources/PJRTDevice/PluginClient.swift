internal import CPJRT
package import DeviceAPI
internal import GraphIR
internal import Synchronization

/// A plugin at work: its client, and the first of its devices.
///
/// One is made for each plugin and set of options, and kept: hardware may be opened once a process.
package final class PluginClient: Sendable {
  package let plugin: Plugin
  /// What the client calls its platform: `cpu`, `cuda`.
  package let platform: String
  package let platformVersion: String
  /// What each device calls itself.
  package let deviceKinds: [String]
  /// Bytes of the first device's memory; `nil` if it does not say.
  package let memoryLimit: Int?
  let calls: PluginCalls
  nonisolated(unsafe) let client: OpaquePointer
  nonisolated(unsafe) let device: OpaquePointer

  private struct Key: Hashable {
    let path: String
    let options: [String: String]
  }

  private static let open = Mutex<[Key: PluginClient]>([:])

  /// The client of a plugin with these options.
  ///
  /// - Parameters:
  ///   - options: what the plugin is told when it starts, by name; see `PluginOption`.
  ///   - name: how errors call it.
  /// - Throws: `DeviceError`; see `Plugin.init`.
  package static func start(
    path: String, options: [String: String], name: String
  ) throws(DeviceError) -> PluginClient {
    let key = Key(path: path, options: options)
    let made: Result<PluginClient, DeviceError> = open.withLock { open in
      if let client = open[key] { return .success(client) }
      return Result { () throws(DeviceError) in
        // A plugin is initialized once.
        let started = open.first { $0.key.path == path }?.value.plugin
        let plugin = if let started { started } else { try Plugin(path: path, name: name) }
        let client = try PluginClient(plugin, options: options)
        open[key] = client
        return client
      }
    }
    return try made.get()
  }

  private init(_ plugin: Plugin, options: [String: String]) throws(DeviceError) {
    self.plugin = plugin
    calls = plugin.calls
    client = try Self.create(calls, options)

    var platform = pj_client_platform_name_args_make()
    platform.client = client
    try calls(PJ_CLIENT_PLATFORM_NAME, &platform)
    self.platform = Plugin.text(platform.name, platform.name_size)
    var version = pj_client_platform_version_args_make()
    version.client = client
    try calls(PJ_CLIENT_PLATFORM_VERSION, &version)
    platformVersion = Plugin.oneLine(Plugin.text(version.version, version.version_size))

    var found = pj_client_addressable_devices_args_make()
    found.client = client
    try calls(PJ_CLIENT_ADDRESSABLE_DEVICES, &found)
    let devices = UnsafeBufferPointer(start: found.devices, count: found.device_count)
      .compactMap(\.self)
    guard let first = devices.first else {
      throw DeviceError(
        .executionFailed, device: plugin.name, reason: "the plugin found no device")
    }
    device = first
    var kinds: [String] = []
    for device in devices { kinds.append(try Self.kind(of: device, calls)) }
    deviceKinds = kinds
    memoryLimit = Self.memoryLimit(of: first, calls)
  }

  private static func create(
    _ calls: PluginCalls, _ options: [String: String]
  ) throws(DeviceError) -> OpaquePointer {
    var arguments = pj_client_create_args_make()
    let values = PluginOption.Values(options)
    defer { withExtendedLifetime(values) {} }
    arguments.options = UnsafePointer(values.table.baseAddress)
    arguments.option_count = values.table.count
    try calls(PJ_CLIENT_CREATE, &arguments)
    guard let client = arguments.client else {
      throw DeviceError(.executionFailed, device: calls.name, reason: "the plugin gave no client")
    }
    return client
  }

  private static func kind(
    of device: OpaquePointer, _ calls: PluginCalls
  ) throws(DeviceError) -> String {
    var description = pj_device_get_description_args_make()
    description.device = device
    try calls(PJ_DEVICE_GET_DESCRIPTION, &description)
    var kind = pj_device_description_kind_args_make()
    kind.description = description.description
    try calls(PJ_DEVICE_DESCRIPTION_KIND, &kind)
    return Plugin.text(kind.kind, kind.kind_size)
  }

  private static func memoryLimit(of device: OpaquePointer, _ calls: PluginCalls) -> Int? {
    var figures = pj_device_memory_stats_args_make()
    figures.device = device
    // Many devices do not know.
    guard (try? calls(PJ_DEVICE_MEMORY_STATS, &figures)) != nil, figures.bytes_limit_is_set
    else { return nil }
    return Int(figures.bytes_limit)
  }

  // MARK: Buffers

  /// A buffer on the device with these contents: dense, row-major.
  func buffer(
    _ type: TensorType, from bytes: UnsafeRawBufferPointer
  ) throws(DeviceError) -> OpaquePointer {
    var arguments = pj_client_buffer_from_host_buffer_args_make()
    arguments.client = client
    arguments.device = device
    arguments.type = type.dtype.pluginType
    arguments.semantics = Int32(PJ_HOST_BUFFER_ONLY_DURING_CALL)
    arguments.dimension_count = type.rank
    // Something to point to, also where there are no bytes.
    var nothing: UInt64 = 0
    let dimensions = type.shape.map { Int64($0) }
    let made: Result<Void, DeviceError> = dimensions.withUnsafeBufferPointer { dimensions in
      withUnsafeBytes(of: &nothing) { nothing in
        arguments.dimensions = dimensions.baseAddress
        arguments.data = bytes.baseAddress ?? nothing.baseAddress
        return Result { () throws(DeviceError) in
          try calls(PJ_CLIENT_BUFFER_FROM_HOST_BUFFER, &arguments)
        }
      }
    }
    try made.get()
    calls.destroy(event: arguments.done_with_host_buffer)
    guard let buffer = arguments.buffer else {
      throw DeviceError(.executionFailed, device: calls.name, reason: "the plugin gave no buffer")
    }
    return buffer
  }

  func destroy(buffer: OpaquePointer?) {
    guard let buffer else { return }
    var arguments = pj_buffer_destroy_args_make()
    arguments.buffer = buffer
    try? calls(PJ_BUFFER_DESTROY, &arguments)
  }
}

extension DType {
  /// The number by which plugins know the type.
  var pluginType: Int32 {
    let type =
      switch self {
      case .i1: PJ_TYPE_PRED
      case .i8: PJ_TYPE_S8
      case .ui8: PJ_TYPE_U8
      case .i16: PJ_TYPE_S16
      case .ui16: PJ_TYPE_U16
      case .i32: PJ_TYPE_S32
      case .ui32: PJ_TYPE_U32
      case .i64: PJ_TYPE_S64
      case .ui64: PJ_TYPE_U64
      case .bf16: PJ_TYPE_BF16
      case .f16: PJ_TYPE_F16
      case .f32: PJ_TYPE_F32
      case .f64: PJ_TYPE_F64
      }
    return Int32(type)
  }
}
