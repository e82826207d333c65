internal import HDF5

/// Which of our files an HDF5 file is.
public enum StoredKind: Hashable, Sendable {
  case run, checkpoint, comparison

  /// Reads what the file at `path` says of itself.
  ///
  /// - Returns: `nil` for a file of somebody else.
  /// - Throws: `hdf5` for a file that is missing, damaged or not HDF5.
  public init?(of path: String) throws(RunLogError) {
    let file = try translated { () throws(HDF5Error) in try HDF5File(openingAt: path) }
    switch try AttributeLookup(of: "/").optional(RootAttribute.format, in: file) {
    case .text(RunFormat.name): self = .run
    case .text(CheckpointFormat.name): self = .checkpoint
    case .text(ComparisonFile.name): self = .comparison
    default: return nil
    }
  }
}
