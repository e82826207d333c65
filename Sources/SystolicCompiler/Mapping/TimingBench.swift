internal import GraphIR
internal import SystolicModel
internal import Units

/// Times programs one after another, where they are alike in the same memory. Not for several threads.
final class TimingBench {
  private let timing: ChipTiming
  private var engine: TimelineEngine<NoRecorder>?

  init(_ timing: ChipTiming) { self.timing = timing }

  /// Cycles from the launch to the end of the last instruction; `nil` if they are more than a limit.
  ///
  /// - Parameters:
  ///   - program: of one group.
  ///   - arrayCycles: cycles in which the group's tiles occupy the arrays.
  func cycles(_ program: Program, limit: Int, arrayCycles: Int) -> Int? {
    if let engine, engine.adopt(program) {
      return engine.coldCycles(limit: limit, arrayCycles: arrayCycles)
    }
    let engine = TimelineEngine(program, timing, recorder: NoRecorder())
    self.engine = engine
    return engine.coldCycles(limit: limit, arrayCycles: arrayCycles)
  }
}

/// What the program of a single group has around it, whatever its mapping.
struct ProgramFrame {
  private let problem: GroupProblem
  private let places: (inputs: [ProgramGroup.Place], outputs: [ProgramGroup.Place])
  private let buffers: [VMEMBuffer]
  private let predecessors: [[Int]]
  private let values: [StoredValue]
  private let ops: [ProgramOp]

  init(_ problem: GroupProblem, name: String = "", kind: String = "") {
    ops = [
      ProgramOp(name: "program", kind: "launch", unit: .sequencer),
      ProgramOp(name: name, kind: kind, unit: problem.product == nil ? .vpu : .mxu),
    ]
    self.problem = problem
    let inputs = problem.inputs.count
    let all = inputs + problem.outputs.count
    places = (
      (0..<inputs).map { .init(value: $0, buffer: $0) },
      (inputs..<all).map { .init(value: $0, buffer: $0) }
    )
    // Addresses do not matter: nothing else is there.
    predecessors = (0...all).map { _ in [] }
    buffers = (0...all).map { _ in VMEMBuffer(label: "", range: 0..<0) }
    values = (0..<all).map {
      StoredValue(id: ValueID($0), bytes: 0, elements: 0, home: .dram)
    }
  }

  func program(_ group: GroupProgram) -> Program {
    var program = Program(ops: ops, values: values)
    program.groups = [
      ProgramGroup(
        op: 1, program: group, inputs: places.inputs, outputs: places.outputs,
        spillBuffer: group.spill == nil ? nil : buffers.count - 1, loadsBefore: [],
        loadsAfter: [], fetched: [])
    ]
    program.buffers = buffers
    program.predecessors = predecessors
    return program
  }
}
