public import DeviceAPI
internal import HDF5

/// What a checkpoint file holds: tensors and settings by name.
public struct CheckpointContents: Hashable, Sendable {
  /// A tensor of the saved state.
  public struct Tensor: Hashable, Sendable {
    /// Its name in the file, without a slash.
    public var name: String
    /// Shape and element type.
    public var type: TensorType
    /// Dense, row-major, little-endian.
    public var bytes: [UInt8]

    /// A tensor of `type.byteCount` bytes.
    public init(name: String, type: TensorType, bytes: [UInt8]) {
      self.name = name
      self.type = type
      self.bytes = bytes
    }
  }

  /// In the order in which they were saved. A name holds no slash.
  public var tensors: [Tensor]
  /// A file gives them back in alphabetical order.
  public var settings: [RunAttribute]

  /// Contents as they are to be written.
  public init(tensors: [Tensor], settings: [RunAttribute]) {
    self.tensors = tensors
    self.settings = settings
  }
}

/// What marks a checkpoint, and the names of its parts. `Docs/run-file.md` is the description.
enum CheckpointFormat {
  /// The root's attribute `format`.
  static let name = "simtrain checkpoint"
  /// The root's attribute `formatVersion`.
  ///
  /// Versions 1 and 2 had checksums of their own parts and none of the file.
  static let version = 3

  static let settings = "settings"
  static let tensors = "tensors"
  /// Attribute of `tensors`: their names in order.
  static let order = "order"
  /// Attributes of a tensor.
  static let shape = "shape"
  static let elementType = "elementType"
}

/// Checkpoints as HDF5 files: one dataset a tensor, one attribute a setting.
///
/// A file takes its name whole or not at all, so that a crash leaves the checkpoint before.
public enum CheckpointFile {
  /// Checks, without touching what lies there, that a checkpoint may take the name `path`.
  ///
  /// - Throws: `checkpointExists`, `cannotWriteCheckpoint`.
  public static func checkDestination(
    _ path: String, replacesExisting: Bool
  ) throws(RunLogError) {
    _ = try snapshot(at: path, replacesExisting: replacesExisting)
  }

  /// Writes a checkpoint.
  ///
  /// - Parameter replacesExisting: Whether it takes the place of one that is there. Without, one
  ///   writer of several gets the name and the others are refused.
  /// - Throws: `cannotWriteCheckpoint`, `checkpointExists`, or `hdf5`.
  public static func write(
    _ contents: CheckpointContents, to path: String, replacesExisting: Bool = true
  ) throws(RunLogError) {
    var snapshot = try snapshot(at: path, replacesExisting: replacesExisting)
    var image: [UInt8] = []
    let size: Int
    do {
      let file = try HDF5File(inMemoryFor: path)
      try encode(contents, to: file)
      size = try file.copyImage(into: &image)
    } catch { throw .hdf5(error) }
    do throws(RunLogError) {
      try snapshot.publish(image, byteCount: size, savedSteps: 0, isLast: true)
    } catch { throw translated(error) }
  }

  private static func snapshot(
    at path: String, replacesExisting: Bool
  ) throws(RunLogError) -> SnapshotFile {
    do {
      let snapshot = try SnapshotFile(
        path: path, replacesExisting: replacesExisting, createsFolder: true)
      try snapshot.checkFolder()
      return snapshot
    } catch { throw translated(error) }
  }

  /// The words of a checkpoint for what the writing of a run file says.
  private static func translated(_ error: RunLogError) -> RunLogError {
    switch error {
    case .fileExists(let path): .checkpointExists(path: path)
    case .notAFile(let path):
      .cannotWriteCheckpoint(path: path, reason: "it is not a regular file")
    case .cannotCreateFolder(let path, let reason):
      .cannotWriteCheckpoint(path: path, reason: "the folder cannot be made: \(reason)")
    case .cannotWrite(let path, let reason, _):
      .cannotWriteCheckpoint(path: path, reason: reason)
    default: error
    }
  }

  private static func encode(
    _ contents: CheckpointContents, to file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.setAttribute(RootAttribute.format, to: .text(CheckpointFormat.name))
    try file.setAttribute(
      RootAttribute.formatVersion, to: .integer(Int64(CheckpointFormat.version)))
    try file.createGroup(CheckpointFormat.settings)
    for setting in contents.settings {
      try file.setAttribute(setting.name, of: CheckpointFormat.settings, to: setting.value)
    }
    try file.createGroup(CheckpointFormat.tensors)
    try file.setAttribute(
      CheckpointFormat.order, of: CheckpointFormat.tensors,
      to: .texts(contents.tensors.map(\.name)))
    for tensor in contents.tensors {
      let name = "\(CheckpointFormat.tensors)/\(tensor.name)"
      try TensorCoding.write(tensor, to: name, in: file)
      try file.setAttribute(
        CheckpointFormat.shape, of: name, to: .integers(tensor.type.shape.map(Int64.init)))
      try file.setAttribute(
        CheckpointFormat.elementType, of: name, to: .text(tensor.type.dtype.rawValue))
    }
  }
}
