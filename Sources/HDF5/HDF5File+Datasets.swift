internal import CHDF5

extension HDF5File {
  /// Writes `values` as a new one-dimensional dataset.
  package func write<Element: HDF5Scalar>(
    _ values: [Element], to name: String, layout: HDF5Layout = .contiguous
  ) throws(HDF5Error) {
    let element = Element.hdf5ElementType
    let type = try element.makeIdentifier(site(name))
    let dataset = try createFixed(
      name, type: type.raw, count: values.count, layout: layout, byteCount: element.byteCount)
    try write(dataset, type: type.raw, name) { body in values.withUnsafeBytes(body) }
  }

  /// Writes `text` as a new scalar dataset of variable length.
  package func write(_ text: String, to name: String) throws(HDF5Error) {
    try writeTexts([text], to: name, count: nil)
  }

  /// Writes `texts` as a new one-dimensional dataset of variable-length text.
  package func write(_ texts: [String], to name: String) throws(HDF5Error) {
    try writeTexts(texts, to: name, count: texts.count)
  }

  /// The numbers of a one-dimensional dataset, converted to `Element` where the file stores
  /// another width.
  ///
  /// - Throws: `missingObject`; `unexpectedType` for text, tables and more than one dimension.
  package func read<Element: HDF5Scalar>(
    _: Element.Type = Element.self, from name: String
  ) throws(HDF5Error) -> [Element] {
    let dataset = try open(name)
    let expected = Element.hdf5ElementType
    let stored = try storedType(of: dataset, name)
    let found = try HDF5ElementType.reading(stored.raw, site(name))
    guard let found, found.isNumber else {
      throw .unexpectedType(
        path: path, object: name, found: found?.description ?? "text or a table",
        expected: expected.description)
    }
    let count = try rowCount(of: dataset, name, byteCount: expected.byteCount)
    let type = try expected.makeIdentifier(site(name))
    var values = [Element](repeating: Element(), count: count)
    try read(dataset, type: type.raw, name) { body in values.withUnsafeMutableBytes(body) }
    return values
  }

  /// The texts of a dataset of variable-length text; one for a scalar dataset.
  ///
  /// - Throws: `missingObject`; `unexpectedType` for anything but text of variable length.
  package func readTexts(from name: String) throws(HDF5Error) -> [String] {
    let dataset = try open(name)
    let stored = try storedType(of: dataset, name)
    let (id, storedID) = (dataset.raw, stored.raw)
    guard locked({ H5Tis_variable_str(storedID) }) > 0 else {
      throw .unexpectedType(
        path: path, object: name, found: "another type", expected: "text of variable length")
    }
    let space = try Identifier("H5Dget_space", site(name), closedBy: { H5Sclose($0) }) {
      H5Dget_space(id)
    }
    let spaceID = space.raw
    let count = Int(
      try checked("H5Sget_simple_extent_npoints", site(name)) {
        H5Sget_simple_extent_npoints(spaceID)
      })
    let type = try HDF5ElementType.makeVariableText(site(name))
    let typeID = type.raw
    return try readVariableTexts("H5Dread", site(name), count: count, type: typeID, space: spaceID)
    { buffer in
      H5Dread(id, typeID, shim_H5S_ALL(), shim_H5S_ALL(), shim_H5P_DEFAULT(), buffer)
    }
  }

  private func writeTexts(
    _ texts: [String], to name: String, count: Int?
  ) throws(HDF5Error) {
    let type = try HDF5ElementType.makeVariableText(site(name))
    let space = try makeSpace(count: count, site(name))
    let dataset = try createDataset(
      name, type: type.raw, space: space.raw, layout: .contiguous, byteCount: 16)
    guard !texts.isEmpty else { return }
    let (id, typeID) = (dataset.raw, type.raw)
    try checked("H5Dwrite", site(name)) {
      withCStrings(texts) {
        H5Dwrite(id, typeID, shim_H5S_ALL(), shim_H5S_ALL(), shim_H5P_DEFAULT(), $0)
      }
    }
  }

  /// Creates a one-dimensional dataset of `count` elements that does not grow.
  func createFixed(
    _ name: String, type: hid_t, count: Int, layout: HDF5Layout, byteCount: Int
  ) throws(HDF5Error) -> Identifier {
    try createFixed(name, type: type, shape: [count], layout: layout, byteCount: byteCount)
  }

  /// Creates a dataset of `shape` that does not grow.
  func createFixed(
    _ name: String, type: hid_t, shape: [Int], layout: HDF5Layout, byteCount: Int
  ) throws(HDF5Error) -> Identifier {
    let space = try makeSpace(shape: shape, site(name))
    var layout = layout
    if case .compressed(let rows) = layout {
      let count = shape.first ?? 0
      layout =
        shape.contains(0) || shape.isEmpty ? .contiguous : .compressed(rows: min(rows, count))
    }
    return try createDataset(
      name, type: type, space: space.raw, layout: layout, byteCount: byteCount,
      inner: Array(shape.dropFirst()))
  }

  /// Writes a whole dataset from the bytes that `withBytes` hands over.
  func write(
    _ dataset: borrowing Identifier, type: hid_t, _ name: String,
    _ withBytes: ((UnsafeRawBufferPointer) -> herr_t) -> herr_t
  ) throws(HDF5Error) {
    let id = dataset.raw
    try checked("H5Dwrite", site(name)) {
      withBytes { bytes in
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return 0 }
        return H5Dwrite(id, type, shim_H5S_ALL(), shim_H5S_ALL(), shim_H5P_DEFAULT(), base)
      }
    }
  }

  /// Reads a whole dataset into the bytes that `withBytes` hands over.
  func read(
    _ dataset: borrowing Identifier, type: hid_t, _ name: String,
    _ withBytes: ((UnsafeMutableRawBufferPointer) -> herr_t) -> herr_t
  ) throws(HDF5Error) {
    let id = dataset.raw
    try checked("H5Dread", site(name)) {
      withBytes { bytes in
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return 0 }
        return H5Dread(id, type, shim_H5S_ALL(), shim_H5S_ALL(), shim_H5P_DEFAULT(), base)
      }
    }
  }

  /// Opens the dataset `name`.
  ///
  /// - Throws: `elsewhere` if its elements are in other files.
  func open(_ name: String) throws(HDF5Error) -> Identifier {
    try requireObject(name)
    let dataset = try Identifier("H5Dopen", site(name), closedBy: { H5Dclose($0) }) {
      H5Dopen2(identifier.raw, name, shim_H5P_DEFAULT())
    }
    let id = dataset.raw
    let creation = try Identifier("H5Dget_create_plist", site(name), closedBy: { H5Pclose($0) }) {
      H5Dget_create_plist(id)
    }
    let listID = creation.raw
    let externals = try checked("H5Pget_external_count", site(name)) {
      H5Pget_external_count(listID)
    }
    guard externals == 0, locked({ H5Pget_layout(listID) }) != H5D_VIRTUAL else {
      throw .elsewhere(path: path, object: name)
    }
    return dataset
  }

  /// The type that the file stores `dataset` in.
  func storedType(
    of dataset: borrowing Identifier, _ name: String
  ) throws(HDF5Error) -> Identifier {
    let id = dataset.raw
    return try Identifier("H5Dget_type", site(name), closedBy: { H5Tclose($0) }) {
      H5Dget_type(id)
    }
  }

  /// The number of rows, of `byteCount` bytes each, of the one-dimensional `dataset`.
  ///
  /// - Throws: `tooFewBytes` when the file is too small to hold so many, as a damaged one may be.
  func rowCount(
    of dataset: borrowing Identifier, _ name: String, byteCount: Int
  ) throws(HDF5Error) -> Int {
    let shape = try shape(of: dataset, name, byteCount: byteCount)
    guard shape.count == 1 else {
      throw .unexpectedType(
        path: path, object: name, found: "\(shape.count) dimensions", expected: "one dimension")
    }
    return shape[0]
  }

  /// The extents, outermost first, of `dataset`, whose elements take `byteCount` bytes each.
  ///
  /// - Throws: `tooFewBytes` when the file is too small to hold so many, as a damaged one may be.
  func shape(
    of dataset: borrowing Identifier, _ name: String, byteCount: Int
  ) throws(HDF5Error) -> [Int] {
    let id = dataset.raw
    let space = try Identifier("H5Dget_space", site(name), closedBy: { H5Sclose($0) }) {
      H5Dget_space(id)
    }
    let spaceID = space.raw
    let rank = try checked("H5Sget_simple_extent_ndims", site(name)) {
      H5Sget_simple_extent_ndims(spaceID)
    }
    var extents = [hsize_t](repeating: 0, count: max(1, Int(rank)))
    try checked("H5Sget_simple_extent_dims", site(name)) {
      H5Sget_simple_extent_dims(spaceID, &extents, nil)
    }
    extents.removeLast(extents.count - Int(rank))
    let byteCount = extents.reduce(Double(byteCount)) { $0 * Double($1) }
    // Deflate shrinks at most 1,032-fold (zlib, "Technical Details").
    let isPossible =
      extents.isEmpty
      || byteCount <= min(0x1p62, 1032 * Double(locked { H5Dget_storage_size(id) }))
    guard isPossible else {
      throw .tooFewBytes(path: path, object: name, rows: Int(clamping: extents.first ?? 1))
    }
    return extents.map { Int(clamping: $0) }
  }
}

extension HDF5ElementType {
  /// Whether it is an integer or a floating-point number.
  var isNumber: Bool {
    switch self {
    case .text, .label: false
    default: true
    }
  }
}
