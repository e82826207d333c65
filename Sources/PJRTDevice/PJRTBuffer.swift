internal import CPJRT
internal import DeviceAPI
internal import GraphIR

/// A tensor on a plugin's device. The plugin's buffer in it is exchanged: plugins never write to one that
/// exists.
final class PJRTBuffer: Buffer, @unchecked Sendable {
  let type: TensorType
  let client: PluginClient
  private let device: String
  /// The plugin's buffer; `nil` stands for zeros that nobody has asked for yet.
  private var handle: OpaquePointer?

  init(_ type: TensorType, on client: PluginClient, device: String) {
    self.type = type
    self.client = client
    self.device = device
  }

  deinit { client.destroy(buffer: handle) }

  /// The plugin's buffer, which stays this one's.
  func lent() throws(DeviceError) -> OpaquePointer {
    if let handle { return handle }
    let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: type.byteCount, alignment: 64)
    defer { zeros.deallocate() }
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    let made = try client.buffer(type, from: UnsafeRawBufferPointer(zeros))
    handle = made
    return made
  }

  /// Takes a buffer of the plugin in place of the one that was here.
  func take(_ new: OpaquePointer) {
    client.destroy(buffer: handle)
    handle = new
  }

  /// The plugin copies the bytes and sends them while the device works; executions that have the old
  /// contents keep them.
  func copyIn(from bytes: UnsafeRawBufferPointer) throws(DeviceError) {
    try requireCount(bytes.count)
    take(try client.buffer(type, from: bytes))
  }

  /// Waits for the execution that computes the contents.
  func copyOut(into bytes: UnsafeMutableRawBufferPointer) throws(DeviceError) {
    try requireCount(bytes.count)
    if bytes.isEmpty { return }
    var arguments = pj_buffer_to_host_buffer_args_make()
    arguments.buffer = try lent()
    arguments.destination = bytes.baseAddress
    arguments.destination_size = bytes.count
    // Without a layout the elements would come as they lie on the device.
    let order = (0..<Int64(type.rank)).reversed().map(\.self)
    let done: Result<Void, DeviceError> = order.withUnsafeBufferPointer { order in
      var layout = pj_memory_layout_make()
      layout.tiled = pj_tiled_layout_make()
      layout.tiled.minor_to_major = order.baseAddress
      layout.tiled.dimension_count = order.count
      return withUnsafeMutablePointer(to: &layout) { layout in
        arguments.host_layout = type.rank > 1 ? layout : nil
        return Result { () throws(DeviceError) in
          try client.calls(PJ_BUFFER_TO_HOST_BUFFER, &arguments)
        }
      }
    }
    try done.get()
    try client.calls.await(arguments.done)
  }

  private func requireCount(_ count: Int) throws(DeviceError) {
    if count == type.byteCount { return }
    throw DeviceError(
      .invalidBuffers, device: device,
      reason: "\(count) bytes were given for a buffer of \(type), which has \(type.byteCount)")
  }
}
