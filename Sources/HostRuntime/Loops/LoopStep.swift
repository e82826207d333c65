internal import CKernels

/// Runs a fused loop block by block: each block of each tensor is read and written once.
struct LoopStep: Step {
  /// A tensor that the loop reads or writes.
  struct Access: Sendable {
    var location: Location
    /// Bytes from one position to the next, by outer dimension.
    var outerStrides: [Int]
    /// Bytes from one element to the next; 0 where one element serves a whole block.
    var innerStride: Int
  }

  private let code: LoopCode
  private let accesses: [Access]
  private let outerSizes: [Int]
  private let innerCount: Int
  private let blockCount: Int
  private let outerCount: Int
  /// Outer positions, or blocks of the inner dimension if there is one position, of a part.
  private let unitsPerPart: Int
  let partCount: Int

  /// - Parameter accesses: the views' and then the outputs', in the order of the code's registers.
  init(code: LoopCode, accesses: [Access], sizes: [Int]) {
    self.code = code
    self.accesses = accesses
    innerCount = sizes.last ?? 1
    outerSizes = sizes.dropLast()
    outerCount = outerSizes.reduce(1, *)
    blockCount = code.temporaryCount > 12 ? 512 : 1024
    if outerCount == 1 {
      unitsPerPart = max(1, Self.elementsPerPart / blockCount)
      let blocks = (innerCount + blockCount - 1) / blockCount
      partCount = max(1, (blocks + unitsPerPart - 1) / unitsPerPart)
    } else {
      unitsPerPart = max(1, Self.elementsPerPart / max(innerCount, 1))
      partCount = (outerCount + unitsPerPart - 1) / unitsPerPart
    }
  }

  /// Large enough that handing a part to another thread pays.
  private static let elementsPerPart = 16_384

  var scratchByteCount: Int { code.temporaryCount * blockCount * 4 }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let registerCount = code.fixedRegisterCount + code.temporaryCount
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: registerCount) {
      registers in
      for temporary in 0..<code.temporaryCount {
        registers[code.fixedRegisterCount + temporary] = scratch + temporary * blockCount * 4
      }
      let first = part * unitsPerPart
      if outerCount == 1 {
        let start = first * blockCount
        let end = min(innerCount, start + unitsPerPart * blockCount)
        runRow(0, from: start, to: end, memory, registers)
      } else {
        for row in first..<min(outerCount, first + unitsPerPart) {
          runRow(row, from: 0, to: innerCount, memory, registers)
        }
      }
    }
  }

  private func runRow(
    _ row: Int, from start: Int, to end: Int, _ memory: ProgramMemory,
    _ registers: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
  ) {
    code.instructions.withUnsafeBufferPointer { instructions in
      accesses.withUnsafeBufferPointer { accesses in
        for (register, access) in accesses.enumerated() {
          registers[register] =
            memory.pointer(access.location) + outerOffset(access, row)
            + start * access.innerStride
        }
        var position = start
        while position < end {
          let count = min(blockCount, end - position)
          ck_run_block(
            instructions.baseAddress, Int32(instructions.count), registers.baseAddress, count)
          position += count
          if position < end {
            for (register, access) in accesses.enumerated() {
              registers[register] = registers[register].map { $0 + count * access.innerStride }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func outerOffset(_ access: Access, _ row: Int) -> Int {
    if outerSizes.count == 1 { return row * access.outerStrides[0] }
    var rest = row
    var offset = 0
    for d in outerSizes.indices.reversed() {
      let (quotient, index) = rest.quotientAndRemainder(dividingBy: outerSizes[d])
      offset += index * access.outerStrides[d]
      rest = quotient
    }
    return offset
  }
}
