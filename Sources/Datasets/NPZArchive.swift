/// Images and labels in an archive of numpy's, as Keras keeps MNIST: `x_train`, `y_train`, `x_test`
/// and `y_test`.
struct NPZArchive: ~Copyable {
  let path: String
  private let archive: ZipArchive

  init(path: String) throws(DatasetError) {
    self.path = path
    archive = try ZipArchive(path: path)
  }

  /// The names of the archive's members.
  var names: [String] { archive.names }

  /// The bytes of an array's file; `nil` if there is none of that name.
  func content(of name: String) throws(DatasetError) -> [UInt8]? {
    try archive.content(of: name + ".npy")
  }

  /// One half of the data set.
  func dataset(_ name: DatasetName, split: DatasetSplit) throws(DatasetError) -> ImageDataset {
    let images = try array("x_\(split.rawValue)")
    let labels = try array("y_\(split.rawValue)")
    let shape =
      images.shape.count == 4 && images.shape[3] == 1 ? images.shape.dropLast() : images.shape[...]
    guard images.type == "u1", shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw unusable("'x_\(split.rawValue)' is not a list of images of uint8")
    }
    let classes = try labels.integers(
      or: unusable("'y_\(split.rawValue)' is not a list of integers"))
    guard classes.count == shape[0], labels.shape.count == 1 else {
      throw unusable("it has \(classes.count) labels for \(shape[0]) images")
    }
    if let label = classes.first(where: { !name.labelRange.contains($0) }) {
      throw unusable(
        "label \(label), expected \(name.labelRange.lowerBound) to \(name.labelRange.upperBound)")
    }
    return ImageDataset(
      name: name.rawValue, images: images.bytes,
      labels: classes.map { UInt8($0 - name.labelRange.lowerBound) }, rows: shape[1],
      columns: shape[2], classes: name.labelRange.count)
  }

  private func array(_ name: String) throws(DatasetError) -> NPYArray {
    guard let content = try content(of: name) else {
      let names = archive.names.prefix(8).joined(separator: ", ")
      throw unusable("it holds no '\(name)', but \(names.isEmpty ? "nothing" : names)")
    }
    guard let array = NPYArray(content) else {
      throw unusable("'\(name)' is no array of numbers in C order")
    }
    return array
  }

  private func unusable(_ reason: String) -> DatasetError {
    .unusableArchive(path: path, reason: reason)
  }
}

/// An array as numpy saves it, in C order.
///
/// - Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
struct NPYArray {
  /// Kind and size in bytes, `u1` or `i8`; little-endian.
  let type: String
  let shape: [Int]
  let bytes: [UInt8]

  /// `nil` for what is no such array, or is cut off.
  init?(_ content: [UInt8]) {
    guard content.count >= 12, content.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      return nil
    }
    let isFirstVersion = content[6] == 1
    let start = isFirstVersion ? 10 : 12
    let length =
      Int(content[8]) | Int(content[9]) << 8
      | (isFirstVersion ? 0 : Int(content[10]) << 16 | Int(content[11]) << 24)
    guard start + length <= content.count else { return nil }
    let header = String(decoding: content[start..<start + length], as: UTF8.self)
    guard let type = header.firstMatch(of: #/'descr': *'[|<]([a-z]\d+)'/#)?.1,
      let width = Int(type.dropFirst()), (1...16).contains(width),
      header.contains(#/'fortran_order': *False/#),
      let extents = header.firstMatch(of: #/'shape': *\(([\d, ]*)\)/#)?.1
    else { return nil }
    let shape = extents.split(whereSeparator: { ", ".contains($0) }).compactMap { Int($0) }
    var byteCount = width
    for extent in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      byteCount = product
    }
    guard content.count - start - length == byteCount else { return nil }
    self.type = String(type)
    self.shape = shape
    bytes = Array(content[(start + length)...])
  }

  /// The elements of an array of integers.
  ///
  /// - Throws: `failure` for elements of another type.
  func integers(or failure: DatasetError) throws(DatasetError) -> [Int] {
    switch type {
    case "u1": return bytes.map(Int.init)
    case "i1": return elements(Int8.self)
    case "u2": return elements(UInt16.self)
    case "i2": return elements(Int16.self)
    case "u4": return elements(UInt32.self)
    case "i4": return elements(Int32.self)
    case "i8": return elements(Int64.self)
    default: throw failure
    }
  }

  private func elements<Element: FixedWidthInteger & BitwiseCopyable>(_: Element.Type) -> [Int] {
    let width = Element.bitWidth / 8
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / width).map {
        Int(raw.loadUnaligned(fromByteOffset: $0 * width, as: Element.self))
      }
    }
  }
}
