internal import DeviceAPI

/// What the host sends before a training step besides its batch: the learning rate where it
/// changes, and the masks of dropout.
///
/// Both follow from the seed and the number of the step alone, so a resumed run goes on with the
/// same ones. Staging memory is made once.
final class StepFeed {
  private let program: TrainingProgram
  private let seed: UInt64
  private let rate: (any Buffer)?
  private let masks: [any Buffer]
  /// Bytes that one call of `send` moves.
  let byteCount: Int
  private let staging: UnsafeMutableRawBufferPointer

  /// - Parameter feeds: the buffers of the step: for images, labels, the rate if it changes, masks.
  init(_ feeds: [any Buffer], program: TrainingProgram, seed: UInt64) {
    self.program = program
    self.seed = seed
    let own = feeds.dropFirst(2)
    rate = program.recipe.changesRate ? own.first : nil
    masks = Array(program.recipe.changesRate ? own.dropFirst() : own)
    byteCount = own.reduce(0) { $0 + $1.type.byteCount }
    staging = .allocate(
      byteCount: program.masks.map(\.type.byteCount).max() ?? 0, alignment: 64)
  }

  deinit { staging.deallocate() }

  /// Sends what a step needs.
  ///
  /// - Parameter step: steps done before, from 0.
  func send(step: Int, stepsPerEpoch: Int, totalSteps: Int) throws(DeviceError) {
    if let rate {
      let factor = program.recipe.schedule.factor(
        step: step, warmupSteps: program.recipe.warmupSteps, stepsPerEpoch: stepsPerEpoch,
        totalSteps: totalSteps)
      var value = Float(program.optimizer.learningRate * factor)
      try withUnsafeMutableBytes(of: &value) { (bytes) throws(DeviceError) in
        try rate.copyIn(from: UnsafeRawBufferPointer(bytes))
      }
    }
    for (index, mask) in program.masks.enumerated() {
      let bytes = UnsafeMutableRawBufferPointer(rebasing: staging[..<mask.type.byteCount])
      MaskGenerator(seed: seed, stream: UInt64(index), step: UInt64(step)).fill(
        bytes, dropProbability: mask.dropProbability)
      try masks[index].copyIn(from: UnsafeRawBufferPointer(bytes))
    }
  }
}

/// Draws masks from a counter: each group of four elements has a number of its own, made from
/// seed, stream, step and place by mixing, so nothing depends on what was drawn before.
///
/// - Source: the mixing function of SplitMix64: Steele, Lea and Flood, "Fast splittable
///   pseudorandom number generators", OOPSLA 2014, figure 17 (variant 13 of Stafford).
struct MaskGenerator {
  private let key: UInt64

  init(seed: UInt64, stream: UInt64, step: UInt64) {
    let first = Self.mixed(seed &+ Self.gamma)
    let second = Self.mixed(first ^ Self.mixed(stream &+ 2 &* Self.gamma))
    key = Self.mixed(second ^ Self.mixed(step &+ 3 &* Self.gamma))
  }

  /// Writes ones, and zeros with a probability, to the nearest 2^-16.
  func fill(_ mask: UnsafeMutableRawBufferPointer, dropProbability: Double) {
    let threshold = UInt64((dropProbability * 65_536).rounded())
    let bytes = mask.assumingMemoryBound(to: UInt8.self)
    var counter = key
    for start in stride(from: 0, to: bytes.count, by: 4) {
      counter &+= Self.gamma
      var word = Self.mixed(counter)
      for place in start..<min(start + 4, bytes.count) {
        bytes[place] = word & 0xffff < threshold ? 0 : 1
        word >>= 16
      }
    }
  }

  private static let gamma: UInt64 = 0x9e37_79b9_7f4a_7c15

  private static func mixed(_ value: UInt64) -> UInt64 {
    var word = value
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
