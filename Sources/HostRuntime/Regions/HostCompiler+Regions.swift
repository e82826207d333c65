import GraphIR

extension HostCompiler {
  /// An instruction whose regions are compiled as programs of their own.
  mutating func appendWhile(_ value: ValueID, _ condition: Graph, _ body: Graph) -> Bool {
    let operands = operandSlots(of: value)
    let targets = defineAll(value)
    let byteCounts = body.results.map { body.type(of: $0.value).byteCount }
    let spares = byteCounts.map { builder.arenaSlot(byteCount: $0) }
    let verdict = builder.arenaSlot(byteCount: 1)
    let (test, step) = (runner(condition, value, 0), runner(body, value, 1))
    let turns = counters.counter(at: place + [value.index, 1])
    builder.append(
      .init(reads: operands, writes: targets + spares + [verdict]) { place in
        WhileStep(
          condition: test, body: step, turns: turns, operands: operands.map(place),
          targets: targets.map(place),
          spares: spares.map(place), byteCounts: byteCounts, verdict: place(verdict))
      })
    return true
  }

  /// A choice between regions that are compiled as programs of their own.
  mutating func appendBranch(_ value: ValueID, _ branches: [Graph]) -> Bool {
    let operands = operandSlots(of: value)
    let targets = defineAll(value)
    var runners: [ProgramRunner] = []
    var runs: [RegionCounters.Counter] = []
    for (number, branch) in branches.enumerated() {
      runners.append(runner(branch, value, number))
      runs.append(counters.counter(at: place + [value.index, number]))
    }
    builder.append(
      .init(reads: operands, writes: targets) { place in
        BranchStep(
          branches: runners, runs: runs, index: place(operands[0]),
          operands: operands.dropFirst().map(place),
          targets: targets.map(place))
      })
    return true
  }

  /// - Returns: `false` for comparators that are more than arithmetic.
  mutating func appendSort(_ value: ValueID, _ dimension: Int, _ comparator: Graph) -> Bool {
    guard let program = ScalarProgram(comparator) else { return false }
    let sources = operandSlots(of: value)
    let targets = defineAll(value)
    let types = graph[value].operands.map { graph.type(of: $0) }
    builder.append(
      .init(reads: sources, writes: targets) { place in
        SortStep(
          types[0], dimension: dimension, comparator: program,
          tensors: types.indices.map {
            (types[$0].dtype, place(sources[$0]), place(targets[$0]))
          })
      })
    return true
  }

  /// - Returns: `false` for bodies that are more than arithmetic.
  mutating func appendReduce(_ value: ValueID, _ dimensions: [Int], _ body: Graph) -> Bool {
    guard let program = ScalarProgram(body) else { return false }
    let operands = operandSlots(of: value)
    let targets = defineAll(value)
    let type = graph.type(of: graph[value].operands[0])
    let dtypes = body.parameters.prefix(targets.count).map(\.type.dtype)
    let kept = type.shape.indices.filter { !dimensions.contains($0) }
    let (bases, members) = (type.positions(of: kept), type.positions(of: dimensions.sorted()))
    builder.append(
      .init(reads: operands, writes: targets) { place in
        RegionReduceStep(
          body: program,
          tensors: targets.indices.map {
            .init(
              dtype: dtypes[$0], source: place(operands[$0]),
              start: place(operands[targets.count + $0]), target: place(targets[$0]))
          }, bases: bases, members: members)
      })
    return true
  }

  /// The operands in dense memory.
  mutating func operandSlots(of value: ValueID) -> [Slot] {
    var slots: [Slot] = []
    for operand in graph[value].operands { slots.append(denseSlot(of: operand)) }
    return slots
  }

  /// A region as a program with memory of its own.
  private func runner(_ region: Graph, _ value: ValueID, _ number: Int) -> ProgramRunner {
    var compiler = HostCompiler(
      region, engine: engine.engine(for: region), fusion: fusion, threads: threads,
      place: place + [value.index, number], counters: counters)
    return ProgramRunner(compiler.compile(), threads: threads)
  }
}
