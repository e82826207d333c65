/// What a device could not do.
public struct DeviceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of failure; a plugin's error code becomes one of these.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The graph breaks a rule of the IR.
    case invalidGraph
    /// The graph is sound, but the device lacks an operation or element type that it uses.
    case unsupported
    /// A memory of the device is too small.
    case outOfMemory
    /// Buffers handed to `execute` do not fit the executable.
    case invalidBuffers
    /// The device failed while it ran.
    case executionFailed
  }

  /// What kind of failure.
  public var kind: Kind
  /// The device's name.
  public var device: String
  /// One line: what, where, what was expected, how to mend it.
  public var reason: String

  /// A failure of the device with this name.
  public init(_ kind: Kind, device: String, reason: String) {
    self.kind = kind
    self.device = device
    self.reason = reason
  }

  /// The device and the reason, in one line.
  public var description: String { "\(device): \(reason)" }
}
