internal import CZlib

/// Named arrays in one file: an archive as numpy saves and loads one (`.npz`), or HDF5 (`.h5`, `.hdf5`).
package struct ArrayArchive: Sendable {
  /// Of those that were asked for, the ones that the file holds.
  package private(set) var entries: [String: NumberArray] = [:]
  /// All names in the file.
  package let names: [String]

  /// Whether a file is HDF5, by its name.
  package static func isHDF5(_ path: String) -> Bool {
    path.hasSuffix(".h5") || path.hasSuffix(".hdf5")
  }

  /// Reads some arrays; others in the file are not looked at.
  ///
  /// - Parameter copy: where a copy of an HDF5 file lies that has simtrain's checksum and, of its
  ///   arrays, those that are wanted; `nil` if the file itself has one.
  /// - Throws: `DatasetError` for what is no such file, or an array that is none.
  package init(
    path: String, copiedTo copy: String? = nil, reading wanted: Set<String>
  ) throws(DatasetError) {
    if Self.isHDF5(path) {
      let file = try OwnHDF5(path: path, copiedTo: copy)
      var found: [String] = []
      for name in wanted.sorted() where try file.contains(name) {
        entries[name] = try file.array(name)
        found.append(name)
      }
      names = found
      return
    }
    do throws(DatasetError) {
      let archive = try NPZArchive(path: path)
      names = archive.names.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
      for name in names where wanted.contains(name) {
        guard let array = try archive.content(of: name).flatMap({ NumberArray(npy: $0) }) else {
          throw .unusableArrays(
            path: path, reason: "'\(name)' is no array of numbers in C order")
        }
        entries[name] = array
      }
    } catch {
      if case .unreadableArchive(let path, let reason) = error {
        throw .unusableArrays(path: path, reason: reason)
      }
      throw error
    }
  }

  /// The bytes of a file of these arrays, stored without compression.
  ///
  /// - Source: PKWARE, "APPNOTE.TXT", version 6.3.10, section 4.3; NumPy Enhancement Proposal 1.
  package static func bytes(of arrays: [(name: String, array: NumberArray)]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, array) in arrays {
      let content = header(array) + array.bytes
      let path = Array((name + ".npy").utf8)
      let checksum = Int(content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
      // Version, flags, method, time, date; checksum, sizes; lengths of the name and of what follows it.
      let described =
        words([20, 0, 0, 0, 0x21], 2) + words([checksum, content.count, content.count], 4)
        + words([path.count, 0], 2)
      directory += [0x50, 0x4b, 1, 2] + words([20], 2) + described + words([0, 0, 0], 2)
      directory += words([0, file.count], 4) + path
      file += [0x50, 0x4b, 3, 4] + described + path + content
    }
    let end =
      [0x50, 0x4b, 5, 6] + words([0, 0, arrays.count, arrays.count], 2)
      + words([directory.count, file.count], 4) + words([0], 2)
    return file + directory + end
  }

  private static func header(_ array: NumberArray) -> [UInt8] {
    let shape =
      array.shape.count == 1
      ? "(\(array.shape[0]),)" : "(" + array.shape.map(String.init).joined(separator: ", ") + ")"
    let order = array.type.byteCount == 1 ? "|" : "<"
    var text =
      "{'descr': '\(order)\(array.type.descr)', 'fortran_order': False, 'shape': \(shape), }"
    // Together with ten bytes before it and the end of its line, a multiple of 64.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + words([text.utf8.count], 2) + Array(text.utf8)
  }

  private static func words(_ values: [Int], _ width: Int) -> [UInt8] {
    values.flatMap { value in (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  }
}
