internal import CHDF5

extension HDF5File {
  /// Writes an attribute of the group or dataset `object`, replacing one of the same name.
  package func setAttribute(
    _ name: String, of object: String = "/", to value: HDF5Value
  ) throws(HDF5Error) {
    switch value {
    case .text(let text): try writeTexts([text], name, object, isScalar: true)
    case .texts(let texts): try writeTexts(texts, name, object, isScalar: false)
    case .integer(let value): try write([value], name, object, .int64, isScalar: true)
    case .unsigned(let value): try write([value], name, object, .uint64, isScalar: true)
    case .real(let value): try write([value], name, object, .float64, isScalar: true)
    case .integers(let values): try write(values, name, object, .int64, isScalar: false)
    case .reals(let values): try write(values, name, object, .float64, isScalar: false)
    case .flag(let value):
      // The names that h5py takes for a Boolean.
      let type = HDF5ElementType.label(names: ["FALSE", "TRUE"])
      try write([UInt8(value ? 1 : 0)], name, object, type, isScalar: true)
    }
  }

  /// The attribute `name` of the group or dataset `object`; `nil` when it has none.
  ///
  /// - Throws: `missingObject`, or `unexpectedType` for a type that `HDF5Value` has no case for.
  package func attribute(_ name: String, of object: String = "/") throws(HDF5Error) -> HDF5Value? {
    try requireObject(object)
    let place = site("\(object)@\(name)")
    let exists = try checked("H5Aexists_by_name", place) {
      H5Aexists_by_name(identifier.raw, object, name, shim_H5P_DEFAULT())
    }
    guard exists > 0 else { return nil }
    let opened = try Identifier("H5Aopen_by_name", place, closedBy: { H5Aclose($0) }) {
      H5Aopen_by_name(identifier.raw, object, name, shim_H5P_DEFAULT(), shim_H5P_DEFAULT())
    }
    return try AttributeReader(attribute: opened, site: place).value()
  }

  /// The names of the attributes of `object`, in alphabetical order.
  package func attributeNames(of object: String = "/") throws(HDF5Error) -> [String] {
    try requireObject(object)
    let opened = try Identifier("H5Oopen", site(object), closedBy: { H5Oclose($0) }) {
      H5Oopen(identifier.raw, object, shim_H5P_DEFAULT())
    }
    let count = try checked("H5Aget_num_attrs", site(object)) { H5Aget_num_attrs(opened.raw) }
    var names: [String] = []
    for index in 0..<hsize_t(count) {
      func call(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
        H5Aget_name_by_idx(
          opened.raw, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, shim_H5P_DEFAULT())
      }
      let length = try checked("H5Aget_name_by_idx", site(object)) { call(nil, 0) }
      var bytes = [CChar](repeating: 0, count: length + 1)
      try checked("H5Aget_name_by_idx", site(object)) { call(&bytes, length + 1) }
      names.append(
        String(decoding: bytes.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    return names
  }

  private func write<Element: BitwiseCopyable>(
    _ values: [Element], _ name: String, _ object: String, _ type: HDF5ElementType, isScalar: Bool
  ) throws(HDF5Error) {
    let place = site("\(object)@\(name)")
    let stored = try type.makeIdentifier(place)
    try create(name, object, type: stored, count: isScalar ? nil : values.count) { attribute in
      values.withUnsafeBytes { H5Awrite(attribute, stored.raw, $0.baseAddress) }
    }
  }

  private func writeTexts(
    _ texts: [String], _ name: String, _ object: String, isScalar: Bool
  ) throws(HDF5Error) {
    let stored = try HDF5ElementType.makeVariableText(site("\(object)@\(name)"))
    try create(name, object, type: stored, count: isScalar ? nil : texts.count) { attribute in
      withCStrings(texts) { H5Awrite(attribute, stored.raw, $0) }
    }
  }

  /// Creates the attribute anew and lets `fill` write its elements; `count` is `nil` for a scalar.
  private func create(
    _ name: String, _ object: String, type: borrowing Identifier, count: Int?,
    fill: (hid_t) -> herr_t
  ) throws(HDF5Error) {
    try requireObject(object)
    let place = site("\(object)@\(name)")
    let exists = try checked("H5Aexists_by_name", place) {
      H5Aexists_by_name(identifier.raw, object, name, shim_H5P_DEFAULT())
    }
    if exists > 0 {
      try checked("H5Adelete_by_name", place) {
        H5Adelete_by_name(identifier.raw, object, name, shim_H5P_DEFAULT())
      }
    }
    let space = try makeSpace(count: count, place)
    let typeID = type.raw
    let attribute = try Identifier("H5Acreate_by_name", place, closedBy: { H5Aclose($0) }) {
      H5Acreate_by_name(
        identifier.raw, object, name, typeID, space.raw, shim_H5P_DEFAULT(), shim_H5P_DEFAULT(),
        shim_H5P_DEFAULT())
    }
    if count != 0 { try checked("H5Awrite", place) { fill(attribute.raw) } }
  }
}

/// A data space of one dimension, or of none where `count` is `nil`.
func makeSpace(count: Int?, _ site: CallSite) throws(HDF5Error) -> Identifier {
  try makeSpace(shape: count.map { [$0] } ?? [], site)
}

/// A data space with the extents of `shape`, outermost first.
func makeSpace(shape: [Int], _ site: CallSite) throws(HDF5Error) -> Identifier {
  try Identifier("H5Screate", site, closedBy: { H5Sclose($0) }) {
    let extents = shape.map { hsize_t($0) }
    return shape.isEmpty
      ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extents, nil)
  }
}

/// Calls `body` with the texts as an array of pointers to zero-terminated bytes.
func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  var bytes: [CChar] = []
  var starts: [Int] = []
  for text in texts {
    starts.append(bytes.count)
    bytes += text.utf8CString
  }
  return bytes.withUnsafeBufferPointer { buffer in
    let pointers: [UnsafePointer<CChar>?] = starts.map { start in
      buffer.baseAddress.map { $0 + start }
    }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
