/// Where the files of the data sets lie.
public struct DatasetDirectory: Hashable, Sendable {
  /// The directory, as given or as the environment leads to it.
  public let path: String
  /// Whether the user named the directory. One that was named may hold the four files of a data
  /// set directly; the cache directory holds a sub-folder for each data set.
  public let isExplicit: Bool

  /// The directory that the user named, or else the cache directory.
  ///
  /// The cache directory is `$SIMTRAIN_DATA`, else `$XDG_CACHE_HOME/simtrain`, else
  /// `$HOME/.cache/simtrain`; the fetch scripts follow the same order. A variable that is empty
  /// counts as not set, and so does an `XDG_CACHE_HOME` that is not absolute.
  ///
  /// - Source: XDG Base Directory Specification 0.8, "Basics" (relative paths are invalid).
  /// - Throws: `DatasetError.noCacheDirectory` where nothing leads to a directory.
  public init(explicit: String?, environment: [String: String]) throws(DatasetError) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    isExplicit = explicit != nil
    if let explicit {
      path = explicit
    } else if let data = value("SIMTRAIN_DATA") {
      path = data
    } else if let cache = value("XDG_CACHE_HOME"), cache.hasPrefix("/") {
      path = cache + "/simtrain"
    } else if let home = value("HOME") {
      path = home + "/.cache/simtrain"
    } else {
      throw .noCacheDirectory
    }
  }

  /// Reads one half of a data set.
  ///
  /// - Throws: `DatasetError`; for a missing file the message says which command gets it.
  public func load(
    _ name: DatasetName, split: DatasetSplit
  ) throws(DatasetError) -> ImageDataset {
    let images = try locate("\(split.filePrefix)-images", suffix: "idx3-ubyte", of: name)
    let labels = try locate("\(split.filePrefix)-labels", suffix: "idx1-ubyte", of: name)
    return try ImageDataset(
      name: name.rawValue, imagesPath: images, labelsPath: labels, remedy: remedy(for: name))
  }

  /// The first of the places where the file may lie that has one.
  private func locate(
    _ stem: String, suffix: String, of name: DatasetName
  ) throws(DatasetError) -> String {
    let folders = ["\(path)/\(name.rawValue)"] + (isExplicit ? [path] : [])
    // Both spellings are about: the second is that of some archives' members.
    let candidates = folders.flatMap { ["\($0)/\(stem)-\(suffix)", "\($0)/\(stem).\(suffix)"] }
    if let found = candidates.first(where: InputFile.exists) {
      return found
    }
    if let compressed = candidates.map({ $0 + ".gz" }).first(where: InputFile.exists) {
      throw .invalidFile(path: compressed, byte: 0, problem: .compressed)
    }
    throw .missingFile(path: candidates[0], remedy: remedy(for: name))
  }

  private func remedy(for name: DatasetName) -> String {
    isExplicit
      ? "Check --data-dir, or leave it out. \(name.fetchSentence)"
      : name.fetchSentence
  }
}
