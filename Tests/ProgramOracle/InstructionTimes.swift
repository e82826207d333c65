package import SystolicCompiler
package import SystolicModel

/// Writes down when each instruction ran.
package struct InstructionTimes: TimelineRecorder {
  package struct Entry: Sendable {
    package var unit: ProgramUnit
    package var op: Int
    package var time: InstructionTime
    package var duration: InstructionDuration
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  package static var timeCount: Int { 0 }
  package static func counterCount(units: Int) -> Int { 0 }

  package mutating func begin(_ state: TimelineState, previousEnds: [Int]) {
    entries.removeAll(keepingCapacity: true)
  }
  package mutating func launched(at cycle: Int) {}
  package mutating func enter(op: Int, unit: ProgramUnit, _ state: TimelineState) {}
  package mutating func record(
    _ unit: ProgramUnit, op: Int, value: Int, _ time: InstructionTime,
    _ duration: InstructionDuration, _ state: TimelineState
  ) {
    entries.append(Entry(unit: unit, op: op, time: time, duration: duration))
  }
  package mutating func touch(_ buffer: Int, at cycle: Int) {}

  /// Every instruction of so many executions, the first one first, on a machine at rest.
  package static func run(
    _ program: Program, _ timing: ChipTiming, executions: Int
  ) -> [[Entry]] {
    let engine = TimelineEngine(program, timing, recorder: InstructionTimes(), compresses: false)
    var machine = MachineState(program)
    return (0..<executions).map { _ in
      engine.execute(&machine)
      return engine.recorder.entries
    }
  }
}
