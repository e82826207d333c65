import ProgramOracle

@testable import SystolicModel

/// The timeline's rules once more, as a machine that is stepped cycle by cycle and looks at
/// everything in each of them. VMEM's ports hold nobody back in it.
struct NaiveTimeline {
  private let program: ExpandedProgram
  private let queues: Int
  private let waits: [[Int]]
  private let turns: [Int: [Int]]
  /// For each instruction, the one before on its unit, and the copies before on its data path.
  private var previous: [Int?] = []
  private var copies: [[Int]] = []

  /// Progress of one instruction of one execution; −1 for not yet.
  private struct Progress {
    var issued = -1
    var moving = -1
    var remaining = 0
    /// A product's last operand has entered the arrays.
    var fed = -1
    var done = -1
  }

  init(_ program: ExpandedProgram, queues: Int) {
    self.program = program
    self.queues = queues
    waits = program.instructions.indices.map { program.waits(of: $0) }
    turns = Dictionary(grouping: program.turns, by: \.waiter).mapValues { $0.map(\.awaited) }
    var last: [ProgramUnit: Int] = [:]
    var paths: [Bool: [Int]] = [:]
    for (index, instruction) in program.instructions.enumerated() {
      previous.append(last[instruction.unit])
      last[instruction.unit] = index
      // Copies share a data path: DRAM's bus, or that of CMEM.
      guard instruction.unit.isCopy else {
        copies.append([])
        continue
      }
      let isDRAM = instruction.unit.usesDRAM
      copies.append(paths[isDRAM] ?? [])
      paths[isDRAM, default: []].append(index)
    }
  }

  /// The cycle in which each instruction of each execution ends.
  func ends(executions: Int) -> [[Int]] {
    var progress = Array(
      repeating: Array(repeating: Progress(), count: program.instructions.count),
      count: executions)
    var open = (0..<executions).map { _ in Array(program.instructions.indices) }
    var cycle = 0
    while open.contains(where: { !$0.isEmpty }) {
      // What ends at this cycle may let something start in it, and zero-length work ends at once.
      var changed = true
      while changed {
        changed = false
        for execution in 0..<executions {
          for index in open[execution] where progress[execution][index].done < 0 {
            if step(execution, index, cycle, &progress) { changed = true }
          }
        }
      }
      for execution in 0..<executions {
        open[execution].removeAll { progress[execution][$0].done >= 0 }
        for index in open[execution]
        where progress[execution][index].moving >= 0 && progress[execution][index].fed < 0 {
          progress[execution][index].remaining -= 1
        }
      }
      cycle += 1
    }
    return progress.map { $0.map(\.done) }
  }

  /// Lets one instruction issue, begin to move or end; says whether it did.
  private func step(
    _ execution: Int, _ index: Int, _ cycle: Int, _ progress: inout [[Progress]]
  ) -> Bool {
    let own = progress[execution][index]
    let (unit, duration) = (program.instructions[index].unit, program.instructions[index].duration)
    if own.issued < 0 {
      guard mayIssue(execution, index, progress) else { return false }
      progress[execution][index].issued = cycle
      return true
    }
    if own.moving < 0 {
      if unit.isCopy {
        guard cycle >= own.issued + duration.lead,
          copies[index].last.map({ progress[execution][$0].done >= 0 }) ?? true
        else { return false }
      } else if unit == .mxu {
        // Its first load takes its time; the arrays take its operands after those of the last one.
        guard cycle >= own.issued + duration.lead else { return false }
        if let last = previous[index] {
          let before = progress[execution][last].fed
          let pause = program.instructions[last].duration.pause
          guard before >= 0, cycle >= before + pause else { return false }
        }
      }
      progress[execution][index].moving = cycle
      progress[execution][index].remaining = duration.occupied
      return true
    }
    if own.fed < 0 {
      guard own.remaining == 0 else { return false }
      progress[execution][index].fed = cycle
      return true
    }
    guard cycle >= own.fed + duration.tail else { return false }
    progress[execution][index].done = cycle
    return true
  }

  private func mayIssue(_ execution: Int, _ index: Int, _ progress: [[Progress]]) -> Bool {
    let unit = program.instructions[index].unit
    func isDone(_ execution: Int, _ index: Int) -> Bool { progress[execution][index].done >= 0 }
    guard waits[index].allSatisfy({ isDone(execution, $0) }) else { return false }
    if execution >= 2, let awaited = turns[index] {
      guard awaited.allSatisfy({ isDone(execution - 2, $0) }) else { return false }
    }
    if unit.isCopy {
      // The queue issues in order; as many copies as there are queues may be in flight.
      if let last = previous[index], progress[execution][last].issued < 0 { return false }
      let others = copies[index]
      let isLimited = unit.usesDRAM && others.count >= queues
      if isLimited, !isDone(execution, others[others.count - queues]) { return false }
    } else if unit != .mxu, let last = previous[index] {
      guard isDone(execution, last) else { return false }
    }
    guard execution > 0 else { return true }
    // The core has finished the execution before; the host link only its own part of it.
    return program.instructions.indices.allSatisfy { other in
      let before = program.instructions[other].unit
      let matters = unit.isOnCore ? before.isOnCore : before == unit
      return !matters || isDone(execution - 1, other)
    }
  }
}
