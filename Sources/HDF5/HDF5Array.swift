/// Numbers in any number of dimensions.
package struct HDF5Array: Hashable, Sendable {
  /// A type of numbers, as they lie in `bytes`.
  package let type: HDF5ElementType
  /// Extents, outermost first.
  package let shape: [Int]
  /// The numbers one after another, the last dimension fastest, in this machine's byte order.
  package let bytes: [UInt8]

  /// An array from its parts, which must agree with each other.
  package init(type: HDF5ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(type.isNumber, "an array of numbers")
    precondition(shape.reduce(type.byteCount, *) == bytes.count, "as many bytes as the shape says")
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }
}

extension HDF5File {
  /// Writes `array` as a new dataset; `rows` of a compressed one are its outermost extent.
  package func write(
    _ array: HDF5Array, to name: String, layout: HDF5Layout = .contiguous
  ) throws(HDF5Error) {
    let type = try array.type.makeIdentifier(site(name))
    let dataset = try createFixed(
      name, type: type.raw, shape: array.shape, layout: layout, byteCount: array.type.byteCount)
    try write(dataset, type: type.raw, name) { body in array.bytes.withUnsafeBytes(body) }
  }

  /// The numbers of a dataset of any shape, in the type that the file stores; floating-point numbers
  /// of 16 bits as those of 32.
  ///
  /// - Throws: `missingObject`; `elsewhere`; `unexpectedType` for text, labels and tables;
  ///   `tooFewBytes`.
  package func readArray(from name: String) throws(HDF5Error) -> HDF5Array {
    let dataset = try open(name)
    let stored = try storedType(of: dataset, name)
    let element = try HDF5ElementType.reading(stored.raw, site(name))
    guard let element, element.isNumber else {
      throw .unexpectedType(
        path: path, object: name, found: element?.description ?? "text or a table",
        expected: "numbers")
    }
    let shape = try shape(of: dataset, name, byteCount: element.byteCount)
    let type = try element.makeIdentifier(site(name))
    var bytes = [UInt8](repeating: 0, count: shape.reduce(element.byteCount, *))
    try read(dataset, type: type.raw, name) { body in bytes.withUnsafeMutableBytes(body) }
    return HDF5Array(type: element, shape: shape, bytes: bytes)
  }
}
