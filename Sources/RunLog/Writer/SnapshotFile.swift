internal import Glibc

/// A file that is only ever replaced whole: each snapshot is written beside it and then takes its
/// name in one step, so that the name always stands for a complete snapshot.
struct SnapshotFile {
  /// Where the snapshots go, symbolic links resolved.
  let path: String
  private let temporaryPath: String
  private var mayReplace: Bool

  /// Checks `path` without touching what lies there.
  ///
  /// - Parameter replacesExisting: Whether a file that is there may be replaced.
  /// - Parameter createsFolder: Whether missing folders on the way are made.
  /// - Throws: `fileExists`, `notAFile`, `cannotCreateFolder`, or `cannotWrite` when the folder
  ///   is missing or does not let files be made.
  init(path: String, replacesExisting: Bool, createsFolder: Bool) throws(RunLogError) {
    var information = stat()
    if lstat(path, &information) == 0 {
      // What is no file cannot be replaced, so --force is no remedy for it.
      guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
        throw .notAFile(path: path)
      }
      guard replacesExisting else { throw .fileExists(path: path) }
      self.path = Self.resolved(path)
    } else {
      if createsFolder { try Self.createFolder(above: path) }
      self.path = path
    }
    mayReplace = replacesExisting
    temporaryPath = "\(self.path).\(getpid()).partial"
  }

  /// Checks that files can be made where the snapshots go.
  ///
  /// - Throws: `cannotWrite`.
  func checkFolder() throws(RunLogError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    if access(folder + "/.", W_OK | X_OK) != 0 { throw failure(0) }
  }

  /// Makes `bytes` the content of the file. On failure the snapshot before stays.
  ///
  /// - Throws: `cannotWrite`; `fileExists` when another process took the name meanwhile.
  mutating func publish(
    _ bytes: UnsafeRawBufferPointer, savedSteps: Int, isLast: Bool
  ) throws(RunLogError) {
    do throws(RunLogError) {
      try write(bytes, savedSteps: savedSteps, isLast: isLast)
      try takeName(savedSteps: savedSteps)
    } catch {
      unlink(temporaryPath)
      throw error
    }
  }

  /// Makes the first `byteCount` bytes of `image` the content of the file.
  ///
  /// - Throws: as above.
  mutating func publish(
    _ image: [UInt8], byteCount: Int, savedSteps: Int, isLast: Bool
  ) throws(RunLogError) {
    var refusal: RunLogError?
    image.withUnsafeBytes { bytes in
      do throws(RunLogError) {
        try publish(
          UnsafeRawBufferPointer(rebasing: bytes.prefix(byteCount)), savedSteps: savedSteps,
          isLast: isLast)
      } catch { refusal = error }
    }
    if let refusal { throw refusal }
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, savedSteps: Int, isLast: Bool
  ) throws(RunLogError) {
    let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(savedSteps) }
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(
        descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = failure(savedSteps)
        close(descriptor)
        throw error
      }
      written += count
    }
    // The last snapshot is to outlast a power failure too.
    if isLast, fdatasync(descriptor) != 0, errno != EINVAL {
      let error = failure(savedSteps)
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw failure(savedSteps) }
  }

  private mutating func takeName(savedSteps: Int) throws(RunLogError) {
    if !mayReplace {
      // A link, unlike a rename, refuses a name that is taken.
      if link(temporaryPath, path) == 0 {
        unlink(temporaryPath)
        mayReplace = true
        return
      }
      if errno == EEXIST { throw .fileExists(path: path) }
      // A file system without hard links: check, then rename.
      guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { throw failure(savedSteps) }
      if access(path, F_OK) == 0 { throw .fileExists(path: path) }
    }
    guard rename(temporaryPath, path) == 0 else { throw failure(savedSteps) }
    mayReplace = true
  }

  /// The error that `errno` stands for.
  private func failure(_ savedSteps: Int) -> RunLogError {
    .cannotWrite(path: path, reason: systemReason(errno), savedSteps: savedSteps)
  }

  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func createFolder(above path: String) throws(RunLogError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/").dropLast() {
      prefix += prefix.isEmpty || prefix == "/" ? String(part) : "/" + part
      guard mkdir(prefix, 0o755) != 0, errno != EEXIST else { continue }
      let code = errno
      guard access(prefix, F_OK) != 0 else { continue }
      throw .cannotCreateFolder(path: prefix, reason: systemReason(code))
    }
  }
}

/// The operating system's words for an error code.
private func systemReason(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}
