internal import CHDF5
internal import Glibc
internal import Synchronization

/// An open HDF5 file. It cannot be copied; the end of its lifetime closes it.
///
/// Objects are addressed by their path in the file, `metrics/step/loss`. Any thread may use the
/// handle: calls into `libhdf5` take turns under one lock. A dataset that is still open when its
/// file goes out of scope keeps the file open until it goes itself.
public struct HDF5File: ~Copyable, Sendable {
  /// The path that errors name: where the file is, or where its image is meant to go.
  public let path: String
  let identifier: Identifier

  /// Creates a file at `path`, replacing what is there.
  ///
  /// - Throws: `failedCall` when it cannot be created.
  public init(creatingAt path: String) throws(HDF5Error) {
    self.path = path
    let site = CallSite(path: path)
    identifier = try Identifier("H5Fcreate", site, closedBy: { H5Fclose($0) }) {
      H5Fcreate(path, shim_H5F_ACC_TRUNC(), shim_H5P_DEFAULT(), shim_H5P_DEFAULT())
    }
  }

  /// Creates a file in memory; nothing reaches the disk unless the caller writes `image`.
  ///
  /// - Parameter path: The name that errors use.
  public init(inMemoryFor path: String) throws(HDF5Error) {
    self.path = path
    let site = CallSite(path: path)
    let access = try Identifier("H5Pcreate", site, closedBy: { H5Pclose($0) }) {
      H5Pcreate(shim_H5P_FILE_ACCESS())
    }
    try checked("H5Pset_fapl_core", site) { H5Pset_fapl_core(access.raw, 1 << 20, false) }
    let name = "\(path)#\(memoryFileCount.add(1, ordering: .relaxed).newValue)"
    identifier = try Identifier("H5Fcreate", site, closedBy: { H5Fclose($0) }) {
      H5Fcreate(name, shim_H5F_ACC_TRUNC(), shim_H5P_DEFAULT(), access.raw)
    }
  }

  /// Opens the file at `path` for reading.
  ///
  /// - Throws: `missingFile`, `notHDF5`, `truncated`, or `failedCall` for a file that cannot be
  ///   opened for another reason.
  public init(openingAt path: String) throws(HDF5Error) {
    self.path = path
    let site = CallSite(path: path)
    guard fileExists(path) else { throw .missingFile(path: path) }
    // The library would say of a folder, in several lines, that it cannot be read.
    if isFolder(path) { throw .folder(path: path) }
    guard try checked("H5Fis_hdf5", site, { H5Fis_hdf5(path) }) > 0 else {
      throw .notHDF5(path: path)
    }
    identifier = try Identifier("H5Fopen", site, closedBy: { H5Fclose($0) }) {
      H5Fopen(path, shim_H5F_ACC_RDONLY(), shim_H5P_DEFAULT())
    }
  }

  /// Writes everything that `libhdf5` still holds back.
  public func flush() throws(HDF5Error) {
    try checked("H5Fflush", site()) { H5Fflush(identifier.raw, H5F_SCOPE_GLOBAL) }
  }

  /// Copies the whole file, as it would stand on disk now, to the start of `buffer`, which grows
  /// where it is too small.
  ///
  /// - Returns: The size of the file in bytes; what follows in `buffer` is not part of it.
  public func copyImage(into buffer: inout [UInt8]) throws(HDF5Error) -> Int {
    try flush()
    let id = identifier.raw
    let size = try checked("H5Fget_file_image", site()) { H5Fget_file_image(id, nil, 0) }
    if buffer.count < size {
      buffer = [UInt8](repeating: 0, count: size + size / 4)
    }
    return try checked("H5Fget_file_image", site()) {
      buffer.withUnsafeMutableBytes { H5Fget_file_image(id, $0.baseAddress, size) }
    }
  }

  /// Creates a group and the groups above it that are not there yet.
  public func createGroup(_ name: String) throws(HDF5Error) {
    let links = try intermediateGroups(name)
    _ = try Identifier("H5Gcreate", site(name), closedBy: { H5Gclose($0) }) {
      H5Gcreate2(
        identifier.raw, name, links.raw, shim_H5P_DEFAULT(), shim_H5P_DEFAULT())
    }
  }

  /// Whether the file holds a group or dataset of this name.
  public func contains(_ name: String) throws(HDF5Error) -> Bool {
    var prefix = ""
    for part in name.split(separator: "/") {
      prefix += "/" + part
      let link = prefix
      let found = try checked("H5Lexists", site(name)) {
        H5Lexists(identifier.raw, link, shim_H5P_DEFAULT())
      }
      if found == 0 { return false }
    }
    return true
  }

  /// The names of a group's members, in alphabetical order.
  ///
  /// - Throws: `missingObject` when there is no such group.
  public func members(of group: String) throws(HDF5Error) -> [String] {
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

/// Whether something lies at `path` on disk.
private func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Whether a folder lies at `path`.
private func isFolder(_ path: String) -> Bool {
  var information = stat()
  return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
}

/// Files in memory so far. `libhdf5` refuses a second open file of the same name, even where the
/// names are of no file; the count makes them differ and is seen nowhere else.
private let memoryFileCount = Atomic(0)
