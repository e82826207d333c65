import Foundation
import Testing

@testable import Datasets

/// The cache directory of this machine, as the command finds it.
private let cache = try? DatasetDirectory(
  explicit: nil, environment: ProcessInfo.processInfo.environment)

private let isFetched =
  cache.map { FileManager.default.fileExists(atPath: $0.path + "/mnist") } ?? false

/// The real files, where the fetch script has put them (`make test` runs it first).
@Suite("Real MNIST", .enabled(if: isFetched, "fetch it with 'make data'"))
struct RealMNISTTests {
  // How often each digit occurs: Deng, "The MNIST database of handwritten
  // digit images for machine learning research", IEEE Signal Processing Magazine 29(6), 2012.
  @Test(
    "the digits are as often as published",
    arguments: [
      (DatasetSplit.train, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]),
      (DatasetSplit.test, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]),
    ])
  func histogram(split: DatasetSplit, published: [Int]) throws {
    let dataset = try #require(cache).load(.mnist, split: split)
    var counts = Array(repeating: 0, count: dataset.classes)
    for label in dataset.labels { counts[Int(label)] += 1 }
    #expect(counts == published)
    #expect(dataset.rows == 28)
    #expect(dataset.columns == 28)
  }
}
