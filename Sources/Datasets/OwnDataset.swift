internal import GraphIR
internal import HDF5

/// A file of arrays in which a data set of the user's lies.
protocol ArrayFile: ~Copyable {
  var path: String { get }
  /// Whether there is an array of this name.
  func contains(_ name: String) throws(DatasetError) -> Bool
  /// The array of this name; throws where there is none, or none of numbers.
  func array(_ name: String) throws(DatasetError) -> NumberArray
}

extension ArrayFile where Self: ~Copyable {
  /// One half of the data set.
  ///
  /// `images` are uint8 or floating-point numbers `[count, rows, columns]`,
  /// `[count, rows, columns, features]` or `[count, elements]`, `labels` integers `[count]` from 0 on;
  /// there are as many classes as the greatest label says. `test_images` and `test_labels` are the
  /// test set; without them it is the last tenth of the others.
  func dataset(_ split: DatasetSplit) throws(DatasetError) -> ImageDataset {
    let all = try part("images", "labels")
    guard try contains("test_images") else {
      let testCount = (all.labels.count + 9) / 10
      if testCount == all.labels.count {
        throw unusable("it holds \(testCount) images, too few to hold some back for the test")
      }
      let first = all.labels.count - testCount
      let range = split == .train ? 0..<first : first..<all.labels.count
      return dataset(all, range, classes: all.classes)
    }
    let test = try part("test_images", "test_labels")
    if test.pixelType != all.pixelType {
      throw unusable("'test_images' are \(test.type) and 'images' \(all.type)")
    }
    if test.example != all.example {
      throw unusable(
        "'test_images' are \(text(test.example)) each, 'images' \(text(all.example))")
    }
    let half = split == .train ? all : test
    return dataset(half, 0..<half.labels.count, classes: max(all.classes, test.classes))
  }

  private func part(
    _ imagesName: String, _ labelsName: String
  ) throws(DatasetError) -> OwnDatasetPart {
    let images = try array(imagesName)
    let labels = try array(labelsName)
    let shape = images.shape
    guard (2...4).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      throw unusable(
        "'\(imagesName)' is of shape \(text(shape)), which is no list of images")
    }
    let pixels = try pixels(images, imagesName)
    guard let values = labels.integers else {
      throw unusable("'\(labelsName)' is \(labels.type), which is no list of integers")
    }
    guard labels.shape.count == 1, values.count == shape[0] else {
      throw unusable(
        "'\(labelsName)' is of shape \(text(labels.shape)), and there are \(shape[0]) images")
    }
    if let label = values.first(where: { !OwnDatasetPart.labels.contains($0) }) {
      throw unusable("a label is \(label), expected 0 to \(OwnDatasetPart.labels.upperBound)")
    }
    let example =
      shape.count == 2 ? [1, shape[1], 1] : Array(shape[1...]) + (shape.count == 3 ? [1] : [])
    return OwnDatasetPart(
      type: images.type, pixels: pixels, example: example, labels: values.map { Int32($0) })
  }

  /// The bytes of the pixels, of uint8 or float32.
  private func pixels(_ images: NumberArray, _ name: String) throws(DatasetError) -> [UInt8] {
    if images.type == .uint8 { return images.bytes }
    guard let floats = images.floats else {
      throw unusable(
        "'\(name)' is \(images.type): convert it to uint8, 0 to 255, or to float32")
    }
    if let index = floats.firstIndex(where: { !$0.isFinite }) {
      let image = index / images.shape.dropFirst().reduce(1, *)
      throw unusable(
        "image \(image) of '\(name)' holds \(floats[index]), which is no pixel's value in float32")
    }
    return images.type == .float32 ? images.bytes : floats.withUnsafeBytes { Array($0) }
  }

  private func dataset(
    _ part: OwnDatasetPart, _ range: Range<Int>, classes: Int
  ) -> ImageDataset {
    let width = part.example.reduce(part.pixelType.byteCount, *)
    return ImageDataset(
      name: path, images: Array(part.pixels[range.lowerBound * width..<range.upperBound * width]),
      pixelType: part.pixelType, labels: Array(part.labels[range]), rows: part.example[0],
      columns: part.example[1], features: part.example[2], classes: classes)
  }

  private func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "one number" : shape.map(String.init).joined(separator: " x ")
  }

  private func unusable(_ reason: String) -> DatasetError {
    .unusableDataset(path: path, reason: reason)
  }
}

/// Images and their labels, checked.
struct OwnDatasetPart {
  /// What labels may be. The last layer of a model has at most 2^20 outputs.
  static let labels = 0...999_999

  /// As the file has the pixels.
  let type: NumberType
  let pixels: [UInt8]
  /// `[rows, columns, features]`.
  let example: [Int]
  let labels: [Int32]

  var pixelType: DType { type == .uint8 ? .ui8 : .f32 }
  var classes: Int { Int(labels.max() ?? 0) + 1 }
}

// MARK: Kinds of files

/// An archive as numpy saves one with arrays of the user's.
struct OwnArchive: ~Copyable, ArrayFile {
  let archive: NPZArchive
  var path: String { archive.path }

  func contains(_ name: String) -> Bool { archive.names.contains(name + ".npy") }

  func array(_ name: String) throws(DatasetError) -> NumberArray {
    guard let content = try archive.content(of: name) else {
      let found = archive.names.prefix(8).joined(separator: ", ")
      throw .unusableDataset(
        path: path, reason: "it holds no '\(name)', but \(found.isEmpty ? "nothing" : found)")
    }
    guard let array = NumberArray(npy: content) else {
      throw .unusableDataset(
        path: path, reason: "'\(name)' is no little-endian array of numbers in C order")
    }
    return array
  }
}

/// An HDF5 file with arrays of the user's.
struct OwnHDF5: ~Copyable, ArrayFile {
  let path: String
  private let file: HDF5File

  /// - Parameter copy: where a copy with simtrain's checksum lies; without, the file itself has one.
  init(path: String, copiedTo copy: String?) throws(DatasetError) {
    self.path = path
    file = try Self.translated { () throws(HDF5Error) in
      try HDF5File(opening: RegularFile(openingAt: path, copiedTo: copy))
    }
  }

  func contains(_ name: String) throws(DatasetError) -> Bool {
    try Self.translated { () throws(HDF5Error) in try file.contains(name) }
  }

  func array(_ name: String) throws(DatasetError) -> NumberArray {
    let array = try Self.translated { () throws(HDF5Error) in try file.readArray(from: name) }
    guard let type = NumberType(array.type) else {
      throw .unusableDataset(path: path, reason: "'\(name)' holds \(array.type)")
    }
    return NumberArray(type: type, shape: array.shape, bytes: array.bytes)
  }

  private static func translated<Value: ~Copyable>(
    _ body: () throws(HDF5Error) -> Value
  ) throws(DatasetError) -> Value {
    do { return try body() } catch { throw .hdf5(description: "\(error)") }
  }
}

extension NumberType {
  init?(_ type: HDF5ElementType) {
    switch type {
    case .uint8: self = .uint8
    case .int8: self = .int8
    case .uint16: self = .uint16
    case .int16: self = .int16
    case .uint32: self = .uint32
    case .int32: self = .int32
    case .uint64: self = .uint64
    case .int64: self = .int64
    case .float32: self = .float32
    case .float64: self = .float64
    case .text, .label: return nil
    }
  }
}
