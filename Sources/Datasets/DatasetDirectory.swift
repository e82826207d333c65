/// Where the files of the data sets lie.
public struct DatasetDirectory: Hashable, Sendable {
  /// The directory, as given or as the environment leads to it.
  public let path: String
  /// Whether the user named the directory. One that was named may hold the four files of a data
  /// set directly; the cache directory holds a sub-folder for each data set.
  package let isExplicit: Bool

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

  /// Reads one half of a data set: from IDX files, compressed by gzip or not, or from an archive of
  /// arrays.
  ///
  /// - Throws: `DatasetError`; for a missing file the message says which command gets it.
  public func load(
    _ name: DatasetName, split: DatasetSplit
  ) throws(DatasetError) -> ImageDataset {
    if let archive = archive(of: name) {
      return try NPZArchive(path: archive).dataset(name, split: split)
    }
    let images = try locate(imageCandidates(name, split), of: name)
    let labels = try locate(
      candidates("\(name.filePrefix(split))-labels", suffix: "idx1-ubyte", of: name), of: name)
    return try ImageDataset(
      name: name.rawValue, imagesPath: images, labelsPath: labels, labelRange: name.labelRange,
      remedy: remedy(for: name))
  }

  /// Where files of the data set may lie: our own folder, torchvision's below its root, and, where
  /// the user named the directory, that itself or torchvision's folder in it.
  private func folders(of name: DatasetName) -> [String] {
    ["\(path)/\(name.rawValue)", "\(path)/\(name.torchvisionFolder)/raw"]
      + (isExplicit ? [path, "\(path)/raw"] : [])
  }

  private func imageCandidates(_ name: DatasetName, _ split: DatasetSplit) -> [String] {
    candidates("\(name.filePrefix(split))-images", suffix: "idx3-ubyte", of: name)
  }

  /// The places where a file may lie, the usual one first.
  private func candidates(_ stem: String, suffix: String, of name: DatasetName) -> [String] {
    // Both spellings are about: the second is that of some archives' members.
    let names = ["\(stem)-\(suffix)", "\(stem).\(suffix)"]
    // Kaggle packs a file into a folder of its name.
    let plain = folders(of: name).flatMap { folder in
      names.flatMap { ["\(folder)/\($0)", "\(folder)/\($0)/\($0)"] }
    }
    return plain + plain.map { $0 + ".gz" }
  }

  /// The first of the places that has a file.
  private func locate(
    _ candidates: [String], of name: DatasetName
  ) throws(DatasetError) -> String {
    guard let found = candidates.first(where: InputFile.exists) else {
      throw .missingFile(path: candidates[0], remedy: remedy(for: name))
    }
    try requireSame(name, found)
    return found
  }

  /// The archive of Keras, if that is there or is what the user named.
  private func archive(of name: DatasetName) -> String? {
    if isExplicit, path.hasSuffix(".npz"), InputFile.exists(path) { return path }
    return folders(of: name).map { "\($0)/\(name.rawValue).npz" }.first(where: InputFile.exists)
  }

  /// Files of several data sets have the same names; their folder says which they are.
  private func requireSame(_ name: DatasetName, _ file: String) throws(DatasetError) {
    for folder in file.split(separator: "/").dropLast().reversed().map(String.init) {
      let named = DatasetName.allCases.filter {
        folder == $0.rawValue || folder == $0.torchvisionFolder
      }
      if named.contains(name) { return }
      if let other = named.first {
        throw .otherDataset(path: file, asked: name, found: other)
      }
    }
  }

  private func remedy(for name: DatasetName) -> String {
    let others = DatasetName.allCases.filter {
      $0 != name && imageCandidates($0, .train).contains(where: InputFile.exists)
    }
    guard isExplicit else { return name.fetchSentence }
    let names = others.map { "--dataset \($0.rawValue)" }.joined(separator: ", ")
    let advice =
      names.isEmpty ? "Check --data-dir, or leave it out." : "The folder has the data of \(names)."
    return "\(advice) \(name.fetchSentence)"
  }
}
