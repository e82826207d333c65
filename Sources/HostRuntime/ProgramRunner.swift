internal import CKernels

/// The memory of one program, an executable's or a region's, and the threads that it shares with others.
///
/// Before `runSteps`, every parameter and result is bound to memory that is a program's alone while it
/// runs.
final class ProgramRunner: PartRunner, @unchecked Sendable {
  let program: HostProgram
  private let pool: ThreadPool
  let table: UnsafeMutablePointer<UnsafeMutableRawPointer>
  let arena: UnsafeMutableRawPointer
  private let constants: UnsafeMutableRawPointer
  /// One private piece a thread.
  private let scratch: UnsafeMutableRawPointer
  private let scratchStride: Int
  let layout: TableLayout
  private var step: any Step = NoStep()

  init(_ program: HostProgram, threads: Int) {
    self.program = program
    layout = TableLayout(program.graph)
    pool = .shared(threadCount: threads)
    arena = .allocate(
      byteCount: program.arenaByteCount + hostSlack, alignment: hostAlignment)
    constants = .allocate(
      byteCount: program.constants.count + hostSlack, alignment: hostAlignment)
    UnsafeMutableRawBufferPointer(start: constants, count: program.constants.count)
      .copyBytes(from: program.constants)
    let perThread = program.steps.map(\.scratchByteCount).max() ?? 0
    scratchStride = (perThread / 4096 + 1) * 4096
    scratch = .allocate(byteCount: scratchStride * pool.threadCount, alignment: 4096)
    table = .allocate(capacity: layout.count)
    table.initialize(repeating: arena, count: layout.count)
    table[layout.constants] = constants
  }

  deinit {
    table.deallocate()
    scratch.deallocate()
    constants.deallocate()
    arena.deallocate()
  }

  func bind(parameter index: Int, to memory: UnsafeMutableRawPointer) {
    table[layout.parameter(index)] = memory
  }

  func bind(result index: Int, to memory: UnsafeMutableRawPointer) {
    table[layout.result(index)] = memory
  }

  func runSteps() {
    let mode = ck_enter_flush_to_zero()
    defer { ck_restore(mode) }
    for step in program.steps {
      let parts = step.partCount
      if parts == 1 || pool.threadCount == 1 {
        let memory = ProgramMemory(table: table)
        for part in 0..<parts { step.run(part: part, memory: memory, scratch: scratch) }
      } else {
        self.step = step
        pool.run(parts: parts, of: self)
      }
    }
  }

  func runPart(_ part: Int, thread: Int) {
    let mode = ck_enter_flush_to_zero()
    defer { ck_restore(mode) }
    step.run(
      part: part, memory: ProgramMemory(table: table), scratch: scratch + thread * scratchStride)
  }

}

/// What a runner holds before its first step.
private struct NoStep: Step {
  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {}
}
