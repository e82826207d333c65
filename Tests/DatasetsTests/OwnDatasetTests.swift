import GraphIR
import HDF5
import TestSupport
import Testing

@testable import Datasets

@Suite("Data sets of the user's own")
struct OwnDatasetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ arrays: [(name: String, array: NPZFixture.Array)]) throws -> String {
    try folder.write(NPZFixture.archive(arrays), to: "own.npz")
  }

  private func load(_ path: String, _ split: DatasetSplit) throws -> ImageDataset {
    try DatasetSource.file(path).load(split) { () throws(DatasetError) in
      throw .noCacheDirectory
    }
  }

  private func images(_ shape: [Int], from first: UInt8 = 0) -> NPZFixture.Array {
    let count = shape.reduce(1, *)
    return ("|u1", shape, (0..<count).map { first &+ UInt8(truncatingIfNeeded: $0) })
  }

  @Test(
    "images may have features, none, or be plain lists",
    arguments: [
      ([12, 2, 5, 3], [2, 5, 3]), ([12, 2, 5], [2, 5, 1]), ([12, 10], [1, 10, 1]),
    ])
  func shapes(shape: [Int], example: [Int]) throws {
    let labels = (0..<12).map { $0 % 7 }
    let path = try write([("images", images(shape)), ("labels", NPZFixture.labels(labels))])
    // The last tenth, rounded up, is the test set.
    let (train, test) = (try load(path, .train), try load(path, .test))
    for data in [train, test] {
      #expect([data.rows, data.columns, data.features] == example)
      #expect(data.classes == 7)
      #expect(data.name == path)
    }
    #expect(train.count == 10 && test.count == 2)
    let size = example.reduce(1, *)
    #expect(train.images == images(shape).bytes.prefix(10 * size).map(\.self))
    #expect(test.images == images(shape).bytes.suffix(2 * size).map(\.self))
    #expect(test.labels == [3, 4])
    var staging = [UInt8](repeating: 0, count: 2 * size)
    var classes = [Int32](repeating: -1, count: 2)
    staging.withUnsafeMutableBytes { pixels in
      classes.withUnsafeMutableBytes { train.gather([9, 1], images: pixels, labels: $0) }
    }
    #expect(Array(staging.prefix(size)) == Array(train.images[(9 * size)...]))
    #expect(classes == [2, 1])
    #expect(train.prefix(3).images.count == 3 * size)
  }

  @Test("a test set of its own is taken, and its labels count among the classes")
  func testSet() throws {
    let path = try write([
      ("images", images([4, 2, 2])), ("labels", NPZFixture.labels([0, 1, 2, 0])),
      ("test_images", images([2, 2, 2], from: 100)), ("test_labels", NPZFixture.labels([4, 1])),
    ])
    #expect(try load(path, .train).count == 4)
    let test = try load(path, .test)
    #expect(test.images.first == 100)
    #expect(test.labels == [4, 1])
    #expect(try load(path, .train).classes == 5)
  }

  /// An array of float32.
  private static func floats(_ values: [Float], _ shape: [Int]) -> NPZFixture.Array {
    ("<f4", shape, values.withUnsafeBytes { [UInt8]($0) })
  }

  @Test("pixels of 16, 32 and 64 bits are taken as float32, and labels above 255 as they are")
  func floats() throws {
    // Numbers that all three types hold.
    let values = (0..<24).map { Float($0) / 8 - 1 }
    let labels = [0, 256, 70_000, 999_999]
    func bytes<Value>(_ convert: (Float) -> Value) -> [UInt8] {
      values.map(convert).withUnsafeBytes { [UInt8]($0) }
    }
    for (type, bytes) in [
      ("<f2", bytes { Float16($0) }), ("<f4", bytes { $0 }), ("<f8", bytes { Double($0) }),
    ] {
      let path = try write([
        ("images", (type, [4, 2, 3], bytes)), ("labels", NPZFixture.labels(labels)),
      ])
      let (train, test) = (try load(path, .train), try load(path, .test))
      #expect(train.pixelType == .f32 && test.pixelType == .f32)
      #expect(train.bytesPerImage == 24)
      #expect(train.images + test.images == values.withUnsafeBytes { [UInt8]($0) }, "\(type)")
      #expect(train.labels + test.labels == labels.map(Int32.init))
      #expect(train.classes == 1_000_000)
      var staging = [Float](repeating: 0, count: 6)
      var label = [Int32(0)]
      staging.withUnsafeMutableBytes { pixels in
        label.withUnsafeMutableBytes { train.gather([2], images: pixels, labels: $0) }
      }
      #expect(staging == Array(values[12..<18]))
      #expect(label == [70_000])
      #expect(train.prefix(1).images == Array(train.images.prefix(24)))
    }
  }

  @Test("an HDF5 file and an archive with the same arrays are the same data set")
  func hdf5() throws {
    let pixels = images([20, 3, 2, 2])
    let labels = (0..<20).map { $0 % 3 }
    let archive = try write([("images", pixels), ("labels", NPZFixture.labels(labels))])
    for layout in [HDF5Layout.contiguous, .compressed(rows: 6)] {
      let path = folder.path + "/own.h5"
      let file = try HDF5File(inMemoryFor: path)
      try file.write(
        HDF5Array(type: .uint8, shape: pixels.shape, bytes: pixels.bytes), to: "images",
        layout: layout)
      try file.write(labels.map(Int32.init), to: "labels", layout: layout)
      var image: [UInt8] = []
      let size = try file.copyImage(into: &image)
      _ = try folder.write(Array(image.prefix(size)), to: "own.h5")
      for split in DatasetSplit.allCases {
        let (a, b) = (try load(archive, split), try load(path, split))
        #expect(a.images == b.images && a.labels == b.labels && a.classes == b.classes)
        #expect([b.rows, b.columns, b.features] == [3, 2, 2])
        #expect(a.contentHash == b.contentHash)
      }
    }
  }

  @Test("the hash of the content changes with any pixel and any label, and not with the name")
  func contentHash() {
    func hash(_ images: [UInt8], _ labels: [Int32], name: String = "a") -> UInt64 {
      ImageDataset(name: name, images: images, labels: labels, rows: 1, columns: 2).contentHash
    }
    let hashes = [
      hash([1, 2, 3, 4], [0, 1]), hash([1, 2, 4, 3], [0, 1]), hash([1, 2, 3, 4], [1, 0]),
      hash([1, 2, 3, 5], [0, 1]), hash([1, 2], [0]),
    ]
    #expect(Set(hashes).count == hashes.count)
    #expect(hash([1, 2, 3, 4], [0, 1], name: "b") == hashes[0])
    // zlib.crc32(bytes([1, 2, 3, 4])), and of the labels as little-endian int32, in Python.
    #expect(hashes[0] == 0xb63cfbcd_dd9eb80c)
  }

  @Test("what cannot be used is said with the array")
  func misuse() throws {
    func message(_ arrays: [(name: String, array: NPZFixture.Array)]) throws -> String {
      let path = try write(arrays)
      let error = #expect(throws: DatasetError.self) { try load(path, .train) }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(path): ") && text.hasSuffix("integer 'labels' [count]."))
      return text.dropFirst(path.count + 2).components(until: ". A file of data")
    }
    let labels = NPZFixture.labels([0, 1, 2])
    #expect(try message([("labels", labels)]) == "it holds no 'images', but labels.npy")
    #expect(
      try message([("images", images([3, 4]))]) == "it holds no 'labels', but images.npy")
    #expect(
      try message([
        ("images", ("<i8", [3, 1], [UInt8](repeating: 0, count: 24))), ("labels", labels),
      ])
        == "'images' is int64: convert it to uint8, 0 to 255, or to float32")
    #expect(
      try message([("images", images([3])), ("labels", labels)])
        == "'images' is of shape 3, which is no list of images")
    #expect(
      try message([("images", images([3, 4])), ("labels", Self.floats([0, 1, 2], [3]))])
        == "'labels' is float32, which is no list of integers")
    for (value, text) in [(Float.nan, "nan"), (-.infinity, "-inf")] {
      #expect(
        try message([
          ("images", Self.floats([0, 1, 2, 3, 4, value], [3, 2])), ("labels", labels),
        ])
          == "image 2 of 'images' holds \(text), which is no pixel's value in float32")
    }
    #expect(
      try message([
        ("images", images([3, 4])), ("labels", labels),
        ("test_images", Self.floats([0, 1], [1, 2])), ("test_labels", NPZFixture.labels([0])),
      ]) == "'test_images' are float32 and 'images' uint8")
    #expect(
      try message([("images", images([2, 4])), ("labels", labels)])
        == "'labels' is of shape 3, and there are 2 images")
    #expect(
      try message([("images", images([3, 4])), ("labels", NPZFixture.labels([0, 1_000_000, 1]))])
        == "a label is 1000000, expected 0 to 999999")
    #expect(
      try message([("images", images([1, 4])), ("labels", NPZFixture.labels([0]))])
        == "it holds 1 images, too few to hold some back for the test")
    #expect(
      try message([
        ("images", images([3, 4])), ("labels", labels), ("test_images", images([3, 5])),
        ("test_labels", labels),
      ]) == "'test_images' are 1 x 5 x 1 each, 'images' 1 x 4 x 1")
  }

  @Test("a source is a name or a path, and says itself as it was asked for")
  func source() {
    #expect(DatasetSource("fashion-mnist") == .named(.fashionMNIST))
    #expect(DatasetSource("my/data.npz") == .file("my/data.npz"))
    #expect(DatasetSource("my/data.h5") == .file("my/data.h5"))
    #expect(DatasetSource("data.hdf5")?.hdf5Path == "data.hdf5")
    #expect(DatasetSource("minst") == nil)
    for text in ["fashion-mnist", "my/data.npz"] {
      #expect(DatasetSource(text)?.description == text)
    }
  }
}

extension Substring {
  /// What stands before `end`.
  fileprivate func components(until end: String) -> String {
    String(firstRange(of: end).map { self[..<$0.lowerBound] } ?? self)
  }
}
