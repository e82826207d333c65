/// The counter-based generator behind `random_bits` and `rng_bit_generator`.
///
/// A block of two 32-bit words is a function of two words of key and two of counter, so that any
/// element can be computed by itself, in any order and on any thread.
///
/// - Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, Threefry-2x32
///   with 20 rounds.
enum Threefry {
  /// The two words for a key and a counter.
  static func block(
    key: (UInt32, UInt32), counter: (UInt32, UInt32)
  ) -> (UInt32, UInt32) {
    let last = key.0 ^ key.1 ^ 0x1BD1_1BDA
    var block = (counter.0 &+ key.0, counter.1 &+ key.1)
    mix(&block, 13, 15, 26, 6)
    inject(&block, key.1, last, 1)
    mix(&block, 17, 29, 16, 24)
    inject(&block, last, key.0, 2)
    mix(&block, 13, 15, 26, 6)
    inject(&block, key.0, key.1, 3)
    mix(&block, 17, 29, 16, 24)
    inject(&block, key.1, last, 4)
    mix(&block, 13, 15, 26, 6)
    inject(&block, last, key.0, 5)
    return block
  }

  /// Four rounds, each with its rotation.
  @inline(__always)
  private static func mix(
    _ block: inout (UInt32, UInt32), _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32
  ) {
    mix(&block, a)
    mix(&block, b)
    mix(&block, c)
    mix(&block, d)
  }

  @inline(__always)
  private static func mix(_ block: inout (UInt32, UInt32), _ rotation: UInt32) {
    block.0 = block.0 &+ block.1
    block.1 = (block.1 &<< rotation | block.1 &>> (32 &- rotation)) ^ block.0
  }

  @inline(__always)
  private static func inject(
    _ block: inout (UInt32, UInt32), _ a: UInt32, _ b: UInt32, _ number: UInt32
  ) {
    block.0 = block.0 &+ a
    block.1 = block.1 &+ b &+ number
  }

  /// `count` words as `i32` values: counter `(j, stream)` gives the elements `j` and `half + j`,
  /// where `half` is half the count, rounded up.
  static func bits(count: Int, key: Literal, stream: Int) -> [Double] {
    let words = (word(key[0]), word(key[1]))
    let half = (count + 1) / 2
    return (0..<count).map { index in
      let counter = (UInt32(index % max(half, 1)), UInt32(stream))
      let block = block(key: words, counter: counter)
      return Double(Int32(bitPattern: index < half ? block.0 : block.1))
    }
  }

  private static func word(_ element: Double) -> UInt32 { UInt32(bitPattern: Int32(element)) }
}

/// The other counter-based generator of `rng_bit_generator`: blocks of four words.
///
/// - Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, Philox-4x32 with
///   10 rounds.
enum Philox {
  static func block(
    key: (UInt32, UInt32), low: (UInt32, UInt32), high: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (block, key) = ((low.0, low.1, high.0, high.1), key)
    for _ in 0..<10 {
      let first = block.0.multipliedFullWidth(by: 0xD251_1F53)
      let second = block.2.multipliedFullWidth(by: 0xCD9E_8D57)
      block = (
        second.high ^ block.1 ^ key.0, second.low, first.high ^ block.3 ^ key.1, first.low
      )
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return block
  }
}
