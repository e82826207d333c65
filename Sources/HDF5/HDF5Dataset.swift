internal import CHDF5

/// How a dataset lies in the file.
package enum HDF5Layout: Hashable, Sendable {
  /// One piece of fixed size.
  case contiguous
  /// Pieces of `rows` elements, byte-shuffled and deflated at level 1.
  case compressed(rows: Int)
}

/// An open one-dimensional dataset of fixed-size elements that can grow at its end.
///
/// It cannot be copied; the end of its lifetime closes it.
struct GrowingDataset: ~Copyable, Sendable {
  let site: CallSite
  private let dataset: Identifier
  private let type: Identifier
  private(set) var count = 0

  /// Creates it empty in `file`.
  init(
    in file: borrowing HDF5File, at name: String, type: consuming Identifier, byteCount: Int,
    chunkRows: Int
  ) throws(HDF5Error) {
    site = file.site(name)
    let typeID = type.raw
    let space = try Identifier("H5Screate_simple", site, closedBy: { H5Sclose($0) }) {
      var extent: hsize_t = 0
      var maximum = shim_H5S_UNLIMITED()
      return H5Screate_simple(1, &extent, &maximum)
    }
    dataset = try file.createDataset(
      name, type: typeID, space: space.raw, layout: .compressed(rows: chunkRows),
      byteCount: byteCount)
    self.type = type
  }

  /// Appends `rows` elements that lie at `bytes`.
  mutating func append(_ bytes: UnsafeRawBufferPointer, rows: Int) throws(HDF5Error) {
    guard rows > 0 else { return }
    let (id, typeID) = (dataset.raw, type.raw)
    var extent = hsize_t(count + rows)
    try checked("H5Dset_extent", site) { H5Dset_extent(id, &extent) }
    let target = try Identifier("H5Dget_space", site, closedBy: { H5Sclose($0) }) {
      H5Dget_space(id)
    }
    var start = hsize_t(count)
    var length = hsize_t(rows)
    try checked("H5Sselect_hyperslab", site) {
      H5Sselect_hyperslab(target.raw, H5S_SELECT_SET, &start, nil, &length, nil)
    }
    let source = try makeSpace(count: rows, site)
    try checked("H5Dwrite", site) {
      H5Dwrite(id, typeID, source.raw, target.raw, shim_H5P_DEFAULT(), bytes.baseAddress)
    }
    count += rows
  }
}

/// A one-dimensional dataset of numbers that grows at its end.
package struct HDF5AppendableDataset<Element: HDF5Scalar>: ~Copyable, Sendable {
  private var rows: GrowingDataset

  init(_ rows: consuming GrowingDataset) { self.rows = rows }

  /// The number of elements so far.
  package var count: Int { rows.count }

  /// Appends `values`. Nothing reaches the disk before the file is flushed.
  package mutating func append(_ values: UnsafeBufferPointer<Element>) throws(HDF5Error) {
    try rows.append(UnsafeRawBufferPointer(values), rows: values.count)
  }

  /// Appends `values`. Nothing reaches the disk before the file is flushed.
  package mutating func append(_ values: [Element]) throws(HDF5Error) {
    var failure: HDF5Error?
    values.withUnsafeBufferPointer { buffer in
      do throws(HDF5Error) { try append(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

extension HDF5File {
  /// Creates an empty dataset of numbers that can grow, in compressed chunks of `chunkRows`.
  package func createAppendable<Element: HDF5Scalar>(
    _: Element.Type = Element.self, at name: String, chunkRows: Int
  ) throws(HDF5Error) -> HDF5AppendableDataset<Element> {
    let type = try Element.hdf5ElementType.makeIdentifier(site(name))
    return HDF5AppendableDataset(
      try GrowingDataset(
        in: self, at: name, type: type, byteCount: Element.hdf5ElementType.byteCount,
        chunkRows: chunkRows))
  }

  /// Creates a dataset without elements; groups on the way are created too.
  ///
  /// - Parameter inner: The extents of a row, where it is more than one element.
  func createDataset(
    _ name: String, type: hid_t, space: hid_t, layout: HDF5Layout, byteCount: Int,
    inner: [Int] = []
  ) throws(HDF5Error) -> Identifier {
    let place = site(name)
    let creation = try Identifier("H5Pcreate", place, closedBy: { H5Pclose($0) }) {
      H5Pcreate(shim_H5P_DATASET_CREATE())
    }
    let access = try Identifier("H5Pcreate", place, closedBy: { H5Pclose($0) }) {
      H5Pcreate(shim_H5P_DATASET_ACCESS())
    }
    // No creation time: the same run gives the same file.
    try checked("H5Pset_obj_track_times", place) { H5Pset_obj_track_times(creation.raw, false) }
    if case .compressed(let rows) = layout {
      let chunk = ([rows] + inner).map { hsize_t($0) }
      try checked("H5Pset_chunk", place) {
        H5Pset_chunk(creation.raw, Int32(chunk.count), chunk)
      }
      try checked("H5Pset_shuffle", place) { H5Pset_shuffle(creation.raw) }
      try checked("H5Pset_deflate", place) { H5Pset_deflate(creation.raw, 1) }
      // A chunk that does not fit the cache is compressed anew at each append.
      let cacheBytes = max(1 << 20, inner.reduce(2 * rows * byteCount, *))
      try checked("H5Pset_chunk_cache", place) {
        H5Pset_chunk_cache(access.raw, 521, cacheBytes, 0.75)
      }
    }
    let links = try intermediateGroups(name)
    return try Identifier("H5Dcreate", place, closedBy: { H5Dclose($0) }) {
      H5Dcreate2(identifier.raw, name, type, space, links.raw, creation.raw, access.raw)
    }
  }
}
