import Testing

@testable import Datasets

@Suite("Batch sampler")
struct BatchSamplerTests {
  func epoch(_ sampler: inout BatchSampler) -> [Int32] {
    (0..<sampler.stepsPerEpoch).flatMap { _ in Array(sampler.nextBatch()) }
  }

  @Test("every sample comes once an epoch where batches divide the samples")
  func eachOnce() throws {
    var sampler = try BatchSampler(sampleCount: 60, batchSize: 4, seed: 1)
    let first = epoch(&sampler)
    let second = epoch(&sampler)
    #expect(first.sorted() == Array(0..<60))
    #expect(second.sorted() == Array(0..<60))
    #expect(first != second)
    #expect(first != Array(0..<60))
  }

  @Test("the samples of the last short batch are left out, others in another epoch")
  func shortBatch() throws {
    var sampler = try BatchSampler(sampleCount: 100, batchSize: 32, seed: 1)
    #expect(sampler.stepsPerEpoch == 3)
    let first = Set(epoch(&sampler))
    let second = Set(epoch(&sampler))
    #expect(first.count == 96)
    #expect(second.count == 96)
    #expect(first != second)
  }

  @Test("the same seed gives the same order, another seed another")
  func seeds() throws {
    var one = try BatchSampler(sampleCount: 100, batchSize: 10, seed: 1)
    var same = try BatchSampler(sampleCount: 100, batchSize: 10, seed: 1)
    var other = try BatchSampler(sampleCount: 100, batchSize: 10, seed: 2)
    let order = epoch(&one)
    #expect(order == epoch(&same))
    #expect(order != epoch(&other))
  }

  @Test("every sample is as likely at every place")
  func unbiased() throws {
    var sampler = try BatchSampler(sampleCount: 5, batchSize: 5, seed: 9)
    var counts = Array(repeating: Array(repeating: 0, count: 5), count: 5)
    let epochs = 2_000
    for _ in 0..<epochs {
      for (place, index) in sampler.nextBatch().enumerated() { counts[place][Int(index)] += 1 }
    }
    // Binomial with p = 1/5; five standard deviations.
    let limit = 5 * (Double(epochs) * 0.2 * 0.8).squareRoot()
    #expect(counts.joined().allSatisfy { abs(Double($0) - Double(epochs) / 5) <= limit })
  }

  @Test("epoch and step count what was handed out")
  func position() throws {
    var sampler = try BatchSampler(sampleCount: 7, batchSize: 3, seed: 1)
    var positions: [[Int]] = [[sampler.epoch, sampler.step]]
    for _ in 0..<5 {
      _ = sampler.nextBatch()
      positions.append([sampler.epoch, sampler.step])
    }
    #expect(positions == [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 1]])
    #expect(!sampler.isAtEndOfEpoch)
    _ = sampler.nextBatch()
    #expect(sampler.isAtEndOfEpoch)
  }

  // 4 steps an epoch: 0 and 4 are the ends of an epoch, 6 is amid the second.
  @Test("a sampler restored at any step continues identically", arguments: [0, 1, 3, 4, 5, 6, 8])
  func restored(steps: Int) throws {
    var original = try BatchSampler(sampleCount: 23, batchSize: 5, seed: 4)
    for _ in 0..<steps { _ = original.nextBatch() }
    var restored = try BatchSampler(state: original.state)
    #expect(restored.state == original.state)
    for _ in 0..<10 {
      #expect(restored.nextBatch() == original.nextBatch())
    }
    #expect(restored.state == original.state)
  }

  @Test(
    "a sampler that cannot be is refused with a sentence",
    arguments: [
      (
        5, 6,
        "A batch of 6 cannot be made from 5 samples. Use a smaller batch size or more samples."
      ),
      (5, 0, "The batch size is 0, expected 1 or more. Use a larger batch size."),
    ])
  func refused(samples: Int, batch: Int, expected: String) {
    let error = #expect(throws: DatasetError.self) {
      try BatchSampler(sampleCount: samples, batchSize: batch, seed: 1)
    }
    #expect(error?.description == expected)
  }

  @Test("a saved step beyond the epoch is refused; the last is not")
  func badState() throws {
    var state = try BatchSampler(sampleCount: 10, batchSize: 5, seed: 1).state
    state.step = 2
    #expect(try BatchSampler(state: state).isAtEndOfEpoch)
    state.step = 3
    let error = #expect(throws: DatasetError.self) { try BatchSampler(state: state) }
    #expect(
      error?.description
        == "The saved sampling state cannot be taken up: epoch 0, step 3, expected a step of 0 "
        + "to 2. Use another checkpoint.")
  }
}
