internal import Foundation
internal import Glibc
internal import RunLog

/// Reads files whose checksum is missing or wrong, as `--unverified` asks.
///
/// libhdf5 trusts what it reads: one damaged byte can make it crash, go round for ever or take all
/// memory. A process of its own therefore copies what can be read to a file with a checksum, with
/// limits on time and memory, and only the copy is read here.
enum UnverifiedFile {
  /// The first argument of the process that copies; the second is the file, and what follows are the
  /// arrays that are wanted.
  static let argument = "--copy-unverified-file"

  /// What to read for `path`, which `isVerified` says must have its checksum.
  ///
  /// - Throws: `CommandFailure.usage` where it cannot be read.
  static func source(_ path: String, isVerified: Bool) throws -> FileSource {
    isVerified ? FileSource(path: path) : try copied(path)
  }

  /// A copy of the file at `path`, or of those of its `arrays` that there are.
  ///
  /// - Throws: `CommandFailure.usage` where it cannot be read.
  static func copied(_ path: String, arrays: [String] = []) throws -> FileSource {
    let copy = try TemporaryFile()
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe")
    process.arguments = [argument, path] + arrays
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = copy.handle
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch {
      throw CommandFailure.runtime("\(path): no process can be started to read it.")
    }
    process.waitUntilExit()
    if process.terminationReason == .uncaughtSignal {
      throw CommandFailure.usage("\(path): \(reason(process.terminationStatus))")
    }
    if process.terminationStatus != 0 {
      try copy.handle.seek(toOffset: 0)
      let words = try copy.handle.readToEnd().map { String(decoding: $0, as: UTF8.self) }
      throw CommandFailure.usage(words ?? "\(path): the file cannot be read.")
    }
    return FileSource(path: path, copiedTo: copy.path, keeping: copy)
  }

  /// Why the process that copies was ended.
  private static func reason(_ signal: Int32) -> String {
    let cause =
      switch signal {
      case SIGPROF, SIGALRM: "reading it comes to no end"
      case SIGKILL: "reading it was ended from outside"
      default: "the HDF5 library crashes over it, or wants too much memory"
      }
    return "the file is damaged: \(cause). Use another copy."
  }

  /// A new file, which is gone with the value.
  private final class TemporaryFile: Sendable {
    let path: String
    let handle: FileHandle

    init() throws(CommandFailure) {
      var name = Array((NSTemporaryDirectory() + "/simtrain-copy.XXXXXX").utf8CString)
      let descriptor = mkstemp(&name)
      guard descriptor >= 0 else {
        throw .runtime(
          "\(NSTemporaryDirectory()): no file can be made there. Set TMPDIR to another folder.")
      }
      path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit { unlink(path) }
  }
}

// MARK: The process that copies

extension UnverifiedFile {
  /// Copies the file at `path` to standard output, or writes there what is wrong with it.
  ///
  /// - Returns: The exit status.
  static func copyToStandardOutput(_ path: String, arrays: [String]) -> Int32 {
    limitResources(fileByteCount: byteCount(of: path), isData: !arrays.isEmpty)
    do {
      try FileSource.copyUnverified(path, arrays: arrays, to: STDOUT_FILENO)
      return 0
    } catch {
      StandardStreams.write("\(error)", to: STDOUT_FILENO)
      return 2
    }
  }

  private static func byteCount(of path: String) -> Int {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : 0
  }

  /// 0.4 seconds of processor time and 1 GiB of memory, more of both for large files: deflated
  /// numbers are in memory three times when the copy is made. Data sets can shrink a thousandfold, and
  /// get 10 seconds and 8 GiB.
  private static func limitResources(fileByteCount: Int, isData: Bool) {
    let mebibytes = fileByteCount >> 20
    limit(RLIMIT_AS, to: ((isData ? 8192 : 1024) + 24 * mebibytes) << 20)
    limit(RLIMIT_CORE, to: 0)
    var timer = itimerval()
    timer.it_value.tv_sec = (isData ? 10 : 0) + mebibytes / 8
    timer.it_value.tv_usec = 400_000
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    // Whatever it waits for, it does not wait for ever.
    alarm(UInt32(clamping: 60 + mebibytes))
  }

  private static func limit(_ resource: __rlimit_resource, to value: Int) {
    var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }
}
