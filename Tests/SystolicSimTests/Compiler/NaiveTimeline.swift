import DeviceAPI

@testable import SystolicSim

/// The timeline's rules once more, as a machine that is stepped cycle by cycle and looks at
/// everything in each of them.
struct NaiveTimeline {
  let program: Program
  let durations: [InstructionDuration]
  let queues: Int

  /// Start and end of one instruction of one execution; −1 for not yet.
  private struct Progress {
    var issued = -1
    var moving = -1
    var remaining = 0
    /// A product's last operand has entered the arrays.
    var fed = -1
    var done = -1
  }

  /// The cycle in which each instruction of each execution ends.
  func ends(executions: Int) -> [[Int]] {
    var progress = Array(
      repeating: Array(repeating: Progress(), count: durations.count), count: executions)
    var cycle = 0
    while progress.contains(where: { $0.contains { $0.done < 0 } }) {
      // What ends at this cycle may let something start in it, and zero-length work ends at once.
      var changed = true
      while changed {
        changed = false
        for execution in 0..<executions where progress[execution].contains(where: { $0.done < 0 }) {
          for index in durations.indices where progress[execution][index].done < 0 {
            if step(execution, index, cycle, &progress) { changed = true }
          }
        }
      }
      for execution in 0..<executions {
        for index in durations.indices
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
    let isCopy = program.instructions[index].unit.isCopy
    if own.issued < 0 {
      guard mayIssue(execution, index, progress) else { return false }
      progress[execution][index].issued = cycle
      return true
    }
    if own.moving < 0 {
      if isCopy {
        let others = copies(before: index)
        guard cycle >= own.issued + durations[index].lead,
          others.allSatisfy({ progress[execution][$0].done >= 0 })
        else { return false }
      } else if program.instructions[index].unit == .mxu {
        // Its first load takes its time; the arrays take its operands after those of the last one.
        guard cycle >= own.issued + durations[index].lead else { return false }
        if let last = (0..<index).last(where: { program.instructions[$0].unit == .mxu }) {
          let before = progress[execution][last].fed
          guard before >= 0, cycle >= before + durations[last].pause else { return false }
        }
      }
      progress[execution][index].moving = cycle
      progress[execution][index].remaining = durations[index].occupied
      return true
    }
    if own.fed < 0 {
      guard own.remaining == 0 else { return false }
      progress[execution][index].fed = cycle
      return true
    }
    guard cycle >= own.fed + durations[index].tail else { return false }
    progress[execution][index].done = cycle
    return true
  }

  /// Copies that share a data path: DRAM's bus, or that of CMEM.
  private func copies(before index: Int) -> [Int] {
    let isDRAM = program.instructions[index].unit.usesDRAM
    return (0..<index).filter {
      program.instructions[$0].unit.isCopy && program.instructions[$0].unit.usesDRAM == isDRAM
    }
  }

  private func mayIssue(_ execution: Int, _ index: Int, _ progress: [[Progress]]) -> Bool {
    let instruction = program.instructions[index]
    func isDone(_ execution: Int, _ index: Int) -> Bool { progress[execution][index].done >= 0 }
    let waits =
      instruction.dataDependences.instructions + instruction.spaceDependences.instructions
    guard waits.allSatisfy({ isDone(execution, $0) }) else { return false }
    for turn in program.turns where turn.waiter == index && execution >= 2 {
      guard isDone(execution - 2, turn.awaited) else { return false }
    }
    let earlier = (0..<index).filter { program.instructions[$0].unit == instruction.unit }
    if instruction.unit.isCopy {
      // The queue issues in order; as many copies as there are queues may be in flight.
      guard earlier.allSatisfy({ progress[execution][$0].issued >= 0 }) else { return false }
      let others = copies(before: index)
      let isLimited = instruction.unit.usesDRAM && others.count >= queues
      if isLimited, !isDone(execution, others[others.count - queues]) { return false }
    } else if instruction.unit != .mxu {
      guard earlier.allSatisfy({ isDone(execution, $0) }) else { return false }
    }
    guard execution > 0 else { return true }
    // The core has finished the execution before; the host link only its own part of it.
    return durations.indices.allSatisfy { other in
      let unit = program.instructions[other].unit
      let matters = instruction.unit.isOnCore ? unit.isOnCore : unit == instruction.unit
      return !matters || isDone(execution - 1, other)
    }
  }
}
