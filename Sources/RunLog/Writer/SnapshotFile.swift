internal import Glibc
internal import HDF5

/// A file that is only ever replaced whole: each snapshot is written beside it and then takes its
/// name in one step, so that the name always stands for a complete snapshot.
struct SnapshotFile {
  /// Where the snapshots go, symbolic links resolved.
  let path: String
  private var mayReplace: Bool
  private var hasSwept = false

  /// Checks `path` without touching what lies there.
  ///
  /// - Parameter replacesExisting: Whether a file of ours that is there may be replaced.
  /// - Parameter createsFolder: Whether missing folders on the way are made.
  /// - Throws: `foreignFile`, `fileExists`, `notAFile`, `cannotCreateFolder`, or `cannotWrite` when
  ///   the folder is missing, does not let files be made or takes no name of that length.
  init(path: String, replacesExisting: Bool, createsFolder: Bool) throws(RunLogError) {
    var information = stat()
    if lstat(path, &information) == 0 {
      // What is no file cannot be replaced, so --force is no remedy for it.
      guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
        throw .notAFile(path: path)
      }
      let isReplaceable = try translated { () throws(HDF5Error) in
        try RegularFile(openingAt: path).isReplaceable
      }
      guard isReplaceable else { throw .foreignFile(path: path) }
      guard replacesExisting else { throw .fileExists(path: path) }
      self.path = Self.resolved(path)
    } else {
      if errno == ENAMETOOLONG { throw Self.failure(path, ENAMETOOLONG, 0) }
      if createsFolder { try Self.createFolder(above: path) }
      self.path = path
    }
    mayReplace = replacesExisting
  }

  /// Checks that files can be made where the snapshots go.
  ///
  /// - Throws: `cannotWrite`.
  func checkFolder() throws(RunLogError) {
    let folder = PartialFile.folder(of: path)
    if access(folder + "/.", W_OK | X_OK) != 0 { throw Self.failure(path, errno, 0) }
    // Where the folder was missing, nobody has looked at the name yet.
    var information = stat()
    if lstat(path, &information) != 0, errno == ENAMETOOLONG {
      throw Self.failure(path, ENAMETOOLONG, 0)
    }
  }

  /// Makes `bytes` the content of the file. On failure the snapshot before stays.
  ///
  /// - Throws: `cannotWrite`; `fileExists` when another process took the name meanwhile.
  mutating func publish(
    _ bytes: UnsafeRawBufferPointer, savedSteps: Int, isLast: Bool
  ) throws(RunLogError) {
    if !hasSwept { PartialFile.sweep(PartialFile.folder(of: path)) }
    hasSwept = true
    do throws(SystemError) {
      let partial = try PartialFile(beside: path)
      do throws(SystemError) {
        // The last snapshot is to outlast a power failure too.
        try partial.write(bytes, isDurable: isLast)
        try partial.takeName(of: path, mayReplace: mayReplace)
        mayReplace = true
      } catch {
        partial.remove()
        throw error
      }
    } catch {
      if error.code == EEXIST { throw .fileExists(path: path) }
      throw Self.failure(path, error.code, savedSteps)
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

  private static func failure(_ path: String, _ code: Int32, _ savedSteps: Int) -> RunLogError {
    .cannotWrite(path: path, reason: SystemError(code: code).reason, savedSteps: savedSteps)
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
      throw .cannotCreateFolder(path: prefix, reason: SystemError(code: code).reason)
    }
  }
}

/// What the operating system refused.
struct SystemError: Error {
  let code: Int32

  /// The system's words for it.
  var reason: String { strerror(code).map { String(cString: $0) } ?? "for an unknown reason" }
}
