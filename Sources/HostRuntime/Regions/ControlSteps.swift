import GraphIR

/// Repeats a region while another says so. The state changes between two places in memory.
struct WhileStep: Step {
  let condition: ProgramRunner
  let body: ProgramRunner
  let turns: RegionCounters.Counter
  /// The first state, and what the regions read besides.
  let operands: [Location]
  /// The last state.
  let targets: [Location]
  /// Room for every other state.
  let spares: [Location]
  let byteCounts: [Int]
  /// One truth value.
  let verdict: Location

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    for index in targets.indices {
      memory.pointer(targets[index]).copyMemory(
        from: memory.pointer(operands[index]), byteCount: byteCounts[index])
    }
    for index in operands.indices.dropFirst(targets.count) {
      condition.bind(parameter: index, to: memory.pointer(operands[index]))
      body.bind(parameter: index, to: memory.pointer(operands[index]))
    }
    condition.bind(result: 0, to: memory.pointer(verdict))
    var isInSpares = false
    while true {
      let (state, next) = isInSpares ? (spares, targets) : (targets, spares)
      for index in targets.indices {
        condition.bind(parameter: index, to: memory.pointer(state[index]))
        body.bind(parameter: index, to: memory.pointer(state[index]))
        body.bind(result: index, to: memory.pointer(next[index]))
      }
      condition.runSteps()
      if memory.pointer(verdict).load(as: UInt8.self) == 0 { break }
      body.runSteps()
      turns.count += 1
      isInSpares.toggle()
    }
    guard isInSpares else { return }
    for index in targets.indices {
      memory.pointer(targets[index]).copyMemory(
        from: memory.pointer(spares[index]), byteCount: byteCounts[index])
    }
  }
}

/// Runs one of several regions.
struct BranchStep: Step {
  let branches: [ProgramRunner]
  let runs: [RegionCounters.Counter]
  /// One i32.
  let index: Location
  let operands: [Location]
  let targets: [Location]

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let number = Int(memory.pointer(index).load(as: Int32.self))
    let chosen = branches.indices.contains(number) ? number : branches.count - 1
    let branch = branches[chosen]
    runs[chosen].count += 1
    for (parameter, operand) in operands.enumerated() {
      branch.bind(parameter: parameter, to: memory.pointer(operand))
    }
    for (result, target) in targets.enumerated() {
      branch.bind(result: result, to: memory.pointer(target))
    }
    branch.runSteps()
  }
}
