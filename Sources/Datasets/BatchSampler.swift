/// The order in which samples are drawn for training: each epoch a new permutation, cut into
/// batches.
///
/// Samples that are left over when no full batch can be made of them sit an epoch out; a new
/// permutation leaves out others. A graph is compiled for one batch size, so every batch is
/// full. The permutation of an epoch is a Fisher-Yates shuffle of the identity, so that three
/// small things are the whole state: the generator at the start of the epoch, epoch and step.
package struct BatchSampler: Sendable {
  /// Everything needed to continue bit for bit, for a checkpoint.
  package struct State: Codable, Hashable, Sendable {
    /// The four words of the generator at the start of the epoch.
    package var generator: [UInt64]
    /// Epochs that came before this one.
    package var epoch: Int
    /// Batches of this epoch that were handed out.
    package var step: Int
    /// Number of samples in the data set.
    package var sampleCount: Int
    /// Samples in a batch.
    package var batchSize: Int

    /// A state from its parts.
    package init(
      generator: [UInt64], epoch: Int, step: Int, sampleCount: Int, batchSize: Int
    ) {
      self.generator = generator
      self.epoch = epoch
      self.step = step
      self.sampleCount = sampleCount
      self.batchSize = batchSize
    }
  }

  /// Number of samples in the data set.
  package var sampleCount: Int { permutation.count }
  /// Samples in a batch.
  package let batchSize: Int
  /// Epochs that came before the one of the last batch.
  package private(set) var epoch: Int
  /// Batches of this epoch that were handed out, at most `stepsPerEpoch`.
  package private(set) var step: Int

  private var permutation: [Int32]
  /// Before and after the shuffle of this epoch.
  private var epochStart, generator: SeededGenerator

  /// Full batches in an epoch.
  package var stepsPerEpoch: Int { sampleCount / batchSize }
  /// Whether the next batch is the first of another epoch.
  package var isAtEndOfEpoch: Bool { step == stepsPerEpoch }

  /// A sampler at the start of the first epoch.
  ///
  /// - Throws: `DatasetError` unless at least one batch of at least one sample can be made.
  package init(sampleCount: Int, batchSize: Int, seed: UInt64) throws(DatasetError) {
    try self.init(
      state: State(
        generator: SeededGenerator(seed: seed).state, epoch: 0, step: 0,
        sampleCount: sampleCount, batchSize: batchSize))
  }

  /// A sampler that continues where `state` was read.
  ///
  /// - Throws: `DatasetError.unusableState` for a state that no sampler can have.
  package init(state: State) throws(DatasetError) {
    guard state.batchSize > 0 else { throw .emptyBatch(batchSize: state.batchSize) }
    guard state.sampleCount >= state.batchSize else {
      throw .batchTooLarge(batchSize: state.batchSize, sampleCount: state.sampleCount)
    }
    guard state.sampleCount <= Int(Int32.max) else {
      throw .unusableState(reason: "\(state.sampleCount) samples, expected at most 2^31 - 1")
    }
    let steps = state.sampleCount / state.batchSize
    guard state.epoch >= 0, state.step >= 0, state.step <= steps else {
      throw .unusableState(
        reason: "epoch \(state.epoch), step \(state.step), expected a step of 0 to \(steps)")
    }
    batchSize = state.batchSize
    epoch = state.epoch
    step = state.step
    epochStart = try SeededGenerator(state: state.generator)
    generator = epochStart
    permutation = Array(repeating: 0, count: state.sampleCount)
    shuffle()
  }

  /// What a checkpoint must hold to continue with the batch after the last one.
  package var state: State {
    State(
      generator: epochStart.state, epoch: epoch, step: step, sampleCount: sampleCount,
      batchSize: batchSize)
  }

  /// The indices of the next batch, `batchSize` of them; after the last of an epoch, the first
  /// of the next.
  ///
  /// The slice is a view of the permutation: nothing is allocated, unless the caller still holds
  /// one when another epoch begins, which costs one copy.
  package mutating func nextBatch() -> ArraySlice<Int32> {
    if isAtEndOfEpoch {
      epoch += 1
      step = 0
      epochStart = generator
      shuffle()
    }
    let first = step * batchSize
    step += 1
    return permutation[first..<first + batchSize]
  }

  /// Makes the permutation of the epoch that starts at `generator`.
  private mutating func shuffle() {
    for index in permutation.indices {
      permutation[index] = Int32(truncatingIfNeeded: index)
    }
    permutation.shuffle(with: &generator)
  }
}
