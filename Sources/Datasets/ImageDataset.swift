internal import CZlib
public import GraphIR

/// Labelled images, all in memory.
public struct ImageDataset: Hashable, Sendable {
  /// What the data set is called in reports.
  public let name: String
  /// The bytes of the pixels `[count, rows, columns, features]`, row-major, of `pixelType`.
  public let images: [UInt8]
  /// `ui8`, 0 (background) to 255; or `f32`, which models take as they are.
  public let pixelType: DType
  /// The class of each image, `[count]`, below `classes`.
  package let labels: [Int32]
  /// Height of an image, in pixels.
  public let rows: Int
  /// Width of an image, in pixels.
  public let columns: Int
  /// Values of a pixel: 1 for shades of grey, 3 for colours.
  package let features: Int
  /// Number of classes.
  public let classes: Int

  /// Number of images.
  public var count: Int { labels.count }
  /// Bytes of one image.
  package var bytesPerImage: Int { rows * columns * features * pixelType.byteCount }

  /// Says whether two data sets hold the same pixels and labels: checksums of both, 32 bits each. It
  /// finds what has changed; it is no signature.
  package var contentHash: UInt64 {
    func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
      UInt64(
        crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
    return images.withUnsafeBytes(checksum) << 32 | labels.withUnsafeBytes(checksum)
  }

  /// A data set from values in memory. The arrays must agree with each other.
  package init(
    name: String, images: [UInt8], pixelType: DType = .ui8, labels: [Int32], rows: Int,
    columns: Int, features: Int = 1, classes: Int = 10
  ) {
    precondition(rows > 0 && columns > 0 && features > 0, "an image has pixels")
    precondition(pixelType == .ui8 || pixelType == .f32, "a type of pixels")
    precondition(
      images.count == labels.count * rows * columns * features * pixelType.byteCount,
      "one label an image")
    precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is a class")
    self.name = name
    self.images = images
    self.pixelType = pixelType
    self.labels = labels
    self.rows = rows
    self.columns = columns
    self.features = features
    self.classes = classes
  }

  /// Reads a data set from an image file and a label file in IDX format, compressed by gzip or not.
  ///
  /// - Parameters:
  ///   - labelRange: The labels that the file may hold; the first of them is class 0.
  ///   - remedy: What a user should do where a file is missing, as a sentence.
  /// - Throws: `DatasetError`, naming file and byte, unless both files are whole and agree.
  package init(
    name: String, imagesPath: String, labelsPath: String, labelRange: ClosedRange<Int> = 0...9,
    remedy: String = "Check the path."
  ) throws(DatasetError) {
    let images = try IDXFile.images(at: imagesPath, remedy: remedy)
    let labels = try IDXFile.labels(at: labelsPath, remedy: remedy)
    if let index = labels.elements.firstIndex(where: { !labelRange.contains(Int($0)) }) {
      throw .invalidFile(
        path: labelsPath, byte: IDXFile.headerBytes(rank: 1) + index,
        problem: .labelOutOfRange(label: Int(labels.elements[index]), expected: labelRange))
    }
    guard images.dimensions[0] == labels.dimensions[0] else {
      throw .invalidFile(
        path: labelsPath, byte: 4,
        problem: .countMismatch(
          labels: labels.dimensions[0], images: images.dimensions[0], imagesPath: imagesPath))
    }
    self.init(
      name: name, images: images.elements,
      labels: labels.elements.map { Int32($0) - Int32(labelRange.lowerBound) },
      rows: images.dimensions[1], columns: images.dimensions[2], classes: labelRange.count)
  }

  /// The first `length` images, or all if there are no more.
  public func prefix(_ length: Int) -> ImageDataset {
    precondition(length >= 0, "a prefix has no negative length")
    guard length < count else { return self }
    return ImageDataset(
      name: name, images: Array(images[..<(length * bytesPerImage)]),
      pixelType: pixelType, labels: Array(labels[..<length]), rows: rows, columns: columns,
      features: features,
      classes: classes)
  }
}
