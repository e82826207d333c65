/// Why a data set, or the order in which it is sampled, cannot be had.
///
/// Every case describes itself in one line: which file, which byte, what was expected, what was
/// found and how to mend it.
public enum DatasetError: Error, Hashable, Sendable {
  /// No cache directory: none of the environment variables that lead to one is set.
  case noCacheDirectory
  /// There is no such file. `remedy` is a sentence.
  case missingFile(path: String, remedy: String)
  /// The system refused to open or read the file, for `reason`.
  case unreadableFile(path: String, reason: String)
  /// A directory, device or pipe stands where a file should.
  case notARegularFile(path: String)
  /// The file is not a sound IDX file of its kind; `byte` is where that shows.
  case invalidFile(path: String, byte: Int, problem: IDXProblem)
  /// The file's gzip data do not unpack, or to something else than was packed.
  case damagedCompression(path: String)
  /// The zip archive cannot be read, for `reason`.
  case unreadableArchive(path: String, reason: String)
  /// The archive of arrays cannot be used, for `reason`.
  case unusableArchive(path: String, reason: String)
  /// The user's own file of arrays cannot be used, for `reason`.
  case unusableDataset(path: String, reason: String)
  /// The archive of a program's inputs or results cannot be used, for `reason`.
  case unusableArrays(path: String, reason: String)
  /// The HDF5 file cannot be read; the description is a line with its path.
  case hdf5(description: String)
  /// The files are those of another data set than was asked for.
  case otherDataset(path: String, asked: DatasetName, found: DatasetName)
  /// Not one full batch can be made.
  case batchTooLarge(batchSize: Int, sampleCount: Int)
  /// A batch of no sample was asked for.
  case emptyBatch(batchSize: Int)
  /// A saved state cannot be taken up, for `reason`.
  case unusableState(reason: String)
}

extension DatasetError: CustomStringConvertible {
  /// The error in one line, for the user.
  public var description: String {
    switch self {
    case .noCacheDirectory:
      "No data directory: none of SIMTRAIN_DATA, XDG_CACHE_HOME and HOME is set. "
        + "Set SIMTRAIN_DATA, or say --data-dir DIRECTORY."
    case .missingFile(let path, let remedy):
      "\(path): no such file. \(remedy)"
    case .unreadableFile(let path, let reason):
      "\(path): cannot be read (\(reason)). Check its permissions and where its links lead."
    case .notARegularFile(let path):
      "\(path): a folder, a device or a pipe, expected a file of data. Move it out of the way."
    case .invalidFile(let path, let byte, let problem):
      "\(path): byte \(byte): \(problem)"
    case .damagedCompression(let path):
      "\(path): gzip data that are damaged or cut off. Delete the file and fetch it again."
    case .unreadableArchive(let path, let reason):
      "\(path): \(reason). Use another copy."
    case .unusableArchive(let path, let reason):
      "\(path): \(reason). Use mnist.npz as Keras fetches it, with uint8 images in x_train and "
        + "x_test and their labels in y_train and y_test."
    case .unusableDataset(let path, let reason):
      "\(path): \(reason). A file of data has uint8 or float 'images' [count, rows, columns], "
        + "[count, rows, columns, features] or [count, elements] and integer 'labels' [count]."
    case .unusableArrays(let path, let reason):
      "\(path): \(reason). Use an archive of arrays as numpy.savez writes it."
    case .hdf5(let description): description
    case .otherDataset(let path, let asked, let found):
      "\(path): a file of \(found.rawValue), and the data set is \(asked.rawValue). "
        + "Say --dataset \(found.rawValue), or give another folder."
    case .batchTooLarge(let batchSize, let sampleCount):
      "A batch of \(batchSize) cannot be made from \(sampleCount) samples. "
        + "Use a smaller batch size or more samples."
    case .emptyBatch(let batchSize):
      "The batch size is \(batchSize), expected 1 or more. Use a larger batch size."
    case .unusableState(let reason):
      "The saved sampling state cannot be taken up: \(reason). Use another checkpoint."
    }
  }
}
