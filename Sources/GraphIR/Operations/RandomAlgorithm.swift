/// The generator of an `rng_bit_generator`.
public enum RandomAlgorithm: String, Hashable, Sendable, CaseIterable {
  /// Threefry-2x32 with 20 rounds; a state of two numbers, key and counter.
  case threeFry = "THREE_FRY"
  /// Philox-4x32 with 10 rounds; a state of a key and a counter of one or two numbers. Where it has
  /// one, the key is its upper half.
  case philox = "PHILOX"
}

/// The blocks of random bits that an `rng_bit_generator` makes of its state, each by itself: of which
/// counter, and where its words go.
///
/// - Source: `xla/hlo/builder/lib/prng.cc`; Salmon et al., "Parallel random numbers: as easy as 1, 2,
///   3", SC 2011. The bits are those of jaxlib on a CPU.
package struct RandomBlocks: Sendable {
  private let algorithm: RandomAlgorithm
  private let isWide: Bool
  private let elementCount: Int
  /// Threefry of 32 bits and fewer fills a tensor in pairs along one dimension: its size, and the
  /// elements from one place along it to the next.
  private let pairedSize: Int
  private let pairedStride: Int
  package let blockCount: Int

  package init(_ algorithm: RandomAlgorithm, _ type: TensorType) {
    self.algorithm = algorithm
    isWide = type.dtype.isWide
    elementCount = type.elementCount
    let shape = type.shape.isEmpty ? [1] : type.shape
    // The first dimension of even size, or else the first of the greatest.
    let greatest = shape.indices.reduce(0) { shape[$1] > shape[$0] ? $1 : $0 }
    let paired = shape.firstIndex { $0 % 2 == 0 } ?? greatest
    pairedSize = shape[paired]
    pairedStride = shape[(paired + 1)...].reduce(1, *)
    let perBlock = (algorithm == .philox ? 4 : 2) / (isWide ? 2 : 1)
    if algorithm == .threeFry && !isWide && elementCount > 0 {
      blockCount = elementCount / pairedSize * ((pairedSize + 1) / 2)
    } else {
      blockCount = (elementCount + perBlock - 1) / perBlock
    }
  }

  /// What a vector unit of 32 bits does for a block; Docs/model-memory.md derives it.
  package var operationsPerBlock: OperationCounts {
    switch algorithm {
    case .threeFry: OperationCounts(compare: 81, add: 40)
    case .philox: OperationCounts(compare: 161, add: 84, multiply: 80)
    }
  }

  /// The state behind all blocks.
  package func state(after state: [UInt64]) -> [UInt64] {
    var next = state
    next[1] = state[1] &+ UInt64(blockCount)
    if state.count == 3 && next[1] < state[1] { next[2] = state[2] &+ 1 }
    return next
  }

  /// Gives the bits of the elements of some blocks, the upper ones being 0, to `store`.
  package func generate(
    _ blocks: Range<Int>, from state: (UInt64, UInt64, UInt64?), _ store: (Int, UInt64) -> Void
  ) {
    for block in blocks { generate(block, state, store) }
  }

  @inline(__always)
  private func generate(
    _ block: Int, _ state: (UInt64, UInt64, UInt64?), _ store: (Int, UInt64) -> Void
  ) {
    let low = state.1 &+ UInt64(block)
    switch algorithm {
    case .threeFry:
      let (x, y) = Threefry.block(key: halves(state.0), counter: halves(low))
      if isWide {
        store(block, joined(x, y))
      } else {
        let pairs = (pairedSize + 1) / 2
        let (row, within) = block.quotientAndRemainder(dividingBy: pairedStride)
        let (outer, pair) = row.quotientAndRemainder(dividingBy: pairs)
        let place = (outer * pairedSize + 2 * pair) * pairedStride + within
        store(place, UInt64(x))
        if 2 * pair + 1 < pairedSize { store(place + pairedStride, UInt64(y)) }
      }
    case .philox:
      let high = (state.2 ?? state.0) &+ (low < state.1 ? 1 : 0)
      let words = Philox.block(key: halves(state.0), low: halves(low), high: halves(high))
      let first = (isWide ? 2 : 4) * block
      if isWide {
        store(first, joined(words.0, words.1))
        if first + 1 < elementCount { store(first + 1, joined(words.2, words.3)) }
        return
      }
      store(first, UInt64(words.0))
      if first + 1 < elementCount { store(first + 1, UInt64(words.1)) }
      if first + 2 < elementCount { store(first + 2, UInt64(words.2)) }
      if first + 3 < elementCount { store(first + 3, UInt64(words.3)) }
    }
  }

  @inline(__always)
  private func halves(_ number: UInt64) -> (UInt32, UInt32) {
    (UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32))
  }

  @inline(__always)
  private func joined(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(low) | UInt64(high) << 32 }
}

extension ReferenceEvaluator {
  /// The state behind the bits, and the bits.
  static func randomBits(
    _ algorithm: RandomAlgorithm, _ type: TensorType, _ state: Literal
  ) -> [Literal] {
    let numbers = state.words.map(\.bitPattern)
    let blocks = RandomBlocks(algorithm, type)
    var words = [Double](repeating: 0, count: type.elementCount)
    blocks.generate(
      0..<blocks.blockCount, from: (numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : nil)
    ) { place, bits in
      words[place] = type.dtype.word(wrapping: Int(truncatingIfNeeded: bits))
    }
    let next = blocks.state(after: numbers).map { Double(bitPattern: $0) }
    return [Literal(state.type, words: next), Literal(type, words: words)]
  }
}

extension TypeRules {
  /// The state behind the bits, and the bits.
  func randomBits(
    _ algorithm: RandomAlgorithm, _ type: TensorType
  ) throws(BrokenRule) -> [TensorType] {
    let sizes = algorithm == .philox ? 2...3 : 2...2
    try require(
      operands[0].dtype == .ui64 && operands[0].rank == 1 && sizes.contains(operands[0].shape[0]),
      "needs a state tensor<2xui64>\(algorithm == .philox ? " or tensor<3xui64>" : "") for "
        + "\(algorithm.rawValue), has \(operands[0])")
    try require(type.dtype.isInteger, "gives integers, not \(type.dtype)")
    return [operands[0], type]
  }
}
