internal import Glibc

/// A regular file open for reading. The end of its lifetime closes it.
package struct RegularFile: ~Copyable, Sendable {
  /// The path that errors name.
  package let path: String
  /// Its size when it was opened.
  let byteCount: Int
  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Parameter copy: Where a copy of it is, to be opened in its place.
  /// - Throws: `missingFile`, `folder`, `notAFile`, `unreadable`.
  package init(openingAt path: String, copiedTo copy: String? = nil) throws(HDF5Error) {
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
    let descriptor = open(copy ?? path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .missingFile(path: path) : .unreadable(path: path, reason: Self.systemReason())
    }
    var information = stat()
    let isKnown = fstat(descriptor, &information) == 0
    let kind = information.st_mode & S_IFMT
    guard isKnown, kind == S_IFREG else {
      let reason = Self.systemReason()
      close(descriptor)
      if !isKnown { throw .unreadable(path: path, reason: reason) }
      throw kind == S_IFDIR ? .folder(path: path) : .notAFile(path: path)
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(information.st_size)
  }

  deinit { close(descriptor) }

  /// A path that leads to this very file, even if another takes its name.
  var descriptorPath: String { "/proc/self/fd/\(descriptor)" }

  /// Whether nothing is lost with the file but a file of ours: it has our header, or is empty.
  package var isReplaceable: Bool {
    get throws(HDF5Error) {
      let beginning = try bytes(at: 0, count: FileHeader.beginning.count)
      return beginning.isEmpty || beginning == FileHeader.beginning
    }
  }

  /// Checks that the file is an HDF5 file, and one of ours and whole, before anything else looks
  /// at it.
  ///
  /// - Parameter isTrusted: Whether it may be any HDF5 file.
  /// - Throws: `notHDF5`, `withoutChecksum`, `truncated`, `damaged`, `unreadable`.
  func verify(unless isTrusted: Bool) throws(HDF5Error) {
    let header = try bytes(at: 0, count: FileHeader.byteCount)
    let isOurs = header.starts(with: FileHeader.beginning)
    let hasOurPlace = try hasSignature(at: FileHeader.byteCount)
    guard isOurs || hasOurPlace else {
      let isForeign = try isForeign
      if isForeign, isTrusted { return }
      throw isForeign ? .withoutChecksum(path: path) : .notHDF5(path: path)
    }
    if isTrusted { return }
    guard let announced = FileHeader.fileByteCount(in: header[...]) else {
      throw .damaged(path: path)
    }
    guard byteCount >= announced else { throw .truncated(path: path) }
    guard byteCount == announced else { throw .damaged(path: path) }
    let checksum = try checksum()
    guard header == FileHeader.bytes(fileByteCount: byteCount, checksum: checksum) else {
      throw .damaged(path: path)
    }
  }

  /// Of all that follows the header.
  private func checksum() throws(HDF5Error) -> CRC32 {
    var checksum = CRC32()
    var offset = FileHeader.byteCount
    while offset < byteCount {
      let part = try bytes(at: offset, count: 1 << 20)
      if part.isEmpty { throw .truncated(path: path) }
      part.withUnsafeBytes { checksum.add($0) }
      offset += part.count
    }
    return checksum
  }

  /// Whether it is an HDF5 file without a header of ours: the signature is at 0 or after a user
  /// block, whose size is a power of two.
  ///
  /// - Source: HDF5 File Format Specification 3.0, section II.A.
  private var isForeign: Bool {
    get throws(HDF5Error) {
      var offset = 0
      while offset < byteCount {
        if try hasSignature(at: offset) { return true }
        offset = offset == 0 ? 512 : 2 * offset
      }
      return false
    }
  }

  private func hasSignature(at offset: Int) throws(HDF5Error) -> Bool {
    try bytes(at: offset, count: 8) == [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
  }

  /// The bytes from `offset` on, fewer than `count` only where the file ends before.
  private func bytes(at offset: Int, count: Int) throws(HDF5Error) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let received = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, offset + filled)
        if received == 0 { return }
        if received > 0 {
          filled += received
        } else if errno != EINTR {
          failed = true
          return
        }
      }
    }
    if failed { throw .unreadable(path: path, reason: Self.systemReason()) }
    return bytes
  }

  /// The operating system's words for what went wrong last.
  private static func systemReason() -> String {
    strerror(errno).map { String(cString: $0) } ?? "the system gives no reason"
  }
}
