/// Why an HDF5 file could not be read or written. Each case names the file it is about.
package enum HDF5Error: Error, Hashable, Sendable {
  /// `libhdf5` cannot be loaded.
  case noLibrary(path: String, reason: String)
  /// There is no file at the path.
  case missingFile(path: String)
  /// A folder has the name.
  case folder(path: String)
  /// A device, a pipe or something else that is no file has the name.
  case notAFile(path: String)
  /// The operating system refused to open or read the file.
  case unreadable(path: String, reason: String)
  /// The file's bytes do not start as an HDF5 file does.
  case notHDF5(path: String)
  /// An HDF5 file without the header that every file of ours has.
  case withoutChecksum(path: String)
  /// The file's bytes are not those that its checksum was taken of.
  case damaged(path: String)
  /// The file is shorter than its own header says.
  case truncated(path: String)
  /// Nothing in the file has the name `object`.
  case missingObject(path: String, object: String)
  /// `object` is a link to another place, or its elements are in other files.
  case elsewhere(path: String, object: String)
  /// Groups lie in groups without end.
  case tooDeep(path: String, object: String)
  /// `object` announces more rows than its bytes can hold.
  case tooFewBytes(path: String, object: String, rows: Int)
  /// `object` holds another type than the caller reads.
  case unexpectedType(path: String, object: String, found: String, expected: String)
  /// Columns that belong to one table differ in length or in type from it.
  case mismatchedColumns(path: String, object: String, reason: String)
  /// `libhdf5` refused `call`; `reason` is the innermost line of its error stack.
  case failedCall(path: String, object: String?, call: String, reason: String)
}

extension HDF5Error: CustomStringConvertible {
  /// One sentence: which file, what is wrong, what to do.
  package var description: String {
    switch self {
    case .noLibrary(let path, let reason):
      return "\(path): HDF5 files need libhdf5: \(reason)."
    case .missingFile(let path):
      return "\(path): there is no such file. Check the path."
    case .folder(let path):
      return "\(path): this is a folder. Give the path of a file in it that ends in .h5."
    case .notAFile(let path):
      return "\(path): this is a device or a pipe. Give the path of a file that ends in .h5."
    case .unreadable(let path, let reason):
      return "\(path): the file cannot be read: \(reason). Check its name and permissions."
    case .notHDF5(let path):
      return "\(path): this is not an HDF5 file. Give the path of a file that ends in .h5."
    case .withoutChecksum(let path):
      return
        "\(path): an HDF5 file without simtrain's checksum, of an earlier simtrain or another "
        + "program. If you trust it, open it with --unverified."
    case .damaged(let path):
      return
        "\(path): the file is damaged: its bytes are not those of its checksum. Use another copy; "
        + "if another program (h5repack, h5py) has rewritten it, open it with --unverified."
    case .truncated(let path):
      return
        "\(path): the HDF5 file is truncated: its end is missing. "
        + "Copy it again; if another program (h5repack, h5py) has rewritten it, open it with "
        + "--unverified."
    case .missingObject(let path, let object):
      return "\(path): nothing in the file is called '\(object)'. List it with 'h5ls -r \(path)'."
    case .elsewhere(let path, let object):
      return "\(path): '\(object)' lies elsewhere, behind a link or in another file, and simtrain "
        + "follows neither. Copy it into the file."
    case .tooDeep(let path, let object):
      return "\(path): groups lie in groups without end ('\(object)'). Use another copy."
    case .tooFewBytes(let path, let object, let rows):
      return "\(path): '\(object)' announces \(rows) rows and has too few bytes for them. "
        + "Use another copy."
    case .unexpectedType(let path, let object, let found, let expected):
      return "\(path): '\(object)' holds \(found) where \(expected) should be."
    case .mismatchedColumns(let path, let object, let reason):
      return "\(path): cannot write table '\(object)': \(reason)."
    case .failedCall(let path, let object, _, let reason):
      let place = object.map { " '\($0)'" } ?? " the file"
      return "\(path): the HDF5 library does not take\(place)\(Self.forUsers(reason))."
    }
  }

  /// The library's reason after a colon; nothing where it speaks of its own functions, of
  /// addresses or of error numbers.
  private static func forUsers(_ reason: String) -> String {
    let isInternal = ["0x", "H5", "errno", "()", "addr", "_"].contains { reason.contains($0) }
    return isInternal ? "" : ": " + reason
  }
}
