import GraphIR
import SystolicModel

@testable import SystolicCompiler

/// Computes what cores compute: each its own graphs, core after core, on one memory that all of them read
/// and write at once, without any idea of what the parts were cut from.
struct DividedEvaluator {
  let parts: CoreParts
  /// Cores are run in descending order. Where a core wrote over what another one still reads, one of the two
  /// orders shows it.
  var isReversed = false
  /// The values that lie in memory, by where they lie.
  private(set) var memory: [ValueID: Literal] = [:]
  /// Values that took the place of others.
  private var places: [ValueID: ValueID] = [:]

  private var graph: Graph { parts.assignment.graph }

  init(_ parts: CoreParts, _ inputs: [Literal], isReversed: Bool) {
    self.parts = parts
    self.isReversed = isReversed
    for value in parts.assignment.graph.values {
      if case .parameter(let index) = parts.assignment.graph[value].operation {
        memory[value] = inputs[index]
      }
    }
  }

  mutating func results() throws -> [Literal] {
    for phase in parts.phases {
      let cores = Array(phase.enumerated())
      for (core, part) in isReversed ? cores.reversed() : cores {
        if let part { try run(part, core) }
      }
    }
    return graph.results.map { result in
      let base = parts.assignment.bases[result.value.index]
      return Literal(graph.type(of: result.value), load(base).elements)
    }
  }

  private func place(_ value: ValueID) -> ValueID { places[value] ?? value }

  private func load(_ value: ValueID) -> Literal {
    if let literal = memory[place(value)] { return literal }
    // Rows of an input.
    guard case .slice(let start, _, _) = graph[value].operation,
      let whole = memory[graph[value].operands[0]]
    else { preconditionFailure("%\(value.index) is in nobody's memory") }
    let type = graph.type(of: value)
    let row = type.shape.dropFirst().reduce(1, *)
    return Literal(
      type, Array(whole.elements[start[0] * row..<start[0] * row + type.elementCount]))
  }

  private func range(_ value: ValueID, _ type: TensorType, _ core: Int) -> Range<Int> {
    let count = graph.type(of: value).elementCount
    return type.elementCount == count
      ? 0..<count : EvenSplit(count, parts: parts.cores).ranges[core]
  }

  private mutating func run(_ part: GraphParts.Straight, _ core: Int) throws {
    let inputs = zip(part.graph.parameters, part.sources).map { parameter, source in
      guard let source else { return Literal(parameter.type, splat: 0) }
      let own = range(source, parameter.type, core)
      return Literal(parameter.type, Array(load(source).elements[own]))
    }
    let results = try ReferenceEvaluator.evaluate(part.graph, inputs)
    for (index, (value, result)) in zip(part.results, results).enumerated() {
      if let donated = part.graph.results[index].donatedParameter, let old = part.sources[donated] {
        places[value] = place(old)
      }
      let type = graph.type(of: value)
      var elements = memory[place(value)]?.elements ?? Array(repeating: 0, count: type.elementCount)
      elements.replaceSubrange(range(value, result.type, core), with: result.elements)
      memory[place(value)] = Literal(type, elements)
    }
  }
}
