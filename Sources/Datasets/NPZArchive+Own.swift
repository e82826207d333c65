extension NPZArchive {
  /// One half of a data set of the user's.
  ///
  /// `images` are uint8 `[count, rows, columns]`, `[count, rows, columns, features]` or
  /// `[count, elements]`, `labels` integers `[count]` from 0 on; there are as many classes as the
  /// greatest label says. `test_images` and `test_labels` are the test set; without them it is the
  /// last tenth of the others.
  func ownDataset(_ split: DatasetSplit) throws(DatasetError) -> ImageDataset {
    let all = try part("images", "labels")
    guard names.contains("test_images.npy") else {
      let classes = try classCount(all.labels)
      let testCount = (all.labels.count + 9) / 10
      if testCount == all.labels.count {
        throw unusableOwn("it holds \(testCount) images, too few to hold some back for the test")
      }
      let first = all.labels.count - testCount
      let range = split == .train ? 0..<first : first..<all.labels.count
      return try dataset(all, range, classes)
    }
    let test = try part("test_images", "test_labels")
    if test.example != all.example {
      throw unusableOwn(
        "'test_images' are \(Self.text(test.example)) each, 'images' \(Self.text(all.example))")
    }
    let classes = try classCount(all.labels + test.labels)
    let half = split == .train ? all : test
    return try dataset(half, 0..<half.labels.count, classes)
  }

  private struct Part {
    let pixels: [UInt8]
    /// `[rows, columns, features]`.
    let example: [Int]
    let labels: [Int]
  }

  private func part(_ imagesName: String, _ labelsName: String) throws(DatasetError) -> Part {
    let images = try ownArray(imagesName)
    let labels = try ownArray(labelsName)
    let shape = images.shape
    guard images.type == "u1", (2...4).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      throw unusableOwn(
        "'\(imagesName)' is \(images.type) of shape \(Self.text(shape)), which is no list of images"
      )
    }
    let values = try labels.integers(
      or: unusableOwn("'\(labelsName)' is \(labels.type), which is no list of integers"))
    guard labels.shape.count == 1, values.count == shape[0] else {
      throw unusableOwn(
        "'\(labelsName)' is of shape \(Self.text(labels.shape)), and there are \(shape[0]) images")
    }
    let example =
      shape.count == 2 ? [1, shape[1], 1] : Array(shape[1...]) + (shape.count == 3 ? [1] : [])
    return Part(pixels: images.bytes, example: example, labels: values)
  }

  private func classCount(_ labels: [Int]) throws(DatasetError) -> Int {
    if let label = labels.first(where: { !(0...255).contains($0) }) {
      throw unusableOwn("a label is \(label), expected 0 to 255")
    }
    return (labels.max() ?? 0) + 1
  }

  private func dataset(
    _ part: Part, _ range: Range<Int>, _ classes: Int
  ) throws(DatasetError) -> ImageDataset {
    let width = part.example.reduce(1, *)
    return ImageDataset(
      name: path, images: Array(part.pixels[range.lowerBound * width..<range.upperBound * width]),
      labels: part.labels[range].map { UInt8($0) }, rows: part.example[0],
      columns: part.example[1], features: part.example[2], classes: classes)
  }

  private func ownArray(_ name: String) throws(DatasetError) -> NPYArray {
    guard let content = try content(of: name) else {
      let found = names.prefix(8).joined(separator: ", ")
      throw unusableOwn("it holds no '\(name)', but \(found.isEmpty ? "nothing" : found)")
    }
    guard let array = NPYArray(content) else {
      throw unusableOwn("'\(name)' is no array of numbers in C order")
    }
    return array
  }

  private static func text(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " x ")
  }

  private func unusableOwn(_ reason: String) -> DatasetError {
    .unusableDataset(path: path, reason: reason)
  }
}
