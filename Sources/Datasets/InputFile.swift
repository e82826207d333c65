internal import Glibc

/// A regular file open for reading. The end of its lifetime closes it.
struct InputFile: ~Copyable {
  let path: String
  /// Size in bytes when the file was opened.
  let byteCount: Int
  private let descriptor: Int32

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
  }

  deinit { close(descriptor) }

  /// Whether a directory entry of any kind stands at `path`, a broken link included.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
  }

  /// The next `count` bytes, fewer only where the file ends before.
  func read(_ count: Int) throws(DatasetError) -> [UInt8] {
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

  private static func reason(_ code: Int32) -> String {
    String(cString: strerror(code))
  }
}
