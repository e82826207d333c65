import Testing

@testable import Datasets

@Suite("Gathering a batch")
struct GatherTests {
  let dataset = ImageDataset(
    name: "tiny", images: Array(0..<24), labels: [3, 1, 4, 9], rows: 2, columns: 3)

  /// Runs `body` on staging memory with one element more than `count` images need, filled with
  /// 0xff, and returns what it left there.
  func staged(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
  ) -> (images: [UInt8], labels: [Int32]) {
    var images = Array(repeating: UInt8.max, count: count * 6 + 1)
    var labels = Array(repeating: Int32(-1), count: count + 1)
    images.withUnsafeMutableBytes { imageBytes in
      labels.withUnsafeMutableBytes { body(imageBytes, $0) }
    }
    return (images, labels)
  }

  @Test("images and labels arrive in the order of the indices, and nothing beyond them")
  func indices() {
    let result = staged(3) { dataset.gather([2, 0, 2], images: $0, labels: $1) }
    #expect(result.images == Array(12..<18) + Array(0..<6) + Array(12..<18) + [255])
    #expect(result.labels == [4, 3, 4, -1])
  }

  @Test("a slice that does not start at 0 is read from its own start")
  func slice() {
    let order: [Int32] = [0, 1, 2, 3]
    let result = staged(2) { dataset.gather(order[1..<3], images: $0, labels: $1) }
    #expect(result.labels == [1, 4, -1])
    #expect(result.images == Array(6..<18) + [255])
  }

  @Test("a range is copied whole")
  func range() {
    let result = staged(2) { dataset.gather(2..<4, images: $0, labels: $1) }
    #expect(result.images == Array(12..<24) + [255])
    #expect(result.labels == [4, 9, -1])
  }
}
