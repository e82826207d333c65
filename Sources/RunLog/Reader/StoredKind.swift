internal import HDF5

/// Which of our files an HDF5 file is.
package enum StoredKind: Hashable, Sendable {
  case run, checkpoint, comparison

  /// Reads what a file says of itself.
  ///
  /// - Returns: `nil` for a file of somebody else.
  /// - Throws: `hdf5` for a file that is missing, damaged or not HDF5.
  package init?(of source: FileSource) throws(RunLogError) {
    let file = try source.open()
    switch try AttributeLookup(of: "/").optional(RootAttribute.format, in: file) {
    case .text(RunFormat.name): self = .run
    case .text(CheckpointFormat.name): self = .checkpoint
    case .text(ComparisonFile.name): self = .comparison
    default: return nil
    }
  }
}
