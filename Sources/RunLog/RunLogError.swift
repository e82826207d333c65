package import HDF5

/// Why a run file could not be written or read. Each case names the file it is about.
package enum RunLogError: Error, Hashable, Sendable {
  /// The path is taken and the caller did not ask to replace it.
  case fileExists(path: String)
  /// The path is taken by a file that simtrain has not written.
  case foreignFile(path: String)
  /// The path is taken by a folder, a device or something else that is no file.
  case notAFile(path: String)
  /// A folder on the way to the file could not be made.
  case cannotCreateFolder(path: String, reason: String)
  /// The operating system refused to write; the file holds the first `savedSteps` steps logged.
  case cannotWrite(path: String, reason: String, savedSteps: Int)
  /// An HDF5 file that is not a run file.
  case notARunFile(path: String)
  /// A run file of a format that this version does not know.
  case newerFormat(path: String, found: Int, supported: Int)
  /// An HDF5 file that is not a checkpoint.
  case notACheckpoint(path: String)
  /// A checkpoint of a format that this version does not know.
  case newerCheckpoint(path: String, found: Int, supported: Int)
  /// A part of the checkpoint is missing or contradicts another.
  case damagedCheckpoint(path: String, object: String, reason: String)
  /// The operating system refused to write a checkpoint; the one before stays.
  case cannotWriteCheckpoint(path: String, reason: String)
  /// The path of a checkpoint is taken and the caller did not ask to replace it.
  case checkpointExists(path: String)
  /// A part of the run file is missing or contradicts another.
  case damaged(path: String, object: String, reason: String)
  /// `libhdf5` refused.
  case hdf5(HDF5Error)
}

extension RunLogError: CustomStringConvertible {
  /// One sentence: which file, what is wrong, what to do.
  package var description: String {
    switch self {
    case .fileExists(let path):
      return "\(path): the file exists. Give another name, or --force to replace it."
    case .foreignFile(let path):
      return "\(path): a file that is not simtrain's has this name, and it is replaced in no case. "
        + "Give another name, or remove the file first."
    case .notAFile(let path):
      return "\(path): this is not a regular file and cannot be replaced by a run file. "
        + "Give the name of a file."
    case .cannotCreateFolder(let path, let reason):
      return "\(path): cannot create the folder: \(reason). "
        + "Create it, or give a file in another folder."
    case .cannotWrite(let path, let reason, 0):
      return "\(path): cannot write the run file: \(reason). "
        + "Give a file in another folder."
    case .cannotWrite(let path, let reason, let savedSteps):
      return "\(path): cannot write the run file: \(reason). "
        + "Logging stops; the file holds the \(savedSteps) steps logged before."
    case .notARunFile(let path):
      return "\(path): an HDF5 file, but not a run file of simtrain: "
        + "its root has no attribute 'format' that says '\(RunFormat.name)'."
    case .newerFormat(let path, let found, let supported):
      return "\(path): the run file has format version \(found), and this simtrain reads "
        + "versions up to \(supported). Read it with a newer simtrain."
    case .notACheckpoint(let path):
      return "\(path): an HDF5 file, but not a checkpoint of simtrain: "
        + "its root has no attribute 'format' that says '\(CheckpointFormat.name)'."
    case .newerCheckpoint(let path, let found, let supported):
      return "\(path): the checkpoint has format version \(found), and this simtrain reads "
        + "versions up to \(supported). Resume with a newer simtrain."
    case .damagedCheckpoint(let path, let object, let reason):
      return "\(path): the checkpoint is damaged: '\(object)' \(reason). Use another checkpoint."
    case .cannotWriteCheckpoint(let path, let reason):
      return "\(path): cannot write the checkpoint: \(reason). "
        + "Give a file in another folder with --checkpoint."
    case .checkpointExists(let path):
      return "\(path): the checkpoint exists. "
        + "Give another name, --resume it, or --force to replace it."
    case .damaged(let path, let object, let reason):
      return "\(path): the run file is damaged: '\(object)' \(reason)."
    case .hdf5(let error):
      return "\(error)"
    }
  }
}

/// Runs `body` and passes on what `libhdf5` refuses as a `RunLogError`.
func translated<Result: ~Copyable>(
  _ body: () throws(HDF5Error) -> Result
) throws(RunLogError) -> Result {
  do { return try body() } catch { throw .hdf5(error) }
}
