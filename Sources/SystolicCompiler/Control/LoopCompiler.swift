internal import DeviceAPI
internal import GraphIR
internal import GraphPasses
internal import Units

/// Compiles a loop: its body as a program of its own whose state lies in DRAM or, where that is faster
/// and it fits, stays in VMEM from the first turn to the last.
struct LoopCompiler {
  private let trees: TreeCompiler
  /// The graph around the loop.
  private let outside: GraphParts
  private let value: ValueID
  private let place: [Int]
  private let name: String
  private let condition: Graph
  /// The body with the values that a turn changes as results, each in place of the operand that it is
  /// the next value of.
  private let body: Graph
  private let changed: [Int]
  private let known: [Int: Literal]
  private let turns: Int?

  init(
    _ trees: TreeCompiler, _ outside: GraphParts, _ value: ValueID, _ place: [Int], _ name: String
  ) {
    (self.trees, self.outside, self.value) = (trees, outside, value)
    (self.place, self.name) = (place, name)
    guard case .whileLoop(let condition, let body) = outside.graph[value].operation else {
      preconditionFailure("\(name) is no loop")
    }
    self.condition = condition.copyingParameters()
    changed = body.results.indices.filter { body.changes($0) }
    var step = body.copyingParameters { !body.changes($0) }
    step.results = changed.map {
      GraphResult(name: "r\($0)", value: step.results[$0].value, donatedParameter: $0)
    }
    self.body = step
    known = outside.known.operands(of: value)
    turns = outside.known.turns(of: value)
  }

  func loop(_ deepest: inout Int) throws(DeviceError) -> ProgramTree.Loop {
    let inside = GraphParts(body, KnownValues(body, parameters: known))
    let test = GraphParts(condition, KnownValues(condition, parameters: known))
    var bytes = 0
    var best = try loop(inside, test, holding: [], &bytes)
    deepest = max(
      deepest,
      bytes + inside.storedBytes + test.storedBytes
        + changed.reduce(0) { $0 + body.parameters[$1].type.byteCount })
    guard inside.parts.count == 1, case .straight(let step) = inside.parts[0],
      test.parts.count <= 1
    else { return best }
    var tried: Set<Set<Int>> = [[]]
    for limit in Self.limits(trees.compiler.chip.architecture.vmem.capacityBytes) {
      let held = holdable(step, limit)
      guard tried.insert(held).inserted else { continue }
      do throws(DeviceError) {
        let other = try loop(inside, test, holding: held, &bytes)
        if cycles(other) < cycles(best) { best = other }
      } catch {
        // It does not fit on chip with so much held.
        continue
      }
    }
    return best
  }

  /// Bytes of a value that is held at most, and of all of them: scalars and the like; then whatever fits
  /// beside what the body needs, in half of VMEM and in a quarter.
  private static func limits(_ capacity: Int) -> [(each: Int, all: Int)] {
    [(4096, capacity / 4), (capacity / 2, capacity / 2), (capacity / 4, capacity / 4)]
  }

  /// Operands that may stay, the smallest first: those that no turn changes, once, and those whose next
  /// value takes their place, twice.
  private func holdable(_ step: GraphParts.Straight, _ limit: (each: Int, all: Int)) -> Set<Int> {
    let inPlace = step.graph.results.compactMap { result -> Int? in
      if case .dynamicUpdateSlice = step.graph[result.value].operation {
        return result.donatedParameter
      }
      return nil
    }
    var sizes: [(bytes: Int, operand: Int)] = []
    for (position, source) in step.sources.enumerated() {
      guard let source, case .parameter(let operand) = body[source].operation,
        !inPlace.contains(position)
      else { continue }
      let isReplaced = step.graph.results.contains { $0.donatedParameter == position }
      if body.results.contains(where: { $0.donatedParameter == operand }) && !isReplaced {
        continue
      }
      let size = body.type(of: source).byteCount.alignedForVMEM
      if size <= limit.each { sizes.append((isReplaced ? 2 * size : size, operand)) }
    }
    var held: Set<Int> = []
    var left = limit.all
    for (bytes, operand) in sizes.sorted(by: { ($0.bytes, $0.operand) < ($1.bytes, $1.operand) })
    where bytes <= left {
      left -= bytes
      held.insert(operand)
    }
    return held
  }

  /// For choosing: a loop whose turns depend on data turns often.
  private func cycles(_ loop: ProgramTree.Loop) -> Double {
    let turn = (loop.body + loop.condition).reduce(0) { $0 + $1.leastCycles }
    let once = [loop.entry, loop.exit].reduce(0) { $0 + ($1?.cost.cold.cycles.count ?? 0) }
    return Double(once) + Double(turns ?? 64) * turn
  }

  // MARK: Programs

  private func loop(
    _ inside: GraphParts, _ test: GraphParts, holding held: Set<Int>, _ bytes: inout Int
  ) throws(DeviceError) -> ProgramTree.Loop {
    var loop = ProgramTree.Loop(
      place: place, name: name, entry: nil, condition: [], body: [], exit: nil, turns: turns,
      held: held)
    if case .straight(let step)? = inside.parts.first, inside.parts.count == 1 {
      loop.body = [.straight(try program(step, of: body, held, holdsResults: false, &bytes))]
    } else {
      loop.body = try trees.nodes(of: inside, place + [1], name + ".body/", &bytes)
    }
    if turns == nil {
      if case .straight(let part)? = test.parts.first, test.parts.count == 1 {
        loop.condition = [
          .straight(try program(part, of: condition, held, holdsResults: true, &bytes))
        ]
      } else {
        loop.condition = try trees.nodes(of: test, place + [0], name + ".condition/", &bytes)
      }
    }
    loop.entry = try entry(held)
    loop.exit = try exit(held)
    return loop
  }

  /// A part of a region with the held operands in VMEM, and the results that take their places; or, of
  /// the condition, all results, which the core that starts programs reads there.
  private func program(
    _ part: GraphParts.Straight, of region: Graph, _ held: Set<Int>, holdsResults: Bool,
    _ bytes: inout Int
  ) throws(DeviceError) -> CompiledProgram {
    var placement = OnChipPlacement()
    for (position, source) in part.sources.enumerated() {
      if let source, case .parameter(let operand) = region[source].operation,
        held.contains(operand)
      {
        placement.parameters.insert(position)
      }
    }
    for (position, result) in part.graph.results.enumerated() {
      if holdsResults || result.donatedParameter.map(placement.parameters.contains) ?? false {
        placement.results.insert(position)
      }
    }
    let program = try trees.compiler.plan(part.graph, placement: placement, launchCycles: 0)
    bytes = max(bytes, program.ownDRAMBytes)
    return program
  }

  private func entry(_ held: Set<Int>) throws(DeviceError) -> CompiledProgram? {
    let graph = outside.graph
    var builder = PartBuilder(name + ".entry", graph, outside.known)
    var placement = OnChipPlacement()
    for (index, operand) in graph[value].operands.enumerated() {
      let isHeld = held.contains(index)
      guard isHeld || changed.contains(index) && !takesOver(index) else { continue }
      if isHeld { placement.results.insert(builder.part.results.count) }
      let copy = builder.copy(operand)
      builder.deliver(copy, as: operand)
    }
    if builder.part.results.isEmpty { return nil }
    return try trees.compiler.plan(builder.part.graph, placement: placement, launchCycles: 0)
  }

  private func exit(_ held: Set<Int>) throws(DeviceError) -> CompiledProgram? {
    let live = outside.graph.liveValues()
    var builder = PartBuilder(name + ".exit", body, KnownValues(body))
    var placement = OnChipPlacement()
    for operand in changed where held.contains(operand) && live[value.index + operand] {
      guard let parameter = body.parameterValue(operand) else { continue }
      placement.parameters.insert(builder.part.sources.count)
      let copy = builder.copy(parameter)
      builder.deliver(copy, as: parameter)
    }
    if builder.part.results.isEmpty { return nil }
    return try trees.compiler.plan(builder.part.graph, placement: placement, launchCycles: 0)
  }

  /// Whether the loop may change its first state where it lies: it was computed for it, or is a
  /// parameter whose place the last state takes, and nothing else reads it.
  private func takesOver(_ index: Int) -> Bool {
    let graph = outside.graph
    let operand = graph[value].operands[index]
    let own = graph.results.filter { $0.value == operand }
    guard own.isEmpty, graph[value].operands.count(where: { $0 == operand }) == 1 else {
      return false
    }
    let live = graph.liveValues()
    let isReadElsewhere = graph.values.contains { user in
      user != value && live[user.index] && graph[user].operands.contains(operand)
    }
    if isReadElsewhere { return false }
    if case .parameter(let parameter) = graph[operand].operation {
      return graph.results.contains {
        $0.donatedParameter == parameter && $0.value == ValueID(value.index + index)
      }
    }
    return outside.part(of: operand) != nil && !graph.isView(operand)
  }
}
