internal import CHDF5

extension HDF5File {
  /// Copies to `target` every group, attribute and dataset that this module reads; what it does
  /// not read, and what is behind links, is left out.
  ///
  /// - Throws: what the reading or writing of one of them throws.
  package func copy(to target: borrowing HDF5File) throws(HDF5Error) {
    try copyGroup("/", depth: 0, to: target)
  }

  /// Copies to `target` those of the datasets `names` that there are: numbers, of any shape.
  ///
  /// - Throws: as above, and `elsewhere` for one that is behind a link or in other files.
  package func copyArrays(
    _ names: [String], to target: borrowing HDF5File
  ) throws(HDF5Error) {
    for name in names where try contains(name) {
      try target.write(try readArray(from: name), to: name)
    }
  }

  private func copyGroup(
    _ group: String, depth: Int, to target: borrowing HDF5File
  ) throws(HDF5Error) {
    // A group can hold itself.
    guard depth < 16 else { throw .tooDeep(path: path, object: group) }
    try copyAttributes(of: group, to: target)
    for member in try members(of: group) {
      let name = group == "/" ? member : "\(group)/\(member)"
      guard let kind = try kind(of: name) else { continue }
      if kind == H5O_TYPE_GROUP {
        try target.createGroup(name)
        try copyGroup(name, depth: depth + 1, to: target)
      } else if kind == H5O_TYPE_DATASET, try copyDataset(name, to: target) {
        try copyAttributes(of: name, to: target)
      }
    }
  }

  /// What `name` is; `nil` for a link to another place.
  private func kind(of name: String) throws(HDF5Error) -> H5O_type_t? {
    do { try requireObject(name) } catch {
      if case .elsewhere = error { return nil }
      throw error
    }
    var info = H5O_info_t()
    try checked("H5Oget_info_by_name", site(name)) {
      H5Oget_info_by_name2(
        identifier.raw, name, &info, UInt32(H5O_INFO_BASIC), shim_H5P_DEFAULT())
    }
    return info.type
  }

  private func copyAttributes(
    of object: String, to target: borrowing HDF5File
  ) throws(HDF5Error) {
    for name in try attributeNames(of: object) {
      let value = try readable { () throws(HDF5Error) in try attribute(name, of: object) }
      if case .some(.some(let value)) = value {
        try target.setAttribute(name, of: object, to: value)
      }
    }
  }

  /// - Returns: Whether it was copied.
  private func copyDataset(
    _ name: String, to target: borrowing HDF5File
  ) throws(HDF5Error) -> Bool {
    let element: HDF5ElementType?
    let isTable: Bool
    do throws(HDF5Error) {
      let stored = try storedType(of: try open(name), name)
      let type = stored.raw
      element = try HDF5ElementType.reading(type, site(name))
      isTable = locked { H5Tget_class(type) } == H5T_COMPOUND
    } catch {
      if case .elsewhere = error { return false }
      throw error
    }
    let copied: Void? = try readable { () throws(HDF5Error) in
      if let element, element.isNumber {
        try target.write(try readArray(from: name), to: name)
      } else if isTable {
        try target.write(try readTable(from: name), to: name)
      } else {
        try target.write(try readTexts(from: name), to: name)
      }
    }
    return copied != nil
  }

  /// What `body` reads; `nil` for a type that this module does not read.
  private func readable<Value>(
    _ body: () throws(HDF5Error) -> Value
  ) throws(HDF5Error) -> Value? {
    do { return try body() } catch {
      if case .unexpectedType = error { return nil }
      throw error
    }
  }
}
