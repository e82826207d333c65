internal import DeviceAPI
internal import GraphIR
internal import GraphPasses
internal import SystolicModel
internal import Units

/// Compiles a loop: its body as a program of its own whose state lies in DRAM or, where that is faster
/// and it fits, stays in VMEM from the first turn to the last.
struct LoopCompiler {
  private let trees: TreeCompiler
  /// The graph around the loop.
  private let outside: GraphParts
  private let residence: Residence
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
    _ trees: TreeCompiler, _ outside: GraphParts, _ residence: Residence, _ value: ValueID,
    _ place: [Int], _ name: String
  ) {
    (self.trees, self.outside, self.residence, self.value) = (trees, outside, residence, value)
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
    let isStraight = inside.parts.count == 1 && test.parts.count <= 1
    var best = try loop(
      inside, test, holding: isStraight ? [] : smallOperands(inside), &bytes)
    deepest = max(
      deepest,
      bytes + inside.storedBytes + test.storedBytes
        + changed.reduce(0) { $0 + body.parameters[$1].type.byteCount })
    // What holds loops or branches of its own is compiled once.
    guard inside.parts.count == 1, case .straight(let step) = inside.parts[0],
      test.parts.allSatisfy({ if case .straight = $0 { true } else { false } }),
      test.parts.count <= 1
    else { return best }
    var tried: Set<Set<Int>> = [[]]
    for limit in Self.limits(trees.compiler.chip.architecture.vmem.capacityBytes - residence.bytes)
    {
      let held = holdable(step, limit)
      guard tried.insert(held).inserted else { continue }
      do throws(DeviceError) {
        let other = try loop(inside, test, holding: held, &bytes)
        if cycles(other) < cycles(best) { best = other }
      } catch {
        // It may not fit on chip with so much held.
        if error.kind == .outOfMemory { continue }
        throw error
      }
    }
    return best
  }

  /// Bytes of a value that is held at most, and of all of them: scalars and the like; then whatever fits
  /// beside what the body needs, in half of VMEM and in a quarter.
  private static func limits(_ capacity: Int) -> [(each: Int, all: Int)] {
    [
      (Residence.mostBytes, capacity / 4), (capacity / 2, capacity / 2),
      (capacity / 4, capacity / 4),
    ]
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
        !inPlace.contains(position), !isHeldOutside(operand)
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

  /// Operands of a body of several parts that stay: small ones, as long as there is room.
  private func smallOperands(_ inside: GraphParts) -> Set<Int> {
    var held: Set<Int> = []
    for operand in body.parameters.indices where !isHeldOutside(operand) {
      if known[operand] != nil { continue }
      let size = bytes(of: operand)
      if size > Residence.mostBytes || bytes(of: held) + size > residence.room / 2 { continue }
      if let result = body.results.first(where: { $0.donatedParameter == operand }) {
        let base = body.viewBase(of: result.value)
        let isShared = body.results.count { body.viewBase(of: $0.value) == base } > 1
        if case .dynamicUpdateSlice = body[base].operation { continue }
        if isShared || base != result.value || inside.part(of: base) == nil
          || inside.isLoopValue(base)
        {
          continue
        }
      }
      held.insert(operand)
    }
    return held
  }

  /// Bytes of VMEM that a held operand takes.
  private func bytes(of operand: Int) -> Int {
    body.parameters[operand].type.byteCount.alignedForVMEM * (changed.contains(operand) ? 2 : 1)
  }

  private func bytes(of held: Set<Int>) -> Int { held.reduce(0) { $0 + bytes(of: $1) } }

  /// Whether no turn changes the operand, and it lies in VMEM around the loop.
  private func isHeldOutside(_ operand: Int) -> Bool {
    !changed.contains(operand)
      && residence.held.contains(
        outside.graph.viewBase(of: outside.graph[value].operands[operand]))
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
    let parameters = held.union(body.parameters.indices.filter(isHeldOutside))
    let own = Residence(
      of: inside, within: residence, parameters: parameters, added: self.bytes(of: held)
    ) { body.results[$0].donatedParameter.map(held.contains) ?? false }
    loop.body = try trees.nodes(of: inside, own, place + [1], name + ".body/", &bytes)
    if turns == nil {
      // The core that starts programs reads the verdict in VMEM.
      let test = (
        parts: test,
        residence: Residence(
          of: test, within: residence, parameters: parameters, added: self.bytes(of: held)
        ) { _ in true }
      )
      loop.condition = try trees.nodes(
        of: test.parts, test.residence, place + [0], name + ".condition/", &bytes)
    }
    loop.entry = try entry(held)
    loop.exit = try exit(held)
    return loop
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
    for (position, source) in builder.part.sources.enumerated() {
      if let source, residence.held.contains(source) { placement.parameters.insert(position) }
    }
    return try copies(builder, placement)
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
    return try copies(builder, placement)
  }

  private func copies(
    _ builder: PartBuilder, _ placement: OnChipPlacement
  ) throws(DeviceError) -> CompiledProgram? {
    if builder.part.results.isEmpty { return nil }
    return try trees.compiler.plan(
      builder.part.graph, placement: placement, launchCycles: 0, reserved: residence.bytes)
  }

  /// Whether the loop may change its first state where it lies: it was computed for it, or is a
  /// parameter whose place the last state takes, and nothing else reads it.
  private func takesOver(_ index: Int) -> Bool {
    let graph = outside.graph
    let operand = graph[value].operands[index]
    let own = graph.results.filter { $0.value == operand }
    guard own.isEmpty, !residence.held.contains(graph.viewBase(of: operand)),
      graph[value].operands.count(where: { $0 == operand }) == 1
    else {
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
