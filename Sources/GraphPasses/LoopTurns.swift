package import GraphIR

/// What is known of the values of a graph before it runs: constants, also those that a loop or a branch
/// hands to its regions.
package struct KnownValues: Sendable {
  private let graph: Graph
  /// By parameter.
  private let parameters: [Int: Literal]

  /// - Parameter parameters: the known ones among the graph's own; each a splat, or one element.
  package init(_ graph: Graph, parameters: [Int: Literal] = [:]) {
    self.graph = graph
    self.parameters = parameters
  }

  /// A parameter's value; `nil` if it is not known.
  package func parameter(_ index: Int) -> Literal? { parameters[index] }

  /// The value if it is known and the same in all places; views and conversions are looked through.
  package func splat(_ value: ValueID) -> Literal? {
    // A chain may be longer than a thread's stack is deep.
    var path = [value]
    while let last = path.last, graph[last].operation.passesSplats {
      path.append(graph[last].operands[0])
    }
    guard let first = path.popLast() else { return nil }
    let source: Literal? =
      switch graph[first].operation {
      case .constant(let literal): literal
      case .parameter(let index): parameters[index]
      default: nil
      }
    guard let value = source?.splat else { return nil }
    var known = Literal(graph.type(of: first), splat: value)
    // Beyond this a binary64 does not tell integers apart.
    if !known.type.dtype.isFloatingPoint, abs(value) >= 0x1p53 { return nil }
    for view in path.reversed() {
      let next = Literal(graph.type(of: view), splat: known[0])
      // Integers that the next type does not have wrap around; nobody counts with them.
      if !known.type.dtype.isFloatingPoint, next[0] != known[0] { return nil }
      known = next
    }
    return known
  }

  /// What is known of the operands that each region of an instruction gets: of a loop only those that
  /// no turn changes.
  package func operands(of control: ValueID) -> [Int: Literal] {
    let instruction = graph[control]
    var known: [Int: Literal] = [:]
    switch instruction.operation {
    case .whileLoop(_, let body):
      for (index, operand) in instruction.operands.enumerated() where !body.changes(index) {
        known[index] = splat(operand)
      }
    case .branch:
      for (index, operand) in instruction.operands.dropFirst().enumerated() {
        known[index] = splat(operand)
      }
    default: break
    }
    return known
  }

  /// How often the body of a loop runs, if that can be seen: the condition compares one integer of the
  /// state, known at first, with a known one, and the body adds a known one to it. That is what
  /// `lax.scan` and `fori_loop` become.
  ///
  /// - Returns: `nil` where it depends on data, or the loop does not end.
  package func turns(of loop: ValueID) -> Int? {
    let instruction = graph[loop]
    guard case .whileLoop(let condition, let body) = instruction.operation else { return nil }
    let known = operands(of: loop)
    let test = KnownValues(condition, parameters: known)
    let verdict = condition[condition.results[0].value]
    guard case .compare(let direction) = verdict.operation else { return nil }
    for (counter, bound, direction) in [
      (verdict.operands[0], verdict.operands[1], direction),
      (verdict.operands[1], verdict.operands[0], direction.exchanged),
    ] {
      guard case .parameter(let index) = condition[condition.viewBase(of: counter)].operation,
        index < body.results.count, !condition.type(of: counter).dtype.isFloatingPoint,
        let bound = test.splat(bound)?.splat,
        let start = splat(instruction.operands[index])?.splat,
        let step = KnownValues(body, parameters: known).step(of: index)
      else { continue }
      guard let turns = direction.turns(from: start, by: step, to: bound) else { return nil }
      // A counter that leaves its type on the way wraps around.
      let last = start + Double(turns) * step
      return condition.type(of: counter).dtype.rounding(last) == last ? turns : nil
    }
    return nil
  }

  /// What the graph adds to an integer of its state; `nil` if it does something else.
  private func step(of index: Int) -> Double? {
    let update = graph[graph.viewBase(of: graph.results[index].value)]
    guard case .binary(let operation) = update.operation else { return nil }
    func isCounter(_ value: ValueID) -> Bool {
      graph[graph.viewBase(of: value)].operation == .parameter(index: index)
    }
    let (left, right) = (update.operands[0], update.operands[1])
    switch operation {
    case .add where isCounter(left): return splat(right)?.splat
    case .add where isCounter(right): return splat(left)?.splat
    case .subtract where isCounter(left): return (splat(right)?.splat).map { -$0 }
    default: return nil
    }
  }
}

extension Operation {
  /// The same in all places of the result where it is of the operand.
  fileprivate var passesSplats: Bool {
    switch self {
    case .reshape, .broadcastInDim, .convert: true
    default: false
    }
  }
}

extension Graph {
  /// Whether a body gives the operand of that number another value.
  package func changes(_ operand: Int) -> Bool {
    operand < results.count
      && self[results[operand].value].operation != .parameter(index: operand)
  }
}

extension Comparison {
  /// That of the same operands the other way round.
  fileprivate var exchanged: Comparison {
    switch self {
    case .eq, .ne: self
    case .lt: .gt
    case .le: .ge
    case .gt: .lt
    case .ge: .le
    }
  }

  /// How often `start`, `start + step`, ... holds against `bound` from the first on; `nil` if always, or
  /// for longer than anybody waits.
  fileprivate func turns(from start: Double, by step: Double, to bound: Double) -> Int? {
    let distance = bound - start
    func count(_ turns: Double) -> Int? { turns < mostTurns ? Int(max(0, turns)) : nil }
    switch self {
    case .lt: return distance <= 0 ? 0 : step > 0 ? count((distance / step).rounded(.up)) : nil
    case .le:
      return distance < 0 ? 0 : step > 0 ? count((distance / step).rounded(.down) + 1) : nil
    case .gt: return distance >= 0 ? 0 : step < 0 ? count((distance / step).rounded(.up)) : nil
    case .ge:
      return distance > 0 ? 0 : step < 0 ? count((distance / step).rounded(.down) + 1) : nil
    case .ne:
      let turns = distance == 0 ? 0 : distance / step
      return turns >= 0 && turns == turns.rounded() ? count(turns) : nil
    case .eq: return distance == 0 ? (step == 0 ? nil : 1) : 0
    }
  }
}

/// Turns of a loop that nobody sees the end of.
private let mostTurns = Double(1 << 40)
