/// One step of a host program: what it needs was decided at compile time.
protocol Step: Sendable {
  /// Parts that may run at the same time.
  var partCount: Int { get }
  /// Bytes of private memory that a running part needs.
  var scratchByteCount: Int { get }
  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer)
}

extension Step {
  var partCount: Int { 1 }
  var scratchByteCount: Int { 0 }
}

/// The pointer table of a running program: parameters, results, arena, constants.
struct ProgramMemory: @unchecked Sendable {
  let table: UnsafeMutablePointer<UnsafeMutableRawPointer>

  func pointer(_ location: Location) -> UnsafeMutableRawPointer {
    table[location.entry] + location.byteOffset
  }
}
