internal import CKernels

/// Fills dense memory with the bits of a key and a stream.
struct RandomBitsStep: Step {
  /// i32 `[2]`.
  let key: Location
  let target: Location
  let stream: UInt32
  let count: Int

  /// Large enough that handing a part to another thread pays.
  private static let blocksPerPart = 8192

  /// Counters, each of which gives two words.
  private var blocks: Int { (count + 1) / 2 }

  var partCount: Int { max(1, (blocks + Self.blocksPerPart - 1) / Self.blocksPerPart) }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let words = memory.pointer(key).assumingMemoryBound(to: UInt32.self)
    let first = part * Self.blocksPerPart
    ck_random_bits(
      words, stream, first, min(blocks, first + Self.blocksPerPart), count,
      memory.pointer(target).assumingMemoryBound(to: UInt32.self))
  }
}
