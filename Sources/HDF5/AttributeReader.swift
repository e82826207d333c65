internal import CHDF5

/// Turns an open attribute into an `HDF5Value`.
struct AttributeReader: ~Copyable {
  private let attribute: Identifier
  private let site: CallSite

  init(attribute: consuming Identifier, site: CallSite) {
    self.attribute = attribute
    self.site = site
  }

  /// The attribute's value.
  ///
  /// - Throws: `unexpectedType` for a type that `HDF5Value` has no case for.
  func value() throws(HDF5Error) -> HDF5Value {
    let id = attribute.raw
    let type = try Identifier("H5Aget_type", site, closedBy: { H5Tclose($0) }) { H5Aget_type(id) }
    let space = try Identifier("H5Aget_space", site, closedBy: { H5Sclose($0) }) {
      H5Aget_space(id)
    }
    let spaceID = space.raw
    let isScalar = locked { H5Sget_simple_extent_ndims(spaceID) } == 0
    let count = Int(
      try checked("H5Sget_simple_extent_npoints", site) { H5Sget_simple_extent_npoints(spaceID) })
    let typeID = type.raw
    if locked({ H5Tis_variable_str(typeID) }) > 0 {
      let texts = try variableTexts(count: count, space: space)
      return isScalar ? .text(texts.first ?? "") : .texts(texts)
    }
    switch try HDF5ElementType.reading(typeID, site)?.widened {
    case .int32, .int64:
      let values: [Int64] = try scalars(count: count)
      return isScalar ? .integer(values.first ?? 0) : .integers(values)
    case .uint32 where isScalar, .uint64 where isScalar:
      let values: [UInt64] = try scalars(count: count)
      return .unsigned(values.first ?? 0)
    case .float32, .float64:
      let values: [Double] = try scalars(count: count)
      return isScalar ? .real(values.first ?? 0) : .reals(values)
    case .label(names: ["FALSE", "TRUE"]) where isScalar:
      var byte: UInt8 = 0
      try checked("H5Aread", site) { H5Aread(id, typeID, &byte) }
      return .flag(byte != 0)
    case let other:
      throw .unexpectedType(
        path: site.path, object: site.object ?? "", found: other?.description ?? "another type",
        expected: "text, numbers or a flag")
    }
  }

  private func scalars<Scalar: HDF5Scalar>(count: Int) throws(HDF5Error) -> [Scalar] {
    let type = try Scalar.hdf5ElementType.makeIdentifier(site)
    var values = [Scalar](repeating: Scalar(), count: count)
    let (id, typeID) = (attribute.raw, type.raw)
    try checked("H5Aread", site) {
      values.withUnsafeMutableBytes { H5Aread(id, typeID, $0.baseAddress) }
    }
    return values
  }

  private func variableTexts(
    count: Int, space: borrowing Identifier
  ) throws(HDF5Error) -> [String] {
    let type = try HDF5ElementType.makeVariableText(site)
    let (id, typeID, spaceID) = (attribute.raw, type.raw, space.raw)
    return try readVariableTexts("H5Aread", site, count: count, type: typeID, space: spaceID) {
      H5Aread(id, typeID, $0)
    }
  }
}

/// Reads `count` texts whose bytes `libhdf5` allocates, and frees them.
func readVariableTexts(
  _ call: String, _ site: CallSite, count: Int, type: hid_t, space: hid_t,
  _ read: (UnsafeMutableRawPointer?) -> herr_t
) throws(HDF5Error) -> [String] {
  var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
  try checked(call, site) { pointers.withUnsafeMutableBytes { read($0.baseAddress) } }
  let texts = pointers.map { pointer in pointer.map { String(cString: $0) } ?? "" }
  try checked("H5Dvlen_reclaim", site) {
    pointers.withUnsafeMutableBytes {
      H5Dvlen_reclaim(type, space, shim_H5P_DEFAULT(), $0.baseAddress)
    }
  }
  return texts
}
