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
    guard images.type == .uint8, shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw unusable("'x_\(split.rawValue)' is not a list of images of uint8")
    }
    guard let classes = labels.integers else {
      throw unusable("'y_\(split.rawValue)' is not a list of integers")
    }
    guard classes.count == shape[0], labels.shape.count == 1 else {
      throw unusable("it has \(classes.count) labels for \(shape[0]) images")
    }
    if let label = classes.first(where: { !name.labelRange.contains($0) }) {
      throw unusable(
        "label \(label), expected \(name.labelRange.lowerBound) to \(name.labelRange.upperBound)")
    }
    return ImageDataset(
      name: name.rawValue, images: images.bytes,
      labels: classes.map { Int32($0 - name.labelRange.lowerBound) }, rows: shape[1],
      columns: shape[2], classes: name.labelRange.count)
  }

  private func array(_ name: String) throws(DatasetError) -> NumberArray {
    guard let content = try content(of: name) else {
      let names = archive.names.prefix(8).joined(separator: ", ")
      throw unusable("it holds no '\(name)', but \(names.isEmpty ? "nothing" : names)")
    }
    guard let array = NumberArray(npy: content) else {
      throw unusable("'\(name)' is no little-endian array of numbers in C order")
    }
    return array
  }

  private func unusable(_ reason: String) -> DatasetError {
    .unusableArchive(path: path, reason: reason)
  }
}
