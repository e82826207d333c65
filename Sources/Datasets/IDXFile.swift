/// The header and elements of an IDX file of unsigned bytes.
struct IDXFile {
  let path: String
  /// Extents, outermost first.
  let dimensions: [Int]
  /// All elements, row-major.
  let elements: [UInt8]

  /// Where the elements of a file of `rank` dimensions start.
  static func headerBytes(rank: Int) -> Int { 4 + 4 * rank }

  /// Reads images `[count, rows, columns]`.
  static func images(at path: String, remedy: String) throws(DatasetError) -> IDXFile {
    try IDXFile(
      path: path, magic: IDXMagic.images, dimensionNames: ["images", "rows", "columns"],
      remedy: remedy)
  }

  /// Reads labels `[count]`.
  static func labels(at path: String, remedy: String) throws(DatasetError) -> IDXFile {
    try IDXFile(path: path, magic: IDXMagic.labels, dimensionNames: ["labels"], remedy: remedy)
  }

  private init(
    path: String, magic: UInt32, dimensionNames: [String], remedy: String
  ) throws(DatasetError) {
    let file = try InputFile(path: path, remedy: remedy)
    let headerBytes = Self.headerBytes(rank: dimensionNames.count)
    let header = try file.read(headerBytes)
    try Self.check(header, path: path, magic: magic, headerBytes: headerBytes)

    var dimensions: [Int] = []
    for (index, name) in dimensionNames.enumerated() {
      let byte = 4 + 4 * index
      let extent = Int(Self.bigEndian(header[byte..<byte + 4]))
      guard extent > 0 else {
        throw .invalidFile(path: path, byte: byte, problem: .emptyDimension(dimension: name))
      }
      dimensions.append(extent)
    }

    // Nothing is allocated before the size of the file agrees with what the header announces.
    let expectedBytes = try Self.fileSize(dimensions, headerBytes: headerBytes, path: path)
    if file.isCompressed {
      guard expectedBytes <= file.largestContent else {
        throw .invalidFile(
          path: path, byte: 4, problem: .impossibleSize(dimensions: dimensions))
      }
    } else {
      try Self.checkSize(file.byteCount, expected: expectedBytes, path: path)
    }
    elements = try file.read(expectedBytes - headerBytes)
    // Of a compressed file, this read also checks the checksum at the end.
    let rest = try file.read(1 << 16)
    try Self.checkSize(
      headerBytes + elements.count + rest.count, expected: expectedBytes, path: path)
    self.path = path
    self.dimensions = dimensions
  }

  private static func check(
    _ header: [UInt8], path: String, magic: UInt32, headerBytes: Int
  ) throws(DatasetError) {
    if header.count >= 4 {
      let found = bigEndian(header[..<4])
      guard found == magic else {
        throw .invalidFile(
          path: path, byte: 0, problem: .wrongMagic(expected: magic, found: found))
      }
    }
    guard header.count == headerBytes else {
      throw .invalidFile(
        path: path, byte: header.count, problem: .endsInHeader(headerBytes: headerBytes))
    }
  }

  private static func fileSize(
    _ dimensions: [Int], headerBytes: Int, path: String
  ) throws(DatasetError) -> Int {
    var size = 1
    for extent in dimensions {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Int.max - headerBytes else {
        throw .invalidFile(
          path: path, byte: 4, problem: .impossibleSize(dimensions: dimensions))
      }
      size = product
    }
    return headerBytes + size
  }

  private static func checkSize(
    _ found: Int, expected: Int, path: String
  ) throws(DatasetError) {
    if found < expected {
      throw .invalidFile(
        path: path, byte: found, problem: .endsEarly(expectedBytes: expected))
    }
    if found > expected {
      throw .invalidFile(
        path: path, byte: expected, problem: .trailingBytes(count: found - expected))
    }
  }

  private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
