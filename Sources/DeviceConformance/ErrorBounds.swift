internal import GraphIR
internal import GraphPasses

/// The reference evaluator with, beside each element, how far a sound device may be from it.
///
/// A device rounds every value of the graph to the value's type; it may order sums as it likes,
/// and may take subnormal numbers for zeros. From that the bounds follow, operation by operation,
/// by propagating each operand's bound (a running error analysis):
/// - elementwise operations on exact operands are exact, but `exponential`, `log`, `logistic`,
///   `power`, `rsqrt` and `tanh`, which may be off by 4 units in the last place;
/// - a sum of `k` products may be off by γₖ · Σ |a · b| in binary32, and one rounding;
/// - a sum of `k` elements by γₖ · Σ |x| in its own type.
///
/// - Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1 to 3.5.
struct ErrorBounds {
  let evaluator: ReferenceEvaluator

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
    let graph = InlinedGraph(graph).graph
    let literals = try evaluator.values(of: graph, inputs)
    var values: [Bounded] = []
    for (instruction, literal) in zip(graph.instructions, literals) {
      let operands = instruction.operands.map { values[$0.index] }
      values.append(Bounded(literal, bounds: bounds(instruction, literal, operands)))
    }
    return graph.results.map { values[$0.value.index] }
  }

  private func bounds(
    _ instruction: Instruction, _ literal: Literal, _ operands: [Bounded]
  ) -> [Double] {
    switch instruction.operation {
    case .parameter, .constant, .iota, .randomBits:
      return Bounded(exact: literal).bounds
    case .broadcastInDim, .reshape, .transpose, .reverse, .slice, .pad, .concatenate:
      let tensors = operands.map { Tensor($0.type, $0.bounds) }
      return ReferenceEvaluator.rearranged(
        instruction.operation, literal.type, tensors
      ).elements
    case .select: return Self.select(operands)
    case .unary, .binary, .compare, .convert, .stochasticConvert:
      return flushed(literal, elementwise(instruction.operation, literal, operands.map(readable)))
    case .dotGeneral, .convolution:
      return flushed(literal, product(instruction.operation, literal, operands.map(readable)))
    case .reduce, .reduceWindow:
      return flushed(literal, reduction(instruction.operation, literal, operands.map(readable)))
    case .fusion, .fusionResult: preconditionFailure("regions are inlined")
    case .selectAndScatter(let window):
      return flushed(literal, selectAndScatter(window, literal, operands.map(readable)))
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
