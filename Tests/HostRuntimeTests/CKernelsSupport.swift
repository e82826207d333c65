import CKernels
import Testing
import Units

/// All tests of CKernels: one after another, because the level is a property of the process.
@Suite(.serialized) struct CKernelsTests {}

/// Operands of kernels, the same in every run.
struct KernelRandom: RandomNumberGenerator {
  private var words: SplitMix64

  init(state: UInt64) { words = SplitMix64(seed: state) }

  mutating func next() -> UInt64 { words.next() }

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

/// Same bits, or both NaN: the payload of a NaN is not defined for elementwise kernels.
func sameFloat(_ x: Float, _ y: Float) -> Bool {
  x.bitPattern == y.bitPattern || (x.isNaN && y.isNaN)
}

/// Runs one instruction on operands a, b, c, d (each of the same length) and returns its result.
func runKernel(
  _ code: Int, _ operands: [[Float]], kinds: UInt16 = 0, immediates: (Float, Float) = (0, 0)
) -> [Float] {
  let count = operands[0].count
  var op = ck_op()
  op.code = UInt16(code)
  op.kinds = kinds
  (op.dst, op.a, op.b, op.c, op.d) = (0, 1, 2, 3, 4)
  (op.imm0, op.imm1) = immediates
  return runKernelProgram([op], registers: [[Float](repeating: 0, count: count)] + operands)[0]
}

/// Runs a program on registers of equal length; returns all registers.
func runKernelProgram(_ program: [ck_op], registers: [[Float]]) -> [[Float]] {
  let count = registers[0].count
  let canary: Float = 777
  // One run of memory, a canary after each register; at least five registers, so that all exist.
  let padded = registers + Array(repeating: registers[0], count: max(0, 5 - registers.count))
  var memory = padded.flatMap { $0 + [canary] }
  memory.withUnsafeMutableBufferPointer { memory in
    let addresses: [UnsafeMutableRawPointer?] = padded.indices.map {
      memory.baseAddress.map { base in UnsafeMutableRawPointer(base) }?
        .advanced(by: $0 * (count + 1) * 4)
    }
    ck_run_block(program, Int32(program.count), addresses, addresses.count, count)
  }
  return registers.indices.map { index in
    let begin = index * (count + 1)
    #expect(memory[begin + count] == canary)
    return Array(memory[begin..<begin + count])
  }
}
