import Foundation
import HDF5

/// A fresh folder that is removed after `body`.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "hdf5-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// Writes the file that was made in memory to the path that it was made for.
func publish(_ file: borrowing HDF5File) throws {
  var bytes: [UInt8] = []
  let size = try file.copyImage(into: &bytes)
  try Data(bytes.prefix(size)).write(to: URL(filePath: file.path))
}
