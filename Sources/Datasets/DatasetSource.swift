/// Where a data set comes from: one that is known by name, or a file of the user's.
package enum DatasetSource: Hashable, Sendable {
  case named(DatasetName)
  /// Path of an archive of arrays, as numpy saves one (`.npz`).
  case file(String)

  /// The source that a user asks for; `nil` for a name that is not known.
  package init?(_ text: String) {
    if text.hasSuffix(".npz") {
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
  /// Reads one half of the data set.
  ///
  /// - Parameter directory: where named data sets lie; asked for only where one is wanted.
  /// - Throws: `DatasetError`.
  package func load(
    _ split: DatasetSplit, from directory: () throws(DatasetError) -> DatasetDirectory
  ) throws(DatasetError) -> ImageDataset {
    switch self {
    case .named(let name): return try directory().load(name, split: split)
    case .file(let path):
      guard InputFile.exists(path) else {
        throw .missingFile(path: path, remedy: "Check the path of --dataset.")
      }
      return try NPZArchive(path: path).ownDataset(split)
    }
  }
}
