internal import Glibc
internal import HDF5

/// Where a run file or a checkpoint is read from.
package struct FileSource: Sendable {
  /// The path that errors name.
  package let path: String
  /// Whether the file must have its checksum.
  package var isVerified: Bool { copy == nil }
  /// Where a copy is that has a checksum, to be read in its place.
  package let copy: String?
  /// Lives as long as the source: the owner of the copy.
  private let owner: (any AnyObject & Sendable)?

  /// The file at `path`, which must have its checksum.
  package init(path: String) {
    self.path = path
    copy = nil
    owner = nil
  }

  /// A copy, made by `copyUnverified`, of the file at `path`.
  ///
  /// - Parameters:
  ///   - copy: Where the copy is.
  ///   - owner: Removes the copy at its end.
  package init(path: String, copiedTo copy: String, keeping owner: any AnyObject & Sendable) {
    self.path = path
    self.copy = copy
    self.owner = owner
  }

  func open() throws(RunLogError) -> HDF5File {
    try translated { () throws(HDF5Error) in
      try HDF5File(opening: RegularFile(openingAt: path, copiedTo: copy))
    }
  }

  /// Copies a file that has no checksum, or another than it should, to one that has.
  ///
  /// It lets `libhdf5` at bytes that nobody has checked, with which it can crash, never come to an
  /// end or take all memory. Call it in a process that may.
  ///
  /// - Parameters:
  ///   - descriptor: Where the copy is written to.
  ///   - arrays: The datasets of numbers that are wanted; all that the file has if there are none.
  package static func copyUnverified(
    _ path: String, arrays: [String] = [], to descriptor: Int32
  ) throws(RunLogError) {
    var image: [UInt8] = []
    let size = try translated { () throws(HDF5Error) in
      let file = try HDF5File(opening: RegularFile(openingAt: path), isVerified: false)
      let copy = try HDF5File(inMemoryFor: path)
      if arrays.isEmpty { try file.copy(to: copy) } else { try file.copyArrays(arrays, to: copy) }
      return try copy.copyImage(into: &image)
    }
    var written = 0
    while written < size {
      let count = image.withUnsafeBytes {
        write(descriptor, $0.baseAddress?.advanced(by: written), size - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw .cannotWrite(
          path: path, reason: SystemError(code: errno).reason, savedSteps: 0)
      }
      written += count
    }
  }
}
