internal import CZlib

/// The members of a zip archive, stored or deflated.
///
/// - Source: PKWARE, "APPNOTE.TXT", version 6.3.10, sections 4.3 and 4.4. Archives above 4 GiB and
///   encrypted ones are refused.
struct ZipArchive: ~Copyable {
  /// A member as the central directory describes it.
  private struct Member {
    let flags: Int
    let method: Int
    let checksum: Int
    let packedByteCount: Int
    let byteCount: Int
    let offset: Int
  }

  private let file: InputFile
  private let members: [String: Member]

  /// Reads the directory of the archive at `path`.
  init(path: String) throws(DatasetError) {
    let file = try InputFile(path: path, remedy: "Check the path.")
    members = try Self.members(of: file)
    self.file = file
  }

  private static func members(
    of file: borrowing InputFile
  ) throws(DatasetError) -> [String: Member] {
    var members: [String: Member] = [:]
    let (start, count) = try directory(of: file)
    var entry = start
    for _ in 0..<count {
      let fixed = try file.read(46, at: entry)
      guard fixed.count == 46, fixed.starts(with: [0x50, 0x4b, 1, 2]) else {
        throw damaged(file.path)
      }
      func field(_ offset: Int, _ width: Int) -> Int { number(fixed, offset, width) }
      let nameLength = field(28, 2)
      let name = String(decoding: try file.read(nameLength, at: entry + 46), as: UTF8.self)
      members[name] = Member(
        flags: field(8, 2), method: field(10, 2), checksum: field(16, 4),
        packedByteCount: field(20, 4), byteCount: field(24, 4), offset: field(42, 4))
      entry += 46 + nameLength + field(30, 2) + field(32, 2)
    }
    return members
  }

  /// The names of the members, in alphabetical order.
  var names: [String] { members.keys.sorted() }

  /// The content of a member; `nil` if there is none of that name.
  func content(of name: String) throws(DatasetError) -> [UInt8]? {
    guard let member = members[name] else { return nil }
    guard member.flags & 1 == 0, member.method == 0 || member.method == 8 else {
      throw .unreadableArchive(
        path: file.path, reason: "'\(name)' is encrypted or packed in a way other than deflate")
    }
    let header = try file.read(30, at: member.offset)
    guard header.count == 30, header.starts(with: [0x50, 0x4b, 3, 4]) else {
      throw Self.damaged(file.path)
    }
    let start = member.offset + 30 + Self.number(header, 26, 2) + Self.number(header, 28, 2)
    // Nothing is allocated that the file cannot hold.
    guard start + member.packedByteCount <= file.byteCount,
      member.byteCount <= member.packedByteCount * (member.method == 8 ? 1032 : 1)
    else { throw Self.damaged(file.path) }
    let packed = try file.read(member.packedByteCount, at: start)
    let content = member.method == 0 ? packed : Self.inflated(packed, count: member.byteCount)
    guard let content, content.count == member.byteCount,
      Int(crc32_z(0, content, content.count)) == member.checksum
    else { throw Self.damaged(file.path) }
    return content
  }

  /// Where the central directory starts, and the number of its entries.
  private static func directory(
    of file: borrowing InputFile
  ) throws(DatasetError) -> (start: Int, count: Int) {
    let length = min(file.byteCount, 22 + 65535)
    let tail = try file.read(length, at: file.byteCount - length)
    let places = stride(from: tail.count - 22, through: 0, by: -1)
    guard let end = places.first(where: { tail[$0...].starts(with: [0x50, 0x4b, 5, 6]) }) else {
      throw .unreadableArchive(
        path: file.path, reason: "this is not a zip archive, or its end is missing")
    }
    return (number(tail, end + 16, 4), number(tail, end + 10, 2))
  }

  private static func inflated(_ packed: [UInt8], count: Int) -> [UInt8]? {
    var stream = z_stream()
    guard shim_inflateInitRaw(&stream) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var packed = packed
    var isWhole = false
    let content = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      packed.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(count)
        isWhole = inflate(&stream, Z_FINISH) == Z_STREAM_END
      }
      filled = count - Int(stream.avail_out)
    }
    return isWhole ? content : nil
  }

  /// A little-endian number.
  private static func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int {
    bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private static func damaged(_ path: String) -> DatasetError {
    .unreadableArchive(path: path, reason: "the archive is damaged")
  }
}
