internal import Units
/// xoshiro256**: the generator behind every random choice of a run.
///
/// Its whole state is four words that can be read and restored, so that a resumed run continues
/// bit for bit. The sequence depends on the seed alone, on every machine.
///
/// - Source: Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
///   2021; constants as in the authors' xoshiro256starstar.c (public domain).
package struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var s0, s1, s2, s3: UInt64

  /// A generator whose state is the first four outputs of SplitMix64 from `seed`, as the authors
  /// of both recommend.
  package init(seed: UInt64) {
    var spreader = SplitMix64(seed: seed)
    s0 = spreader.next()
    s1 = spreader.next()
    s2 = spreader.next()
    s3 = spreader.next()
  }

  /// A generator that continues where `state` was read.
  ///
  /// - Throws: `DatasetError.unusableState` unless there are four words, not all zero.
  package init(state: [UInt64]) throws(DatasetError) {
    guard state.count == 4 else {
      throw .unusableState(reason: "the generator has \(state.count) words, expected 4")
    }
    guard state.contains(where: { $0 != 0 }) else {
      throw .unusableState(reason: "all words of the generator are 0")
    }
    (s0, s1, s2, s3) = (state[0], state[1], state[2], state[3])
  }

  /// The four words that determine everything to come.
  package var state: [UInt64] { [s0, s1, s2, s3] }

  /// The next word of the sequence.
  package mutating func next() -> UInt64 {
    let result = Self.rotated(s1 &* 5, by: 7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = Self.rotated(s3, by: 45)
    return result
  }

  /// A generator 2^128 outputs ahead: an independent sequence for another purpose.
  package func jumped() -> SeededGenerator {
    let polynomial: [UInt64] = [
      0x180e_c6d3_3cfd_0aba, 0xd5a6_1266_f0c9_392c, 0xa958_2618_e03f_c9aa, 0x39ab_dc45_29b1_661c,
    ]
    var walker = self
    var result = self
    (result.s0, result.s1, result.s2, result.s3) = (0, 0, 0, 0)
    for word in polynomial {
      for bit in 0..<64 {
        if word >> UInt64(bit) & 1 == 1 {
          result.s0 ^= walker.s0
          result.s1 ^= walker.s1
          result.s2 ^= walker.s2
          result.s3 ^= walker.s3
        }
        _ = walker.next()
      }
    }
    return result
  }

  private static func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
    word << count | word >> (64 - count)
  }
}
