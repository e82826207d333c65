internal import CHDF5
internal import Synchronization

/// An open HDF5 file. It cannot be copied; the end of its lifetime closes it.
///
/// Objects are addressed by their path in the file, `metrics/step/loss`. Any thread may use the
/// handle: calls into `libhdf5` take turns under one lock. A dataset that is still open when its
/// file goes out of scope keeps the file open until it goes itself.
package struct HDF5File: ~Copyable, Sendable {
  /// The path that errors name: where the file is, or where its image is meant to go.
  package let path: String
  let identifier: Identifier

  /// Creates a file in memory; nothing reaches the disk unless the caller writes `image`.
  ///
  /// - Parameter path: The name that errors use.
  package init(inMemoryFor path: String) throws(HDF5Error) {
    self.path = path
    let site = CallSite(path: path)
    let access = try Identifier("H5Pcreate", site, closedBy: { H5Pclose($0) }) {
      H5Pcreate(shim_H5P_FILE_ACCESS())
    }
    try checked("H5Pset_fapl_core", site) { H5Pset_fapl_core(access.raw, 1 << 20, false) }
    let creation = try Identifier("H5Pcreate", site, closedBy: { H5Pclose($0) }) {
      H5Pcreate(shim_H5P_FILE_CREATE())
    }
    try checked("H5Pset_userblock", site) {
      H5Pset_userblock(creation.raw, hsize_t(FileHeader.byteCount))
    }
    let name = "\(path)#\(memoryFileCount.add(1, ordering: .relaxed).newValue)"
    identifier = try Identifier("H5Fcreate", site, closedBy: { H5Fclose($0) }) {
      H5Fcreate(name, shim_H5F_ACC_TRUNC(), creation.raw, access.raw)
    }
  }

  /// Opens a file for reading.
  ///
  /// - Parameters:
  ///   - file: Where its bytes are.
  ///   - isVerified: Whether its bytes must be those that its checksum was taken of. Of one that
  ///     is not verified, `libhdf5` can crash, never come to an end or take all memory.
  /// - Throws: `notHDF5`, `truncated`, `damaged`, `withoutChecksum`, or `failedCall` for a file
  ///   that cannot be opened for another reason.
  package init(opening file: borrowing RegularFile, isVerified: Bool = true) throws(HDF5Error) {
    path = file.path
    try file.verify(unless: !isVerified)
    let name = file.descriptorPath
    let site = CallSite(path: path)
    // A file can name a filter, which the library would look for in a folder of plugins and run.
    try checked("H5PLset_loading_state", site) { H5PLset_loading_state(0) }
    identifier = try Identifier("H5Fopen", site, closedBy: { H5Fclose($0) }) {
      H5Fopen(name, shim_H5F_ACC_RDONLY(), shim_H5P_DEFAULT())
    }
  }

  /// Opens the file of ours at `path` for reading.
  ///
  /// - Throws: what `RegularFile` and `init(opening:)` throw.
  package init(openingAt path: String) throws(HDF5Error) {
    try self.init(opening: RegularFile(openingAt: path))
  }

  /// Writes everything that `libhdf5` still holds back.
  package func flush() throws(HDF5Error) {
    try checked("H5Fflush", site()) { H5Fflush(identifier.raw, H5F_SCOPE_GLOBAL) }
  }

  /// Copies the whole file, as it is to stand on disk now, to the start of `buffer`, which grows
  /// where it is too small: a header with a checksum, and what the checksum is of.
  ///
  /// - Returns: The size of the file in bytes; what follows in `buffer` is not part of it.
  package func copyImage(into buffer: inout [UInt8]) throws(HDF5Error) -> Int {
    try flush()
    let id = identifier.raw
    let size = try checked("H5Fget_file_image", site()) { H5Fget_file_image(id, nil, 0) }
    let fileSize = FileHeader.byteCount + size
    if buffer.count < fileSize {
      buffer = [UInt8](repeating: 0, count: fileSize + fileSize / 4)
    }
    // The image begins after the user block.
    try checked("H5Fget_file_image", site()) {
      buffer.withUnsafeMutableBytes {
        H5Fget_file_image(id, $0.baseAddress.map { $0 + FileHeader.byteCount }, size)
      }
    }
    buffer.withUnsafeMutableBytes {
      FileHeader.write(to: UnsafeMutableRawBufferPointer(rebasing: $0.prefix(fileSize)))
    }
    return fileSize
  }

  /// Creates a group and the groups above it that are not there yet.
  package func createGroup(_ name: String) throws(HDF5Error) {
    let links = try intermediateGroups(name)
    _ = try Identifier("H5Gcreate", site(name), closedBy: { H5Gclose($0) }) {
      H5Gcreate2(
        identifier.raw, name, links.raw, shim_H5P_DEFAULT(), shim_H5P_DEFAULT())
    }
  }

  /// Whether the file holds a group or dataset of this name.
  ///
  /// - Throws: `elsewhere` for a link that leads to another place, of this file or another.
  package func contains(_ name: String) throws(HDF5Error) -> Bool {
    var prefix = ""
    for part in name.split(separator: "/") {
      prefix += "/" + part
      let link = prefix
      let found = try checked("H5Lexists", site(name)) {
        H5Lexists(identifier.raw, link, shim_H5P_DEFAULT())
      }
      if found == 0 { return false }
      var info = H5L_info_t()
      try checked("H5Lget_info", site(name)) {
        H5Lget_info(identifier.raw, link, &info, shim_H5P_DEFAULT())
      }
      guard info.type == H5L_TYPE_HARD else { throw .elsewhere(path: path, object: name) }
    }
    return true
  }

  /// The names of a group's members, in alphabetical order.
  ///
  /// - Throws: `missingObject` when there is no such group.
  package func members(of group: String) throws(HDF5Error) -> [String] {
    try requireObject(group)
    let opened = try Identifier("H5Gopen", site(group), closedBy: { H5Gclose($0) }) {
      H5Gopen2(identifier.raw, group, shim_H5P_DEFAULT())
    }
    var info = H5G_info_t()
    try checked("H5Gget_info", site(group)) { H5Gget_info(opened.raw, &info) }
    var names: [String] = []
    for index in 0..<info.nlinks {
      names.append(try memberName(of: opened.raw, at: index, group: group))
    }
    return names
  }

  private func memberName(
    of group: hid_t, at index: hsize_t, group name: String
  ) throws(HDF5Error) -> String {
    func call(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
      H5Lget_name_by_idx(
        group, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, shim_H5P_DEFAULT())
    }
    let length = try checked("H5Lget_name_by_idx", site(name)) { call(nil, 0) }
    var bytes = [CChar](repeating: 0, count: length + 1)
    try checked("H5Lget_name_by_idx", site(name)) { call(&bytes, length + 1) }
    return String(decoding: bytes.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func site(_ object: String? = nil) -> CallSite { CallSite(path: path, object: object) }

  /// Throws `missingObject` unless the file holds `name`.
  func requireObject(_ name: String) throws(HDF5Error) {
    guard try contains(name) else { throw .missingObject(path: path, object: name) }
  }

  /// A link-creation list that makes missing groups on the way.
  func intermediateGroups(_ name: String) throws(HDF5Error) -> Identifier {
    let links = try Identifier("H5Pcreate", site(name), closedBy: { H5Pclose($0) }) {
      H5Pcreate(shim_H5P_LINK_CREATE())
    }
    try checked("H5Pset_create_intermediate_group", site(name)) {
      H5Pset_create_intermediate_group(links.raw, 1)
    }
    return links
  }
}

/// Files in memory so far. `libhdf5` refuses a second open file of the same name, even where the
/// names are of no file; the count makes them differ and is seen nowhere else.
private let memoryFileCount = Atomic(0)
