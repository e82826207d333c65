/// Archives of arrays as `numpy.savez` writes them, made without numpy.
///
/// - Source: NumPy Enhancement Proposal 1 for the arrays; PKWARE's APPNOTE 6.3, sections 4.3.7,
///   4.3.12 and 4.3.16, for the archive (stored members).
package enum NPZFixture {
  /// An array: its type as numpy's `descr` says it (`|u1`, `<i8`), shape, and bytes.
  package typealias Array = (type: String, shape: [Int], bytes: [UInt8])

  /// The bytes of an archive with the arrays under their names.
  package static func archive(_ arrays: [(name: String, array: Array)]) -> [UInt8] {
    var members: [UInt8] = []
    var directory: [UInt8] = []
    for (name, array) in arrays {
      let content = npy(array)
      let name = Swift.Array((name + ".npy").utf8)
      // Version, flags, method, time, date; checksum, both sizes; lengths of name and extra field.
      let common: [UInt8] =
        words([20, 0, 0, 0, 0x21]) + long(crc32(content)) + long(UInt32(content.count))
        + long(UInt32(content.count)) + words([UInt16(name.count), 0])
      let offset = UInt32(members.count)
      members += long(0x0403_4b50) + common + name + content
      directory += long(0x0201_4b50) + words([20]) + common
      directory += words([0, 0, 0]) + long(0) + long(offset) + name
    }
    let count = UInt16(arrays.count)
    return members + directory + long(0x0605_4b50) + words([0, 0, count, count])
      + long(UInt32(directory.count)) + long(UInt32(members.count)) + words([0])
  }

  /// Little-endian int64 labels.
  package static func labels(_ labels: [Int]) -> Array {
    (
      "<i8", [labels.count],
      labels.flatMap { withUnsafeBytes(of: Int64($0).littleEndian) { [UInt8]($0) } }
    )
  }

  private static func npy(_ array: Array) -> [UInt8] {
    let shape = array.shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(array.type)', 'fortran_order': False, 'shape': (\(shape)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    return [0x93] + Swift.Array("NUMPY".utf8) + [1, 0] + words([UInt16(header.utf8.count)])
      + Swift.Array(header.utf8) + array.bytes
  }

  private static func words(_ values: [UInt16]) -> [UInt8] {
    values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
  }

  private static func long(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// - Source: RFC 1952, section 8, bit by bit.
  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
