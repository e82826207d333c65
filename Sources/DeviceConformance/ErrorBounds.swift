internal import GraphIR

/// The reference evaluator with, beside each element, how far a sound device may be from it.
///
/// A device rounds every value of the graph to the value's type; it may order sums as it likes,
/// and may take subnormal numbers for zeros. From that the bounds follow, operation by operation,
/// by propagating each operand's bound (a running error analysis):
/// - elementwise operations on exact operands are exact, but for functions such as `exponential`,
///   which may be off by the units in the last place that their descriptors allow;
/// - a sum of `k` products may be off by γₖ · Σ |a · b| in binary32, and one rounding;
/// - what regions compute is bounded operation by operation, if bounds leave open neither a
///   condition nor an order;
/// - a sum of `k` elements by γₖ · Σ |x| in its own type.
///
/// - Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1 to 3.5.
struct ErrorBounds {
  let evaluator: ReferenceEvaluator
  /// The device's compiler may leave out roundings between operations; see `ConformanceSuite.run`.
  var contracts = false

  /// A value and one bound an element; an infinite bound allows anything.
  struct Bounded {
    var literal: Literal
    var bounds: [Double]

    var type: TensorType { literal.type }
    var isExact: Bool { bounds.allSatisfy { $0 == 0 } }

    init(_ literal: Literal, bounds: [Double]) {
      self.literal = literal
      self.bounds = bounds
    }

    init(exact literal: Literal) {
      self.init(literal, bounds: [Double](repeating: 0, count: literal.type.elementCount))
    }

    /// The magnitudes, each raised by its bound.
    var largest: Tensor {
      Tensor(type, zip(literal.elements, bounds).map { $0.magnitude + $1 })
    }

    var magnitudes: Tensor { Tensor(type, literal.elements.map(\.magnitude)) }
  }

  /// The results of a graph with their bounds, in order.
  func results(of graph: Graph, _ inputs: [Literal]) throws(GraphError) -> [Bounded] {
    try graph.verify()
    return bounded(graph, inputs.map { Bounded(exact: $0) })
  }

  /// The results of a sound graph for inputs with bounds.
  func bounded(_ graph: Graph, _ inputs: [Bounded]) -> [Bounded] {
    var values: [Bounded] = []
    values.reserveCapacity(graph.instructions.count)
    for instruction in graph.instructions {
      let operands = instruction.operands.map { values[$0.index] }
      switch instruction.operation {
      case .parameter(let index): values.append(inputs[index])
      case .result: continue  // with the first value of its instruction
      case let operation where operation.kind == .regions:
        values += regions(operation, operands)
      default:
        let literal = evaluator.value(of: instruction, operands.map(\.literal))
        values.append(Bounded(literal, bounds: bounds(instruction, literal, operands)))
      }
    }
    return graph.results.map { values[$0.value.index] }
  }

  private func bounds(
    _ instruction: Instruction, _ literal: Literal, _ operands: [Bounded]
  ) -> [Double] {
    let operation = instruction.operation
    switch operation.kind {
    case .input: return Bounded(exact: literal).bounds
    case .bits:
      let bound = operands.allSatisfy(\.isExact) ? 0 : Double.infinity
      return literal.elements.map { _ in bound }
    case .indexed: return indexed(instruction, literal, operands)
    case .view, .move:
      let tensors = operands.map { Tensor($0.type, $0.bounds) }
      return ReferenceEvaluator.rearranged(operation, literal.type, tensors).elements
    case .elementwise:
      if case .select = operation { return Self.select(operands) }
      return flushed(literal, elementwise(operation, literal, operands.map(readable)))
    case .product: return flushed(literal, product(operation, literal, operands.map(readable)))
    case .reduction, .window:
      if case .selectAndScatter(let window) = operation {
        return flushed(literal, selectAndScatter(window, literal, operands.map(readable)))
      }
      return flushed(literal, reduction(operation, literal, operands.map(readable)))
    case .regions, .result: preconditionFailure("regions have bounds of their own")
    }
  }

  /// The operand as arithmetic may read it: a subnormal number, or zero.
  private func readable(_ operand: Bounded) -> Bounded {
    Bounded(operand.literal, bounds: flushed(operand.literal, operand.bounds))
  }

  /// Bounds that also allow zeros for subnormal numbers.
  private func flushed(_ literal: Literal, _ bounds: [Double]) -> [Double] {
    guard let format = FloatFormat(literal.type.dtype) else { return bounds }
    return bounds.enumerated().map { index, bound in
      format.isSubnormal(literal[index]) ? bound + literal[index].magnitude : bound
    }
  }

  private static func select(_ operands: [Bounded]) -> [Double] {
    let (predicate, whenTrue, whenFalse) = (operands[0], operands[1], operands[2])
    return whenTrue.bounds.indices.map { index in
      let at = predicate.bounds.count == 1 ? 0 : index
      if predicate.bounds[at] == 0 {
        return predicate.literal[at] != 0 ? whenTrue.bounds[index] : whenFalse.bounds[index]
      }
      let distance = (whenTrue.literal[index] - whenFalse.literal[index]).magnitude
      return defined(distance + max(whenTrue.bounds[index], whenFalse.bounds[index]))
    }
  }
}

/// A bound that came out as NaN bounds nothing.
func defined(_ bound: Double) -> Double { bound.isNaN ? .infinity : bound }
