import Foundation

/// A fresh folder for the files of one test, gone with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("simtrain-datasets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the folders above it, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }
}

/// The bytes of an IDX file, put together by hand from the published format.
func idx(magic: UInt32, _ dimensions: [UInt32], _ elements: [UInt8]) -> [UInt8] {
  ([magic] + dimensions).flatMap { word in
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
  } + elements
}

func imageFile(_ dimensions: [UInt32], _ elements: [UInt8]) -> [UInt8] {
  idx(magic: 0x803, dimensions, elements)
}

func labelFile(_ labels: [UInt8]) -> [UInt8] {
  idx(magic: 0x801, [UInt32(labels.count)], labels)
}
