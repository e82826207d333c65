internal import Datasets
internal import RunLog

/// Reads the halves of a data set.
struct DataReader {
  private let source: DatasetSource
  /// Where named data sets lie; `nil` for the usual place.
  private let folder: String?
  /// What is read of an HDF5 file of the user's: its arrays, copied where no damage to it does harm.
  private let copy: FileSource?

  /// The reader of a run's data.
  ///
  /// - Parameter saved: what the run continues or evaluates.
  /// - Throws: what is wrong with the file of a data set of the user's.
  init(_ config: RunConfig, folder: String?, saved: SavedRun?) throws {
    let source = config.data.name
    self.source = source
    self.folder = folder
    copy = try config.finding(.dataset, saved) {
      try config.locating("data.name") {
        try source.requireFile()
        return try source.hdf5Path.map {
          try UnverifiedFile.copied($0, arrays: DatasetSource.arrayNames)
        }
      }
    }
  }

  /// One half of the data set, or the first `limit` images of it.
  func load(_ split: DatasetSplit, limit: Int? = nil) throws -> ImageDataset {
    let data = try InputKind.expecting(.dataFolder, .folder, name: folder, of: "--data-dir") {
      try source.load(split, copiedTo: copy?.copy) { () throws(DatasetError) in
        try DatasetDirectory(explicit: folder, environment: Surroundings.environment)
      }
    }
    return limit.map(data.prefix) ?? data
  }
}
