/// Where a data set comes from: one that is known by name, or a file of the user's.
package enum DatasetSource: Hashable, Sendable {
  case named(DatasetName)
  /// Path of a file of arrays: an archive as numpy saves one (`.npz`), or HDF5 (`.h5`, `.hdf5`).
  case file(String)

  /// The source that a user asks for; `nil` for a name that is not known.
  package init?(_ text: String) {
    if text.hasSuffix(".npz") || ArrayArchive.isHDF5(text) {
      self = .file(text)
    } else if let name = DatasetName(rawValue: text) {
      self = .named(name)
    } else {
      return nil
    }
  }
}

extension DatasetSource: CustomStringConvertible {
  /// As it is asked for: the name, or the path.
  package var description: String {
    switch self {
    case .named(let name): name.rawValue
    case .file(let path): path
    }
  }
}

extension DatasetSource: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let source = DatasetSource(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "no data set of this name")
    }
    self = source
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension DatasetSource {
  /// The arrays that a data set of the user's may have.
  package static let arrayNames = ["images", "labels", "test_images", "test_labels"]

  /// The path of an HDF5 file of the user's; `nil` for any other source.
  package var hdf5Path: String? {
    if case .file(let path) = self, ArrayArchive.isHDF5(path) { path } else { nil }
  }

  /// - Throws: `DatasetError.missingFile` where nothing is at the path of a file.
  package func requireFile() throws(DatasetError) {
    guard case .file(let path) = self, !InputFile.isTaken(path) else { return }
    throw .missingFile(path: path, remedy: "Check the path of --dataset.")
  }

  /// Reads one half of the data set.
  ///
  /// - Parameters:
  ///   - directory: where named data sets lie; asked for only where one is wanted.
  ///   - copy: where a copy of the HDF5 file lies that has simtrain's checksum; `nil` if the file
  ///     itself has one.
  /// - Throws: `DatasetError`.
  package func load(
    _ split: DatasetSplit, copiedTo copy: String? = nil,
    from directory: () throws(DatasetError) -> DatasetDirectory
  ) throws(DatasetError) -> ImageDataset {
    switch self {
    case .named(let name): return try directory().load(name, split: split)
    case .file(let path):
      try requireFile()
      if hdf5Path != nil { return try OwnHDF5(path: path, copiedTo: copy).dataset(split) }
      return try OwnArchive(archive: NPZArchive(path: path)).dataset(split)
    }
  }
}
