internal import Glibc

/// A new file beside another, whose name it takes when it is complete. Until then it is locked, so
/// that one without a lock is one whose writer is dead.
struct PartialFile: ~Copyable {
  private let path: String
  private let descriptor: Int32
  /// The access rights of the file that it is to replace.
  private let mode: mode_t?

  private static let ending = ".partial"
  /// The longest name that Linux's file systems take, in bytes.
  private static let longestName = 255

  /// Makes a file that nobody else has, with the access rights of `target` if that is there.
  init(beside target: String) throws(SystemError) {
    var information = stat()
    mode = stat(target, &information) == 0 ? information.st_mode & 0o7777 : nil
    for _ in 0..<100 {
      let path = Self.freshPath(beside: target)
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let descriptor = open(path, flags, (mode ?? 0o644) & 0o777)
      guard descriptor >= 0 else {
        if errno == EEXIST { continue }
        throw SystemError(code: errno)
      }
      // Another writer may sweep the file in the moment before it is locked.
      let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno == ENOLCK || errno == ENOSYS
      if isLocked, fstat(descriptor, &information) == 0, information.st_nlink > 0 {
        self.path = path
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
    throw SystemError(code: EAGAIN)
  }

  deinit { close(descriptor) }

  func write(_ bytes: UnsafeRawBufferPointer, isDurable: Bool) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(
        descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError(code: errno) }
      written += count
    }
    // What the umask took away.
    if let mode, fchmod(descriptor, mode) != 0 { throw SystemError(code: errno) }
    if isDurable, fdatasync(descriptor) != 0, errno != EINVAL { throw SystemError(code: errno) }
  }

  /// Gives the file the name of `target`.
  ///
  /// - Throws: code `EEXIST` if the name is taken and may not be replaced.
  func takeName(of target: String, mayReplace: Bool) throws(SystemError) {
    if !mayReplace {
      // A link, unlike a rename, refuses a name that is taken.
      if link(path, target) == 0 {
        unlink(path)
        return
      }
      // A file system without hard links: check, then rename.
      guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else {
        throw SystemError(code: errno)
      }
      if access(target, F_OK) == 0 { throw SystemError(code: EEXIST) }
    }
    guard rename(path, target) == 0 else { throw SystemError(code: errno) }
  }

  func remove() { unlink(path) }

  /// `FILE.0123456789abcdef.partial`, with less of `FILE` where that would be too long.
  private static func freshPath(beside target: String) -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    let suffix = "." + String(repeating: "0", count: 16 - digits.count) + digits + ending
    var name = target.split(separator: "/").last.map(String.init) ?? ""
    while name.utf8.count + suffix.utf8.count > longestName { name.removeLast() }
    return "\(folder(of: target))/\(name)\(suffix)"
  }

  /// The folder that holds `path`.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

extension PartialFile {
  /// Removes from `folder` what writers left that were killed.
  static func sweep(_ folder: String) {
    guard let entries = opendir(folder) else { return }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if isPartial(name) { removeAbandoned("\(folder)/\(name)") }
    }
  }

  private static func isPartial(_ name: String) -> Bool {
    guard name.hasSuffix(ending) else { return false }
    let stem = name.dropLast(ending.count)
    return stem.dropLast(16).hasSuffix(".") && stem.suffix(16).allSatisfy(\.isHexDigit)
  }

  /// Removes a file of ours that nobody has locked.
  private static func removeAbandoned(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
      information.st_uid == geteuid(), flock(descriptor, LOCK_EX | LOCK_NB) == 0
    else { return }
    unlink(path)
  }
}
