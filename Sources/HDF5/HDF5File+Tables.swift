internal import CHDF5

/// A table that grows at its end.
package struct HDF5AppendableTable: ~Copyable, Sendable {
  private var rows: GrowingDataset
  private let layout: RecordLayout

  init(rows: consuming GrowingDataset, layout: RecordLayout) {
    self.rows = rows
    self.layout = layout
  }

  /// The number of rows so far.
  package var count: Int { rows.count }

  /// Appends the rows of `table`. Nothing reaches the disk before the file is flushed.
  ///
  /// - Throws: `mismatchedColumns` when its columns are not those that the table was made with.
  package mutating func append(_ table: HDF5Table) throws(HDF5Error) {
    let bytes = try layout.pack(table, rows.site)
    var failure: HDF5Error?
    bytes.withUnsafeBytes { buffer in
      do throws(HDF5Error) {
        try rows.append(buffer, rows: table.rowCount)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

extension HDF5File {
  /// Writes `table` as a new dataset of compound records.
  ///
  /// - Throws: `mismatchedColumns` when its columns differ in length.
  package func write(
    _ table: HDF5Table, to name: String, layout: HDF5Layout = .contiguous
  ) throws(HDF5Error) {
    let record = RecordLayout(table.fields.map { ($0.name, $0.column.elementType) })
    let bytes = try record.pack(table, site(name))
    let type = try makeCompound(record, name)
    let dataset = try createFixed(
      name, type: type.raw, count: table.rowCount, layout: layout, byteCount: record.byteCount)
    try write(dataset, type: type.raw, name) { body in bytes.withUnsafeBytes(body) }
  }

  /// Creates an empty table that can grow, in compressed chunks of `chunkRows` rows.
  package func createAppendableTable(
    _ fields: [(name: String, type: HDF5ElementType)], at name: String, chunkRows: Int
  ) throws(HDF5Error) -> HDF5AppendableTable {
    let record = RecordLayout(fields)
    let type = try makeCompound(record, name)
    return HDF5AppendableTable(
      rows: try GrowingDataset(
        in: self, at: name, type: type, byteCount: record.byteCount, chunkRows: chunkRows),
      layout: record)
  }

  /// The whole table `name`.
  ///
  /// - Throws: `missingObject`; `unexpectedType` for a dataset without fields.
  package func readTable(from name: String) throws(HDF5Error) -> HDF5Table {
    let dataset = try open(name)
    let stored = try storedType(of: dataset, name)
    let layout = try recordLayout(of: stored.raw, name)
    let rows = try rowCount(of: dataset, name, byteCount: layout.byteCount)
    let type = try makeCompound(layout, name)
    var bytes = [UInt8](repeating: 0, count: rows * layout.byteCount)
    try read(dataset, type: type.raw, name) { body in bytes.withUnsafeMutableBytes(body) }
    return layout.unpack(bytes, rows: rows)
  }

  private func makeCompound(
    _ layout: RecordLayout, _ name: String
  ) throws(HDF5Error) -> Identifier {
    let compound = try Identifier("H5Tcreate", site(name), closedBy: { H5Tclose($0) }) {
      H5Tcreate(H5T_COMPOUND, layout.byteCount)
    }
    for member in layout.members {
      let type = try member.type.makeIdentifier(site(name))
      try checked("H5Tinsert", site(name)) {
        H5Tinsert(compound.raw, member.name, member.offset, type.raw)
      }
    }
    return compound
  }

  /// The fields of the stored compound type `type`, packed.
  private func recordLayout(of type: hid_t, _ name: String) throws(HDF5Error) -> RecordLayout {
    guard locked({ H5Tget_class(type) }) == H5T_COMPOUND else {
      throw .unexpectedType(
        path: path, object: name, found: "a list without fields", expected: "a table")
    }
    let count = try checked("H5Tget_nmembers", site(name)) { H5Tget_nmembers(type) }
    var fields: [(name: String, type: HDF5ElementType)] = []
    for index in 0..<UInt32(count) {
      let field = try HDF5ElementType.memberName(of: type, at: index, site(name))
      let member = try Identifier("H5Tget_member_type", site(name), closedBy: { H5Tclose($0) }) {
        H5Tget_member_type(type, index)
      }
      guard let element = try HDF5ElementType.reading(member.raw, site(name)) else {
        throw .unexpectedType(
          path: path, object: "\(name).\(field)", found: "another type",
          expected: "numbers, text of fixed length or labels")
      }
      fields.append((field, element.widened))
    }
    return RecordLayout(fields)
  }
}
