internal import CZlib

/// The first 512 bytes of a file of ours, which HDF5 leaves to the application as its user block:
/// a text that says how long the file is and what its checksum is, padded with zeros.
///
/// The checksum is taken of all that follows; the header is the one text that goes with it, so
/// that every byte of the file is covered. It finds damage; it is no signature.
enum FileHeader {
  /// The smallest user block that HDF5 allows.
  static let byteCount = 512
  /// How a header begins.
  static let beginning = Array("simtrain file, HDF5 from byte 512 on\nbytes ".utf8)

  /// What the header of a file must be.
  ///
  /// - Parameters:
  ///   - fileByteCount: The size of the file, header included.
  ///   - checksum: Of all that follows the header.
  static func bytes(fileByteCount: Int, checksum: CRC32) -> [UInt8] {
    let digits = String(checksum.value, radix: 16)
    let padded = String(repeating: "0", count: 8 - digits.count) + digits
    let text = beginning + Array("\(fileByteCount)\ncrc32 \(padded)\n".utf8)
    return text + [UInt8](repeating: 0, count: byteCount - text.count)
  }

  /// The size of the file that a header announces; `nil` where it announces none.
  static func fileByteCount(in header: ArraySlice<UInt8>) -> Int? {
    guard header.starts(with: beginning) else { return nil }
    let digits = header.dropFirst(beginning.count).prefix { $0 != UInt8(ascii: "\n") }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// Writes the header of `file` to its start.
  static func write(to file: UnsafeMutableRawBufferPointer) {
    var checksum = CRC32()
    checksum.add(UnsafeRawBufferPointer(rebasing: file[byteCount...]))
    file.copyBytes(from: bytes(fileByteCount: file.count, checksum: checksum))
  }
}

/// The checksum of gzip and zip: `zlib.crc32` in Python.
struct CRC32 {
  private(set) var value: UInt32 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    value = UInt32(
      truncatingIfNeeded: crc32_z(
        UInt(value), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
