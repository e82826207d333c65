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

  @Test("what cannot be used is said with the array")
  func misuse() throws {
    func message(_ arrays: [(name: String, array: NPZFixture.Array)]) throws -> String {
      let path = try write(arrays)
      let error = #expect(throws: DatasetError.self) { try load(path, .train) }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(path): ") && text.hasSuffix("integer 'labels' [count]."))
      return text.dropFirst(path.count + 2).components(until: ". Use an archive")
    }
    let labels = NPZFixture.labels([0, 1, 2])
    #expect(try message([("labels", labels)]) == "it holds no 'images', but labels.npy")
    #expect(
      try message([("images", images([3, 4]))]) == "it holds no 'labels', but images.npy")
    #expect(
      try message([
        ("images", ("<f4", [3, 1], [UInt8](repeating: 0, count: 12))), ("labels", labels),
      ])
        == "'images' is f4 of shape 3 x 1, which is no list of images")
    #expect(
      try message([("images", images([2, 4])), ("labels", labels)])
        == "'labels' is of shape 3, and there are 2 images")
    #expect(
      try message([("images", images([3, 4])), ("labels", NPZFixture.labels([0, 300, 1]))])
        == "a label is 300, expected 0 to 255")
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
