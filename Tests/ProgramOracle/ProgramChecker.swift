package import SystolicCompiler
package import SystolicModel
internal import Units

/// Verifies a program, its times and its costs: it believes neither the compiler nor the engine.
///
/// Time and memory are linear in the number of instructions. Programs of more tiles than a limit are
/// looked at as nests of loops only.
package struct ProgramChecker {
  package let compiled: CompiledProgram
  package let architecture: ChipArchitecture
  package let isExpanded: Bool
  /// Executions one after another, by instruction; a test may change them.
  package var executions: [[InstructionTimes.Entry]] = []
  let expanded: ExpandedProgram?
  let timing: ChipTiming

  package init(
    compiled: CompiledProgram, architecture: ChipArchitecture, mostTiles: Int = 1_000_000,
    launchCycles: Int? = nil
  ) {
    self.compiled = compiled
    self.architecture = architecture
    timing = ChipTiming(architecture, launchCycles: launchCycles)
    isExpanded = ExpandedProgram.tiles(of: compiled.program) <= mostTiles
    guard isExpanded else {
      expanded = nil
      return
    }
    expanded = ExpandedProgram(compiled.program, timing)
    executions = InstructionTimes.run(compiled.program, timing, executions: 3)
  }

  var program: Program { compiled.program }

  /// Everything that is wrong, in words; empty if nothing is.
  package func problems() -> [String] {
    var problems = nestProblems() + capacityProblems() + costProblems()
    guard let expanded else { return problems }
    problems += placeProblems(expanded) + storageProblems(expanded)
    problems += conservationProblems(expanded)
    for (number, times) in executions.enumerated() {
      let name = "execution \(number)"
      let order = orderProblems(expanded, times)
      problems += order.map { "\(name): \($0)" }
      guard order.isEmpty else { continue }
      problems += unitProblems(expanded, times).map { "\(name): \($0)" }
      problems += dependenceProblems(expanded, times).map { "\(name): \($0)" }
      problems += memoryProblems(expanded, times).map { "\(name): \($0)" }
      problems += accumulatorProblems(expanded, times).map { "\(name): \($0)" }
      problems += dramProblems(expanded, times).map { "\(name): \($0)" }
    }
    return problems + executionProblems(expanded)
  }

  /// The engine ran these instructions, in this order, each for so long.
  private func orderProblems(
    _ expanded: ExpandedProgram, _ times: [InstructionTimes.Entry]
  ) -> [String] {
    guard times.count == expanded.instructions.count else {
      return ["\(times.count) instructions ran, \(expanded.instructions.count) are in the program"]
    }
    for (index, (entry, instruction)) in zip(times, expanded.instructions).enumerated() {
      if entry.unit != instruction.unit || entry.op != instruction.op {
        return ["\(index) is \(instruction.work), \(entry.unit.name) ran"]
      }
      if entry.duration != instruction.duration {
        return ["\(index) \(instruction.work) takes \(instruction.duration), ran \(entry.duration)"]
      }
    }
    return []
  }

  /// No unit does two things at once; but the arrays may take operands while the last product's
  /// results leave. The DRAM's bus moves the data of one copy at a time, and so many copies are in
  /// flight at most.
  private func unitProblems(
    _ expanded: ExpandedProgram, _ times: [InstructionTimes.Entry]
  ) -> [String] {
    var problems: [String] = []
    var free = [Int](repeating: Int.min, count: ProgramUnit.allCases.count)
    var issued = free
    var bus = Int.min
    var copies: [Int] = []
    for (index, entry) in times.enumerated() {
      let (time, duration) = (entry.time, entry.duration)
      let unit = entry.unit.rawValue
      if time.begin < free[unit] { problems.append("\(entry.unit.name) does \(index) too early") }
      if time.end
        != time.dataStart + duration.occupied + time.contention + duration.tail
      {
        problems.append("\(index) takes \(time), its parts are \(duration)")
      }
      free[unit] = time.end - duration.tail + duration.pause
      if entry.unit.isCopy {
        if time.issue < issued[unit] { problems.append("copy \(index) overtakes another") }
        issued[unit] = time.issue
        if time.dataStart < time.issue + duration.lead {
          problems.append("copy \(index) has no lead")
        }
      }
      guard entry.unit.usesDRAM else { continue }
      if time.dataStart < bus { problems.append("the DRAM moves \(index) and another at once") }
      bus = time.end
      if copies.count >= timing.copiesInFlight,
        time.issue < copies[copies.count - timing.copiesInFlight]
      {
        problems.append("\(index) is one copy in flight too many")
      }
      copies.append(time.end)
    }
    return problems
  }

  /// Nothing starts before what it waits for.
  private func dependenceProblems(
    _ expanded: ExpandedProgram, _ times: [InstructionTimes.Entry]
  ) -> [String] {
    var problems: [String] = []
    for index in times.indices {
      for other in expanded.waits(of: index)
      where other >= index || times[index].time.issue < times[other].time.end {
        problems.append(
          "\(index) \(expanded.instructions[index].work) starts before \(other) "
            + "\(expanded.instructions[other].work) ends")
      }
      if times[index].unit.isOnCore, index > 0, times[index].time.issue < times[0].time.end {
        problems.append("\(index) starts before the launch")
      }
    }
    return problems
  }

  /// Bytes are read when they are written, and written when nobody uses them; two buffers never hold
  /// the same address at the same time.
  private func memoryProblems(
    _ expanded: ExpandedProgram, _ times: [InstructionTimes.Entry]
  ) -> [String] {
    var problems: [String] = []
    var contents = program.buffers.map { _ in BufferContents() }
    let overlapping = program.overlappingBuffers
    for (buffer, bytes) in heldBuffers { contents[buffer].fill(0..<bytes) }
    for index in times.indices {
      let time = times[index].time
      for access in expanded.accesses(of: index) {
        let buffer = access.buffer
        let label = "VMEM \(program.buffers[buffer].label) \(access.range)"
        guard access.isWrite else {
          let written = contents[buffer].read(access.range, end: time.end)
          if written == nil || !contents[buffer].isValid {
            problems.append("\(index) reads \(label), which nothing has written")
          } else if time.issue < written ?? 0 {
            problems.append("\(index) reads \(label) while it is written")
          }
          continue
        }
        if !contents[buffer].isValid {
          for other in overlapping[buffer] where contents[other].isValid {
            if time.issue < contents[other].lastUse {
              problems.append("buffers \(buffer) and \(other) overlap in VMEM and in time")
            }
            contents[other].lose()
          }
        }
        if time.issue < contents[buffer].write(access.range, end: time.end) {
          problems.append("\(index) writes \(label) while it is in use")
        }
      }
    }
    return problems
  }

  /// Buffers whose contents are there before the program, with their bytes.
  private var heldBuffers: [(buffer: Int, bytes: Int)] {
    program.groups.flatMap { group in
      group.inputs.compactMap { place in
        let value = program.values[place.value]
        return value.isHeld && value.producer == nil ? (place.buffer, value.bytes) : nil
      }
    }
  }

  /// Sums, running and waiting, fit the accumulators at every moment: their bytes all of them, their
  /// rows those of one array. Nothing is taken before it is complete.
  private func accumulatorProblems(
    _ expanded: ExpandedProgram, _ times: [InstructionTimes.Entry]
  ) -> [String] {
    var problems: [String] = []
    var lives = expanded.sums.map { _ in (start: Int.max, complete: 0, end: Int.max) }
    for (index, instruction) in expanded.instructions.enumerated() {
      let time = times[index].time
      switch instruction.sums {
      case .adds(let tile):
        if lives[tile].end != .max { problems.append("\(index) adds to sums that were taken") }
        if time.issue < lives[tile].complete, lives[tile].start == .max {
          problems.append("\(index) adds to sums that are not back")
        }
        lives[tile].start = min(lives[tile].start, time.issue)
        lives[tile].complete = max(lives[tile].complete, time.end)
      case .restores(let tile):
        lives[tile].start = min(lives[tile].start, time.issue)
        lives[tile].complete = max(lives[tile].complete, time.end)
      case .empties(let tile):
        if time.issue < lives[tile].complete { problems.append("\(index) takes unfinished sums") }
        lives[tile].end = time.end
      case nil: break
      }
    }
    var changes: [(cycle: Int, bytes: Int, rows: Int)] = []
    for (life, sums) in zip(lives, expanded.sums) {
      if life.end == .max { problems.append("sums stay in the accumulators") }
      changes.append((life.start, sums.bytes, sums.rows))
      changes.append((life.end, -sums.bytes, -sums.rows))
    }
    changes.sort { ($0.cycle, $0.bytes) < ($1.cycle, $1.bytes) }
    var (bytes, rows) = (0, 0)
    for change in changes {
      bytes += change.bytes
      rows += change.rows
      if let problem = accumulatorProblem(bytes: bytes, rows: rows) {
        return problems + ["\(problem) at \(change.cycle)"]
      }
    }
    return problems
  }

  func accumulatorProblem(bytes: Int, rows: Int) -> String? {
    let mxu = architecture.mxu
    if bytes > mxu.count * mxu.accumulatorBytes {
      return "\(bytes) bytes of sums in \(mxu.count * mxu.accumulatorBytes) of accumulators"
    }
    if 4 * rows * mxu.columns > mxu.accumulatorBytes {
      return "\(rows) rows of sums in an array's \(mxu.accumulatorBytes) bytes of accumulators"
    }
    return nil
  }

  /// A value is read from DRAM when all of it is there: from the host, or stored before; and so are
  /// sums.
  private func dramProblems(
    _ expanded: ExpandedProgram, _ times: [InstructionTimes.Entry]
  ) -> [String] {
    var problems: [String] = []
    var stored = program.values.map { _ in (bytes: 0, end: 0) }
    var sums: [Int: (group: Int, bytes: Int, end: Int)] = [:]
    for (index, instruction) in expanded.instructions.enumerated() {
      let time = times[index].time
      switch instruction.work {
      case .hostIn(let infeed):
        if let value = program.infeeds[infeed].value {
          stored[value] = (program.infeeds[infeed].bytes, time.end)
        }
      case .store(let value, let bytes):
        stored[value].bytes += bytes
        stored[value].end = max(stored[value].end, time.end)
      case .load(let value, _):
        if program.values[value].home == .dram { break }
        if stored[value].bytes < program.values[value].bytes || stored[value].end > time.issue {
          problems.append("\(index) loads %\(value) before it is there")
        }
      case .hostOut(let outfeed):
        guard let value = program.outfeeds[outfeed].value, program.values[value].home != .dram
        else { break }
        if stored[value].bytes < program.values[value].bytes || stored[value].end > time.issue {
          problems.append("the host fetches %\(value) before it is there")
        }
      case .storeSums(let place, let bytes):
        sums[place] = (instruction.group, bytes, time.end)
      case .loadSums(let place, let bytes):
        let there = sums[place]
        if there?.group != instruction.group || there?.bytes != bytes
          || there?.end ?? .max > time.issue
        {
          problems.append("\(index) loads sums before they are there")
        }
      case .launch, .matmul, .vector, .take, .put: break
      }
    }
    return problems
  }

  /// The host link's two buffers are used by turns; the core does one execution at a time; the steady
  /// execution is what repeats.
  private func executionProblems(_ expanded: ExpandedProgram) -> [String] {
    var problems: [String] = []
    for (number, times) in executions.enumerated().dropFirst(2) {
      let before = executions[number - 2]
      for turn in expanded.turns
      where times[turn.waiter].time.issue < before[turn.awaited].time.end {
        problems.append("\(turn.waiter) of execution \(number) takes a buffer that is in use")
      }
    }
    for (before, after) in zip(executions, executions.dropFirst()) {
      let start = after[0].time.issue
      if before.contains(where: {
        $0.unit.isOnCore && $0.time.end - $0.duration.tail > start
      }) {
        problems.append("an execution starts before the one before ends")
      }
    }
    guard compiled.times.isExact else { return problems }
    let engine = TimelineEngine(program, timing, recorder: InstructionTimes(), compresses: false)
    var machine = compiled.times.steadyStart
    engine.execute(&machine)
    let moved = machine.boundary - compiled.times.steadyStart.boundary
    if moved + compiled.times.steadyPortWait != compiled.times.period {
      problems.append("the steady execution takes \(moved), not \(compiled.times.period)")
    }
    if machine.relative != compiled.times.steadyStart.relative {
      problems.append("the steady execution does not repeat")
    }
    return problems
  }
}
