package import HDF5
package import Training

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
package enum CheckpointFile {
  /// Checks, without touching what lies there, that a checkpoint may take the name `path`.
  ///
  /// - Throws: `checkpointExists`, `cannotWriteCheckpoint`.
  package static func checkDestination(
    _ path: String, replacesExisting: Bool
  ) throws(RunLogError) {
    _ = try snapshot(at: path, replacesExisting: replacesExisting)
  }

  /// Writes a checkpoint.
  ///
  /// - Parameter replacesExisting: Whether it takes the place of one that is there. Without, one
  ///   writer of several gets the name and the others are refused.
  /// - Throws: `cannotWriteCheckpoint`, `checkpointExists`, or `hdf5`.
  package static func write(
    _ checkpoint: Checkpoint, to path: String, replacesExisting: Bool = true
  ) throws(RunLogError) {
    var snapshot = try snapshot(at: path, replacesExisting: replacesExisting)
    var image: [UInt8] = []
    let size: Int
    do {
      let file = try HDF5File(inMemoryFor: path)
      try encode(checkpoint, to: file)
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
    _ checkpoint: Checkpoint, to file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.setAttribute(RootAttribute.format, to: .text(CheckpointFormat.name))
    try file.setAttribute(
      RootAttribute.formatVersion, to: .integer(Int64(CheckpointFormat.version)))
    try file.createGroup(CheckpointFormat.settings)
    for entry in checkpoint.entries {
      try file.setAttribute(
        entry.name, of: CheckpointFormat.settings, to: RunValue(entry.value))
    }
    try file.createGroup(CheckpointFormat.tensors)
    try file.setAttribute(
      CheckpointFormat.order, of: CheckpointFormat.tensors,
      to: .texts(checkpoint.tensors.map(\.name)))
    for tensor in checkpoint.tensors {
      let name = "\(CheckpointFormat.tensors)/\(tensor.name)"
      try TensorCoding.write(tensor, to: name, in: file)
      try file.setAttribute(
        CheckpointFormat.shape, of: name, to: .integers(tensor.type.shape.map(Int64.init)))
      try file.setAttribute(
        CheckpointFormat.elementType, of: name, to: .text(tensor.type.dtype.rawValue))
    }
  }
}

extension HDF5Value {
  /// The value as a file holds it.
  package init(_ value: Checkpoint.Value) {
    self =
      switch value {
      case .text(let value): .text(value)
      case .integer(let value): .integer(value)
      case .real(let value): .real(value)
      case .texts(let values): .texts(values)
      }
  }
}

extension Checkpoint.Value {
  /// The value of a file; `nil` for a kind that no checkpoint has.
  init?(_ value: HDF5Value) {
    switch value {
    case .text(let value): self = .text(value)
    case .integer(let value): self = .integer(value)
    case .real(let value): self = .real(value)
    case .texts(let values): self = .texts(values)
    case .unsigned, .flag, .integers, .reals: return nil
    }
  }
}
