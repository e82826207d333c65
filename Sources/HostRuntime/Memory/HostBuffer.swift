package import DeviceAPI
package import GraphIR

/// A tensor in the host's memory, aligned for vector loads.
///
/// It may be shared between threads as a reference; the `Buffer` contract leaves it to the caller
/// that only one execution or copy uses its contents at a time.
package final class HostBuffer: Buffer, @unchecked Sendable {
  package let type: TensorType
  /// The name of the device that made it, for error messages.
  let device: String
  let memory: UnsafeMutableRawBufferPointer

  /// A buffer filled with zeros.
  package init(_ type: TensorType, device: String) {
    self.type = type
    self.device = device
    memory = .allocate(byteCount: type.byteCount + hostSlack, alignment: hostAlignment)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { memory.deallocate() }

  package func copyIn(from bytes: UnsafeRawBufferPointer) throws(DeviceError) {
    try requireByteCount(bytes.count)
    memory.copyMemory(from: bytes)
  }

  package func copyOut(into bytes: UnsafeMutableRawBufferPointer) throws(DeviceError) {
    try requireByteCount(bytes.count)
    bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<type.byteCount]))
  }

  private func requireByteCount(_ count: Int) throws(DeviceError) {
    if count != type.byteCount {
      throw DeviceError(
        .invalidBuffers, device: device,
        reason: "a copy of \(count) bytes for a buffer of \(type), which has \(type.byteCount)")
    }
  }
}

/// The alignment of host tensors: a cache line, which is also the widest vector.
let hostAlignment = 64

/// Bytes after every piece of host memory that kernels may read, and do not use: a vector.
let hostSlack = 64
