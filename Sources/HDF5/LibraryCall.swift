internal import CHDF5
internal import Synchronization

/// `libhdf5` as Debian builds it keeps process-wide state and takes no lock of its own, so every
/// call into it happens while this one lock is held. Handles may therefore move between threads,
/// and two threads may use two files; calls simply take turns.
private let libraryLock = Mutex(())

/// Where a call is made: what an error will name.
struct CallSite {
  let path: String
  let object: String?

  init(path: String, object: String? = nil) {
    self.path = path
    self.object = object
  }
}

/// Makes one call of `libhdf5` that answers a negative number on failure.
///
/// Loads the library where that is still to be done, locks it, silences its printing, calls, and on failure takes the reason from the error
/// stack and empties it, all on this thread: the stack and the printing belong to the thread.
@discardableResult
func checked<Result: SignedInteger & Sendable>(
  _ call: String, _ site: CallSite, _ body: () -> Result
) throws(HDF5Error) -> Result {
  if let reason = chdf5_load() {
    throw .noLibrary(path: site.path, reason: String(cString: reason))
  }
  let (result, failure) = libraryLock.withLock { _ -> (Result, LibraryFailure?) in
    H5Eset_auto2(shim_H5E_DEFAULT(), nil, nil)
    let result = body()
    guard result < 0 else { return (result, nil) }
    let failure = LibraryFailure.current()
    H5Eclear2(shim_H5E_DEFAULT())
    return (result, failure)
  }
  guard let failure else { return result }
  if failure.isTruncation { throw .truncated(path: site.path) }
  throw .failedCall(
    path: site.path, object: site.object, call: call, reason: failure.reason)
}

/// Runs `body` with the library locked, for calls whose result cannot fail or does not matter.
func locked<Result: Sendable>(_ body: () -> Result) -> Result {
  libraryLock.withLock { _ in
    H5Eset_auto2(shim_H5E_DEFAULT(), nil, nil)
    let result = body()
    H5Eclear2(shim_H5E_DEFAULT())
    return result
  }
}

/// What the error stack of this thread says after a failed call.
private struct LibraryFailure: Sendable {
  /// The description in the innermost record.
  var reason = "the library gives no reason"
  /// Whether some record says that the file is shorter than its header claims.
  var isTruncation = false
  private var isFirst = true

  /// Reads the stack from the innermost record outwards, without emptying it.
  static func current() -> LibraryFailure {
    var failure = LibraryFailure()
    withUnsafeMutablePointer(to: &failure) { pointer in
      _ = H5Ewalk2(
        shim_H5E_DEFAULT(), H5E_WALK_UPWARD,
        { _, record, context in
          guard let record = record?.pointee,
            let failure = context?.assumingMemoryBound(to: LibraryFailure.self)
          else { return 0 }
          if failure.pointee.isFirst, let text = record.desc {
            failure.pointee.reason = String(cString: text)
              .split(separator: "\n").joined(separator: " ")
            failure.pointee.isFirst = false
          }
          if record.min_num == shim_H5E_TRUNCATED() { failure.pointee.isTruncation = true }
          return 0
        }, pointer)
    }
    return failure
  }
}

/// An identifier of `libhdf5` that this value owns: the end of its lifetime closes it.
struct Identifier: ~Copyable, Sendable {
  let raw: hid_t
  private let close: @Sendable (hid_t) -> herr_t

  init(
    _ call: String, _ site: CallSite, closedBy close: @escaping @Sendable (hid_t) -> herr_t,
    _ open: () -> hid_t
  ) throws(HDF5Error) {
    raw = try checked(call, site, open)
    self.close = close
  }

  deinit { _ = locked { close(raw) } }
}
