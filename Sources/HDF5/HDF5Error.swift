/// Why an HDF5 file could not be read or written. Each case names the file it is about.
public enum HDF5Error: Error, Hashable, Sendable {
  /// There is no file at the path.
  case missingFile(path: String)
  /// A folder has the name.
  case folder(path: String)
  /// The file's bytes do not start as an HDF5 file does.
  case notHDF5(path: String)
  /// The file is shorter than its own header says.
  case truncated(path: String)
  /// Nothing in the file has the name `object`.
  case missingObject(path: String, object: String)
  /// `object` holds another type than the caller reads.
  case unexpectedType(path: String, object: String, found: String, expected: String)
  /// Columns that belong to one table differ in length or in type from it.
  case mismatchedColumns(path: String, object: String, reason: String)
  /// `libhdf5` refused `call`; `reason` is the innermost line of its error stack.
  case failedCall(path: String, object: String?, call: String, reason: String)
}

extension HDF5Error: CustomStringConvertible {
  /// One sentence: which file, what is wrong, what to do.
  public var description: String {
    switch self {
    case .missingFile(let path):
      return "\(path): there is no such file. Check the path."
    case .folder(let path):
      return "\(path): this is a folder. Give the path of a file in it that ends in .h5."
    case .notHDF5(let path):
      return "\(path): this is not an HDF5 file. Give the path of a file that ends in .h5."
    case .truncated(let path):
      return
        "\(path): the HDF5 file is truncated: its end is missing. "
        + "Copy it again from where it was written."
    case .missingObject(let path, let object):
      return "\(path): nothing in the file is called '\(object)'. List it with 'h5ls -r \(path)'."
    case .unexpectedType(let path, let object, let found, let expected):
      return "\(path): '\(object)' holds \(found) where \(expected) should be."
    case .mismatchedColumns(let path, let object, let reason):
      return "\(path): cannot write table '\(object)': \(reason)."
    case .failedCall(let path, let object, let call, let reason):
      let place = object.map { " on '\($0)'" } ?? ""
      return "\(path): \(call) failed\(place): \(reason)."
    }
  }
}
