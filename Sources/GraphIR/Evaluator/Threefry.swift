/// The counter-based generator behind `random_bits`.
///
/// A block of two 32-bit words is a function of two words of key and two of counter, so that any
/// element can be computed by itself, in any order and on any thread.
///
/// - Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, Threefry-2x32
///   with 20 rounds.
enum Threefry {
  private static let rotations: [UInt32] = [13, 15, 26, 6, 17, 29, 16, 24]

  /// The two words for a key and a counter.
  static func block(
    key: (UInt32, UInt32), counter: (UInt32, UInt32)
  ) -> (UInt32, UInt32) {
    let keys = [key.0, key.1, key.0 ^ key.1 ^ 0x1BD1_1BDA]
    var (x, y) = (counter.0 &+ keys[0], counter.1 &+ keys[1])
    for round in 0..<20 {
      let rotation = rotations[round % 8]
      x = x &+ y
      y = (y << rotation | y >> (32 - rotation)) ^ x
      if round % 4 == 3 {
        let injection = round / 4 + 1
        x = x &+ keys[injection % 3]
        y = y &+ keys[(injection + 1) % 3] &+ UInt32(injection)
      }
    }
    return (x, y)
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
