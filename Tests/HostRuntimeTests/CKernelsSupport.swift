import CKernels
import Testing

/// All tests of CKernels: one after another, because the level is a property of the process.
@Suite(.serialized) struct CKernelsTests {}

/// A small generator with a fixed seed (SplitMix64).
struct KernelRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A value in [-1, 1), or, once in `rarity`, one from the edges of the format.
  mutating func float(specialOnceIn rarity: UInt64) -> Float {
    if rarity > 0, next() % rarity == 0 {
      return kernelSpecialValues[Int(next() % UInt64(kernelSpecialValues.count))]
    }
    return Float(Int32(truncatingIfNeeded: next() >> 32)) * 0x1p-31
  }
}

let kernelSpecialValues: [Float] = [
  0, -0.0, .infinity, -.infinity, .nan, -.nan, Float(bitPattern: 0x7f80_0001), 0x1p-149, -0x1p-130,
  0x1.fep-127, 0x1p-126, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0x1.01p0, 0x1.03p0,
  0x1.01fffep0, -1, 1, 0x1p-75, -0x1p-75, 0x1p64,
]

/// Runs `body` at each level that this processor has, portable first.
func forEachKernelLevel(_ body: (Int32) throws -> Void) rethrows {
  defer { ck_force_level(-1) }
  for level in 0...ck_supported_level() {
    #expect(ck_force_level(level) == level)
    try body(level)
  }
}

/// To bfloat16, ties to even, by arithmetic on the neighbours instead of by bit tricks.
func slowRoundedToBFloat16(_ x: Float) -> Float {
  if !x.isFinite || x == 0 { return x }
  let low = Float(bitPattern: x.bitPattern & 0xffff_0000)
  let highBits = (x.bitPattern & 0xffff_0000) &+ 0x1_0000
  // The neighbour away from zero; past the largest finite value it counts as 2^128.
  let lowMagnitude = Double(low.magnitude)
  let highMagnitude =
    highBits & 0x7fff_0000 == 0x7f80_0000
    ? 0x1p128 : Double(Float(bitPattern: highBits & 0x7fff_ffff))
  let toLow = Double(x.magnitude) - lowMagnitude
  let toHigh = highMagnitude - Double(x.magnitude)
  let lowIsEven = low.bitPattern & 0x1_0000 == 0
  let takeLow = toLow < toHigh || (toLow == toHigh && lowIsEven)
  return takeLow ? low : Float(bitPattern: highBits)
}
