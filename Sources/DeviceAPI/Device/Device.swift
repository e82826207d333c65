public import GraphIR
public import GraphPasses

/// Something that runs graphs: a processor or the model of one.
///
/// A device is a value that may be shared between threads. `compile` is a pure function of the
/// graph, the options and the device's parameters: it keeps no state and may be called at the
/// same time from several threads. Nothing in the contract needs a Swift type that could not
/// cross a C interface: graphs, numbers, strings and opaque buffers are all there is.
public protocol Device: Sendable {
  /// What the device is and what it supports.
  var descriptor: DeviceDescriptor { get }

  /// A buffer in the device's memory, filled with zeros.
  ///
  /// - Throws: `DeviceError.Kind.outOfMemory`.
  func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer

  /// Everything that can be decided before data exists is decided here.
  ///
  /// - Throws: `invalidGraph`, `unsupported`, `outOfMemory`.
  func compile(_ graph: Graph, options: CompileOptions) throws(DeviceError) -> any Executable
}

/// Choices that belong to one compilation and not to the device.
public struct CompileOptions: Hashable, Sendable {
  /// Host threads that an execution may use. Results do not depend on it.
  public var threads: Int
  /// Which operations run together. Results do not depend on it.
  public var fusion: FusionMode

  /// Choices; each is made unless given.
  public init(threads: Int = 1, fusion: FusionMode = .on) {
    self.threads = threads
    self.fusion = fusion
  }
}

/// A tensor in a device's memory.
///
/// The device that made a buffer owns its storage, which lives as long as the buffer. A buffer is
/// used by one execution or copy at a time; the caller sees to that.
public protocol Buffer: AnyObject, Sendable {
  /// Shape and element type of the contents.
  var type: TensorType { get }

  /// Replaces the contents by `bytes`: dense, row-major, little-endian.
  ///
  /// - Throws: `invalidBuffers` if the byte count is not `type.byteCount`.
  func copyIn(from bytes: UnsafeRawBufferPointer) throws(DeviceError)

  /// Copies the contents to `bytes`, in the same form.
  ///
  /// - Throws: `invalidBuffers` if the byte count is not `type.byteCount`.
  func copyOut(into bytes: UnsafeMutableRawBufferPointer) throws(DeviceError)
}

/// A compiled graph.
public protocol Executable: Sendable {
  /// The graph that was compiled.
  var graph: Graph { get }

  /// What an execution costs on a simulated device, or has cost on a real one so far.
  ///
  /// `nil` says "not modelled, not measured", which is not zero.
  var profile: ExecutionProfile? { get }

  /// Computes the graph's results.
  ///
  /// - Parameter inputs: one buffer a parameter, in order, of the parameter's type. They are only
  ///   read, save those that are donated.
  /// - Parameter outputs: one buffer a result, in order, of the result's type, which the call
  ///   fills. For a result that takes a donated parameter it must be that parameter's own buffer,
  ///   which is then updated in place; any other output is distinct from all inputs.
  /// - Throws: `invalidBuffers`, `executionFailed`.
  func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError)
}

extension Device {
  /// A buffer with the given contents.
  public func makeBuffer(_ literal: Literal) throws(DeviceError) -> any Buffer {
    let buffer = try makeBuffer(literal.type)
    let staging = UnsafeMutableRawBufferPointer.allocate(
      byteCount: literal.type.byteCount, alignment: 16)
    defer { staging.deallocate() }
    staging.copyBytes(from: literal.bytes)
    try buffer.copyIn(from: UnsafeRawBufferPointer(staging))
    return buffer
  }
}

extension Buffer {
  /// The contents as a value on the host.
  public func literal() throws(DeviceError) -> Literal {
    let staging = UnsafeMutableRawBufferPointer.allocate(
      byteCount: type.byteCount, alignment: 16)
    defer { staging.deallocate() }
    try copyOut(into: staging)
    return Literal(type, bytes: UnsafeRawBufferPointer(staging))
  }
}
