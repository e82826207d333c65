internal import CZlib
internal import Glibc

/// A regular file open for reading, unpacked on the way where gzip has compressed it. The end of its
/// lifetime closes it.
struct InputFile: ~Copyable {
  let path: String
  /// Size in bytes on the disk when the file was opened.
  let byteCount: Int
  private let descriptor: Int32
  /// Unpacks; `nil` for a file that is not compressed. It owns the descriptor.
  private let unpacker: gzFile?

  /// Opens the file at `path`; `remedy` is what a user should do if there is none.
  init(path: String, remedy: String) throws(DatasetError) {
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missingFile(path: path, remedy: remedy)
        : .unreadableFile(path: path, reason: Self.reason(errno))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = Self.reason(errno)
      close(descriptor)
      throw .unreadableFile(path: path, reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notARegularFile(path: path)
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
    var start: [UInt8] = [0, 0]
    // RFC 1952, section 2.3.1.
    let isCompressed = pread(descriptor, &start, 2, 0) == 2 && start == [0x1f, 0x8b]
    unpacker = isCompressed ? gzdopen(descriptor, "rb") : nil
  }

  deinit { if let unpacker { gzclose(unpacker) } else { close(descriptor) } }

  /// Whether gzip has compressed it.
  var isCompressed: Bool { unpacker != nil }

  /// Bytes that it can unpack to at most: deflate shrinks at most 1,032-fold.
  ///
  /// - Source: zlib, "Technical Details", "Maximum Compression Factor".
  var largestContent: Int {
    isCompressed ? byteCount.multipliedReportingOverflow(by: 1032).partialValue : byteCount
  }

  /// Whether anything stands at `path`, a broken link included.
  static func isTaken(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
  }

  /// Whether anything but a folder stands at `path`, a broken link included.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    if stat(path, &status) == 0 { return status.st_mode & S_IFMT != S_IFDIR }
    return isTaken(path)
  }

  /// The next `count` bytes, fewer only where the file ends before.
  ///
  /// - Throws: `unreadableFile`; `damagedCompression`.
  func read(_ count: Int) throws(DatasetError) -> [UInt8] {
    if let unpacker { return try unpack(count, from: unpacker) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let received = Glibc.read(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
        if received > 0 {
          filled += received
        } else if received == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    guard failure == 0 else {
      throw .unreadableFile(path: path, reason: Self.reason(failure))
    }
    return bytes
  }

  private func unpack(_ count: Int, from unpacker: gzFile) throws(DatasetError) -> [UInt8] {
    var isDamaged = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let part = UInt32(min(count - filled, 1 << 24))
        let received = gzread(unpacker, buffer.baseAddress.map { $0 + filled }, part)
        if received > 0 { filled += Int(received) }
        if received == Int32(part) { continue }
        var code = Z_OK
        _ = gzerror(unpacker, &code)
        isDamaged = code != Z_OK
        return
      }
    }
    if isDamaged { throw .damagedCompression(path: path) }
    return bytes
  }

  /// The `count` bytes from `offset` on, fewer only where the file ends before. Not for a file that
  /// gzip has compressed.
  func read(_ count: Int, at offset: Int) throws(DatasetError) -> [UInt8] {
    guard lseek(descriptor, offset, SEEK_SET) == offset else {
      throw .unreadableFile(path: path, reason: Self.reason(errno))
    }
    return try read(count)
  }

  private static func reason(_ code: Int32) -> String {
    String(cString: strerror(code))
  }
}
