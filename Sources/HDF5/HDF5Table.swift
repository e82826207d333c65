/// The values of one field of a table, one a row.
package enum HDF5Column: Hashable, Sendable {
  case int32([Int32])
  case int64([Int64])
  case uint64([UInt64])
  case float32([Float])
  case float64([Double])
  case text([String])
  /// Codes of named values: code `i` stands for `names[i]`.
  case labels([UInt8], names: [String])

  /// The number of rows.
  package var count: Int {
    switch self {
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .uint64(let values): values.count
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .text(let values): values.count
    case .labels(let codes, _): codes.count
    }
  }

  /// The type that holds every row.
  var elementType: HDF5ElementType {
    switch self {
    case .int32: .int32
    case .int64: .int64
    case .uint64: .uint64
    case .float32: .float32
    case .float64: .float64
    case .text(let values): .text(byteCount: max(1, values.map(\.utf8.count).max() ?? 1))
    case .labels(_, let names): .label(names: names)
    }
  }
}

/// A table: named columns of equal length. On disk it is a dataset of compound records.
package struct HDF5Table: Hashable, Sendable {
  /// One field.
  package struct Field: Hashable, Sendable {
    /// The column's name in the file.
    package var name: String
    /// Its values; their number is the number of rows.
    package var column: HDF5Column

    /// A column of this name.
    package init(_ name: String, _ column: HDF5Column) {
      self.name = name
      self.column = column
    }
  }

  /// The columns, in the order of the file.
  package var fields: [Field]

  /// A table of these columns.
  package init(_ fields: [Field]) { self.fields = fields }

  /// The number of rows; 0 without fields.
  package var rowCount: Int { fields.first?.column.count ?? 0 }

  /// The column of that name, or `nil`.
  package subscript(name: String) -> HDF5Column? {
    fields.first { $0.name == name }?.column
  }
}

/// How the records of a table lie in memory: packed, without gaps.
struct RecordLayout: Hashable, Sendable {
  struct Member: Hashable, Sendable {
    let name: String
    let type: HDF5ElementType
    let offset: Int
  }

  let members: [Member]
  /// Bytes of one record.
  let byteCount: Int

  init(_ fields: [(name: String, type: HDF5ElementType)]) {
    var members: [Member] = []
    var offset = 0
    for field in fields {
      members.append(Member(name: field.name, type: field.type, offset: offset))
      offset += field.type.byteCount
    }
    self.members = members
    byteCount = offset
  }

  /// The records of `table`, one after another.
  ///
  /// - Throws: `mismatchedColumns` when the table's columns do not fit this layout.
  func pack(_ table: HDF5Table, _ site: CallSite) throws(HDF5Error) -> [UInt8] {
    func mismatch(_ reason: String) -> HDF5Error {
      .mismatchedColumns(path: site.path, object: site.object ?? "", reason: reason)
    }
    guard table.fields.map(\.name) == members.map(\.name) else {
      let wanted = members.map(\.name).joined(separator: ", ")
      throw mismatch("its columns are not \(wanted)")
    }
    let rows = table.rowCount
    var bytes = [UInt8](repeating: 0, count: rows * byteCount)
    for (member, field) in zip(members, table.fields) {
      guard field.column.count == rows else {
        throw mismatch("column '\(field.name)' has \(field.column.count) rows, not \(rows)")
      }
      guard field.column.elementType.fits(in: member.type) else {
        throw mismatch("column '\(field.name)' does not hold \(member.type)")
      }
      bytes.withUnsafeMutableBytes { store(field.column, member, into: $0) }
    }
    return bytes
  }

  /// The table whose records lie in `bytes`.
  func unpack(_ bytes: [UInt8], rows: Int) -> HDF5Table {
    HDF5Table(
      members.map { member in
        bytes.withUnsafeBytes { HDF5Table.Field(member.name, load(member, rows: rows, from: $0)) }
      })
  }

  private func store(
    _ column: HDF5Column, _ member: Member, into bytes: UnsafeMutableRawBufferPointer
  ) {
    func scatter<Value: BitwiseCopyable>(_ values: [Value]) {
      for (row, value) in values.enumerated() {
        bytes.storeBytes(of: value, toByteOffset: row * byteCount + member.offset, as: Value.self)
      }
    }
    switch column {
    case .int32(let values): scatter(values)
    case .int64(let values): scatter(values)
    case .uint64(let values): scatter(values)
    case .float32(let values): scatter(values)
    case .float64(let values): scatter(values)
    case .labels(let codes, _): scatter(codes)
    case .text(let texts):
      for (row, text) in texts.enumerated() {
        let start = row * byteCount + member.offset
        for (index, byte) in text.utf8.enumerated() { bytes[start + index] = byte }
      }
    }
  }

  private func load(_ member: Member, rows: Int, from bytes: UnsafeRawBufferPointer) -> HDF5Column {
    func gather<Value: BitwiseCopyable>(_: Value.Type = Value.self) -> [Value] {
      (0..<rows).map {
        bytes.loadUnaligned(fromByteOffset: $0 * byteCount + member.offset, as: Value.self)
      }
    }
    switch member.type {
    case .int8, .int16, .int32: return .int32(gather())
    case .int64: return .int64(gather())
    case .uint8, .uint16, .uint32: return .int64(gather(UInt32.self).map(Int64.init))
    case .uint64: return .uint64(gather())
    case .float32: return .float32(gather())
    case .float64: return .float64(gather())
    case .label(let names): return .labels(gather(), names: names)
    case .text(let length):
      return .text(
        (0..<rows).map { row in
          let start = row * byteCount + member.offset
          let text = bytes[start..<start + length].prefix { $0 != 0 }
          return String(decoding: text, as: UTF8.self)
        })
    }
  }
}

extension HDF5ElementType {
  /// Whether values of this type can be stored as `other`: the same type, or text that is no
  /// longer.
  func fits(in other: HDF5ElementType) -> Bool {
    if case .text(let mine) = self, case .text(let theirs) = other { return mine <= theirs }
    return self == other
  }
}
