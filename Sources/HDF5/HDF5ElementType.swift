internal import CHDF5

/// The type of one element of a dataset, or of one field of a table.
package enum HDF5ElementType: Hashable, Sendable {
  case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64
  /// UTF-8 text of at most `byteCount` bytes, padded with zeros.
  case text(byteCount: Int)
  /// One of a few named values, stored in a byte; code `i` stands for `names[i]`.
  case label(names: [String])

  /// Bytes of one element in memory.
  package var byteCount: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    case .text(let byteCount): byteCount
    case .label: 1
    }
  }
}

extension HDF5ElementType: CustomStringConvertible {
  package var description: String {
    switch self {
    case .int8: "8-bit integers"
    case .int16: "16-bit integers"
    case .int32: "32-bit integers"
    case .int64: "64-bit integers"
    case .uint8: "8-bit unsigned integers"
    case .uint16: "16-bit unsigned integers"
    case .uint32: "32-bit unsigned integers"
    case .uint64: "64-bit unsigned integers"
    case .float32: "32-bit floating-point numbers"
    case .float64: "64-bit floating-point numbers"
    case .text: "text"
    case .label: "labels"
    }
  }
}

/// A Swift number that a dataset can hold.
package protocol HDF5Scalar: BitwiseCopyable, Sendable {
  /// How the file stores it.
  static var hdf5ElementType: HDF5ElementType { get }
  /// The value that unread elements start from.
  init()
}

extension Int32: HDF5Scalar {
  package static var hdf5ElementType: HDF5ElementType { .int32 }
}
extension Int64: HDF5Scalar {
  package static var hdf5ElementType: HDF5ElementType { .int64 }
}
extension UInt32: HDF5Scalar {
  package static var hdf5ElementType: HDF5ElementType { .uint32 }
}
extension UInt64: HDF5Scalar {
  package static var hdf5ElementType: HDF5ElementType { .uint64 }
}
extension Float: HDF5Scalar {
  package static var hdf5ElementType: HDF5ElementType { .float32 }
}
extension Double: HDF5Scalar {
  package static var hdf5ElementType: HDF5ElementType { .float64 }
}

extension HDF5ElementType {
  /// A new type identifier for this element.
  func makeIdentifier(_ site: CallSite) throws(HDF5Error) -> Identifier {
    switch self {
    case .int8: try Self.copy(site) { shim_H5T_NATIVE_INT8() }
    case .int16: try Self.copy(site) { shim_H5T_NATIVE_INT16() }
    case .int32: try Self.copy(site) { shim_H5T_NATIVE_INT32() }
    case .int64: try Self.copy(site) { shim_H5T_NATIVE_INT64() }
    case .uint8: try Self.copy(site) { shim_H5T_NATIVE_UINT8() }
    case .uint16: try Self.copy(site) { shim_H5T_NATIVE_UINT16() }
    case .uint32: try Self.copy(site) { shim_H5T_NATIVE_UINT32() }
    case .uint64: try Self.copy(site) { shim_H5T_NATIVE_UINT64() }
    case .float32: try Self.copy(site) { shim_H5T_NATIVE_FLOAT() }
    case .float64: try Self.copy(site) { shim_H5T_NATIVE_DOUBLE() }
    case .text(let byteCount): try Self.makeText(site, byteCount: max(1, byteCount))
    case .label(let names): try Self.makeLabel(site, names: names)
    }
  }

  /// Text of any length, UTF-8.
  static func makeVariableText(_ site: CallSite) throws(HDF5Error) -> Identifier {
    try makeText(site, byteCount: shim_H5T_VARIABLE())
  }

  private static func copy(
    _ site: CallSite, _ source: () -> hid_t
  ) throws(HDF5Error) -> Identifier {
    try Identifier("H5Tcopy", site, closedBy: { H5Tclose($0) }) { H5Tcopy(source()) }
  }

  private static func makeText(
    _ site: CallSite, byteCount: Int
  ) throws(HDF5Error) -> Identifier {
    let type = try copy(site) { shim_H5T_C_S1() }
    try checked("H5Tset_size", site) { H5Tset_size(type.raw, byteCount) }
    try checked("H5Tset_cset", site) { H5Tset_cset(type.raw, H5T_CSET_UTF8) }
    if byteCount != shim_H5T_VARIABLE() {
      try checked("H5Tset_strpad", site) { H5Tset_strpad(type.raw, H5T_STR_NULLPAD) }
    }
    return type
  }

  private static func makeLabel(
    _ site: CallSite, names: [String]
  ) throws(HDF5Error) -> Identifier {
    let type = try Identifier("H5Tenum_create", site, closedBy: { H5Tclose($0) }) {
      H5Tenum_create(shim_H5T_NATIVE_UINT8())
    }
    for (code, name) in zip(UInt8.min...UInt8.max, names) {
      try checked("H5Tenum_insert", site) {
        withUnsafePointer(to: code) { H5Tenum_insert(type.raw, name, $0) }
      }
    }
    return type
  }

  /// The type with at least 32 bits in which a list, an attribute or a table's field is read.
  var widened: HDF5ElementType {
    switch self {
    case .int8, .int16: .int32
    case .uint8, .uint16: .uint32
    default: self
    }
  }

  /// What the open type `raw` holds, or `nil` for a type that this module does not read. Floating-point
  /// numbers of 16 bits are read as those of 32.
  static func reading(_ raw: hid_t, _ site: CallSite) throws(HDF5Error) -> HDF5ElementType? {
    let byteCount = locked { H5Tget_size(raw) }
    switch locked({ H5Tget_class(raw) }) {
    case H5T_INTEGER:
      let isSigned = locked { H5Tget_sign(raw) } == H5T_SGN_2
      switch byteCount {
      case 1: return isSigned ? .int8 : .uint8
      case 2: return isSigned ? .int16 : .uint16
      case ...4: return isSigned ? .int32 : .uint32
      default: return isSigned ? .int64 : .uint64
      }
    case H5T_FLOAT: return byteCount <= 4 ? .float32 : .float64
    case H5T_STRING:
      return locked { H5Tis_variable_str(raw) } > 0 ? nil : .text(byteCount: byteCount)
    case H5T_ENUM:
      guard byteCount == 1 else { return nil }
      return try readingLabel(raw, site)
    default: return nil
    }
  }

  private static func readingLabel(
    _ raw: hid_t, _ site: CallSite
  ) throws(HDF5Error) -> HDF5ElementType? {
    let count = try checked("H5Tget_nmembers", site) { H5Tget_nmembers(raw) }
    var names = [String](repeating: "", count: Int(count))
    for member in 0..<UInt32(count) {
      var code: UInt8 = 0
      try checked("H5Tget_member_value", site) { H5Tget_member_value(raw, member, &code) }
      guard Int(code) < names.count else { return nil }
      names[Int(code)] = try memberName(of: raw, at: member, site)
    }
    return .label(names: names)
  }

  /// The name of member `index` of the compound or enumeration type `raw`.
  static func memberName(
    of raw: hid_t, at index: UInt32, _ site: CallSite
  ) throws(HDF5Error) -> String {
    let name: String? = locked {
      guard let text = H5Tget_member_name(raw, index) else { return nil }
      defer { H5free_memory(text) }
      return String(cString: text)
    }
    guard let name else {
      throw .failedCall(
        path: site.path, object: site.object, call: "H5Tget_member_name",
        reason: "member \(index) has no name")
    }
    return name
  }
}
