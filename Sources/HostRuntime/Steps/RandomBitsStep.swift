internal import CKernels
import GraphIR

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

/// Fills dense memory with the bits of a state, and makes the state behind them.
struct RandomGeneratorStep: Step {
  let blocks: RandomBlocks
  let dtype: DType
  let stateCount: Int
  /// ui64.
  let state: Location
  let next: Location
  /// `nil` if nobody wants the bits.
  let target: Location?

  /// Large enough that handing a part to another thread pays.
  private static let blocksPerPart = 8192

  var partCount: Int {
    max(1, (blocks.blockCount + Self.blocksPerPart - 1) / Self.blocksPerPart)
  }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let from = memory.pointer(state).assumingMemoryBound(to: UInt64.self)
    let numbers = (0..<stateCount).map { from[$0] }
    if part == 0 {
      let to = memory.pointer(next).assumingMemoryBound(to: UInt64.self)
      for (index, number) in blocks.state(after: numbers).enumerated() { to[index] = number }
    }
    guard let target else { return }
    let first = part * Self.blocksPerPart
    let range = first..<min(blocks.blockCount, first + Self.blocksPerPart)
    let out = memory.pointer(target)
    switch dtype.byteCount {
    case 1: generate(range, numbers, out.assumingMemoryBound(to: UInt8.self))
    case 2: generate(range, numbers, out.assumingMemoryBound(to: UInt16.self))
    case 4: generate(range, numbers, out.assumingMemoryBound(to: UInt32.self))
    default: generate(range, numbers, out.assumingMemoryBound(to: UInt64.self))
    }
  }

  private func generate<Bits: FixedWidthInteger>(
    _ range: Range<Int>, _ state: [UInt64], _ out: UnsafeMutablePointer<Bits>
  ) {
    blocks.generate(range, from: (state[0], state[1], state.count > 2 ? state[2] : nil)) {
      out[$0] = Bits(truncatingIfNeeded: $1)
    }
  }
}
