internal import CKernels

/// Runs a fused loop: each element of each tensor is read and written once.
///
/// Reductions take each row of the loop as soon as it is computed, while it is in the cache.
struct LoopStep: Step {
  /// A tensor that the loop reads or writes.
  struct Access: Sendable {
    /// `nil` for a value that only reductions read: room for one row in the private memory.
    var location: Location?
    /// Bytes from one position to the next, by outer dimension.
    var outerStrides: [Int]
    /// Bytes from one element to the next; 0 where one element serves a whole block.
    var innerStride: Int
  }

  /// A reduction of what the loop computes.
  struct Reduction: Sendable {
    var kind: ReduceStep.Kind
    /// The access that it reads, dense `f32`.
    var access: Int
    var target: Location
    /// Of the matrix that one row of the loop is.
    var rows: Int
    var columns: Int
  }

  private let code: LoopCode
  private let accesses: [Access]
  private let reductions: [Reduction]
  private let outerSizes: [Int]
  private let innerCount: Int
  private let outerCount: Int
  /// Outer positions, or elements of the inner dimension if there is one position, of a part.
  private let unitsPerPart: Int
  let partCount: Int

  /// - Parameter accesses: the views' and then the outputs', in the order of the code's registers.
  init(code: LoopCode, accesses: [Access], sizes: [Int], reductions: [Reduction] = []) {
    self.code = code
    self.accesses = accesses
    self.reductions = reductions
    innerCount = sizes.last ?? 1
    outerSizes = sizes.dropLast()
    outerCount = outerSizes.reduce(1, *)
    if reductions.contains(where: { $0.kind == .sumOfColumns }) {
      // Sums of columns go through all rows in order.
      unitsPerPart = outerCount
      partCount = 1
    } else if outerCount == 1 && reductions.isEmpty {
      unitsPerPart = Self.elementsPerPart
      partCount = max(1, (innerCount + unitsPerPart - 1) / unitsPerPart)
    } else {
      unitsPerPart = max(1, Self.elementsPerPart / max(innerCount, 1))
      partCount = (outerCount + unitsPerPart - 1) / unitsPerPart
    }
  }

  /// Large enough that handing a part to another thread pays.
  private static let elementsPerPart = 16_384

  var scratchByteCount: Int {
    rowsOffset + accesses.count { $0.location == nil } * rowByteCount
  }

  /// Where the rows of the private memory begin, behind the temporaries.
  private var rowsOffset: Int { code.temporaryCount * Int(CK_TILE) * 4 }

  /// Kernels may write whole vectors past the end.
  private var rowByteCount: Int { (innerCount * 4 / 64 + 2) * 64 }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let registerCount = code.fixedRegisterCount + code.temporaryCount
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: registerCount) {
      registers in
      for temporary in 0..<code.temporaryCount {
        registers[code.fixedRegisterCount + temporary] = scratch + temporary * Int(CK_TILE) * 4
      }
      let first = part * unitsPerPart
      let rows = scratch + rowsOffset
      if outerCount == 1 && reductions.isEmpty {
        let end = min(innerCount, first + unitsPerPart)
        runRow(0, from: first, to: end, memory, registers, rows)
      } else {
        begin(memory)
        for row in first..<min(outerCount, first + unitsPerPart) {
          runRow(row, from: 0, to: innerCount, memory, registers, rows)
          for reduction in reductions { reduce(reduction, row, memory, rows) }
        }
      }
    }
  }

  /// Sums of columns begin with zeros; there is one part then.
  private func begin(_ memory: ProgramMemory) {
    for reduction in reductions where reduction.kind == .sumOfColumns {
      memory.pointer(reduction.target).initializeMemory(
        as: Float.self, repeating: 0, count: reduction.columns)
    }
  }

  private func reduce(
    _ reduction: Reduction, _ row: Int, _ memory: ProgramMemory, _ rows: UnsafeMutableRawPointer
  ) {
    let x = pointer(reduction.access, row, memory, rows).assumingMemoryBound(to: Float.self)
    let target = memory.pointer(reduction.target).assumingMemoryBound(to: Float.self)
    let (height, width) = (reduction.rows, reduction.columns)
    switch reduction.kind {
    case .sumOfColumns: ck_add_columns(x, height, width, width, target)
    case .maximumOfRows: ck_max_rows(x, height, width, width, target + row * height)
    default: ck_sum_rows(x, height, width, width, target + row * height)
    }
  }

  /// Where a row of a tensor begins.
  @inline(__always)
  private func pointer(
    _ index: Int, _ row: Int, _ memory: ProgramMemory, _ rows: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let access = accesses[index]
    if let location = access.location {
      return memory.pointer(location) + outerOffset(access, row)
    }
    let place = accesses[..<index].count { $0.location == nil }
    return rows + place * rowByteCount
  }

  private func runRow(
    _ row: Int, from start: Int, to end: Int, _ memory: ProgramMemory,
    _ registers: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>,
    _ rows: UnsafeMutableRawPointer
  ) {
    accesses.withUnsafeBufferPointer { accesses in
      for (register, access) in accesses.enumerated() {
        registers[register] = pointer(register, row, memory, rows) + start * access.innerStride
      }
    }
    code.instructions.withUnsafeBufferPointer { instructions in
      ck_run_block(
        instructions.baseAddress, Int32(instructions.count), registers.baseAddress,
        code.fixedRegisterCount, end - start)
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
