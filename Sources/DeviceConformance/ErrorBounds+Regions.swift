internal import GraphIR

extension ErrorBounds {
  /// The values of an operation with regions: of the evaluator, with bounds that follow its way.
  func regions(_ operation: Operation, _ operands: [Bounded]) -> [Bounded] {
    switch operation {
    case .whileLoop(let condition, let body): return whileLoop(condition, body, operands)
    case .branch(let branches):
      let (index, inputs) = (operands[0], Array(operands.dropFirst()))
      let number = Int(index.literal[0])
      let chosen = branches[branches.indices.contains(number) ? number : branches.count - 1]
      let results = bounded(chosen, inputs)
      return index.isExact ? results : results.map { unbounded($0.literal) }
    case .reduceByRegion(let dimensions, let body): return reduce(dimensions, body, operands)
    default:
      // The order is that of the evaluator, or nothing is known.
      let literals = evaluator.values(of: operation, operands.map(\.literal))
      let isExact = operands.allSatisfy(\.isExact)
      return literals.map { isExact ? Bounded(exact: $0) : unbounded($0) }
    }
  }

  private func whileLoop(_ condition: Graph, _ body: Graph, _ operands: [Bounded]) -> [Bounded] {
    var state = operands
    var isOpen = false
    while true {
      let verdict = bounded(condition, state)[0]
      isOpen = isOpen || !verdict.isExact
      if verdict.literal[0] == 0 { break }
      state.replaceSubrange(..<body.results.count, with: bounded(body, state))
    }
    let results = state.prefix(body.results.count)
    return results.map { isOpen ? unbounded($0.literal) : $0 }
  }

  /// In the evaluator's order.
  private func reduce(
    _ dimensions: [Int], _ body: Graph, _ operands: [Bounded]
  ) -> [Bounded] {
    let tensors = operands.prefix(operands.count / 2)
    let starts = Array(operands.suffix(operands.count / 2))
    let type = operands[0].type
    let kept = type.shape.indices.filter { !dimensions.contains($0) }
    var results = tensors.map { tensor in
      (type: TensorType(kept.map { type.shape[$0] }, tensor.type.dtype), values: [Bounded]())
    }
    let members = type.positions(of: dimensions.sorted())
    for base in type.positions(of: kept) {
      var partial = starts
      for member in members {
        let next = tensors.map { $0.element(base + member) }
        partial = bounded(body, partial + next)
      }
      for (index, value) in partial.enumerated() { results[index].values.append(value) }
    }
    return results.map { type, values in
      Bounded(Literal(type, values.map { $0.literal[0] }), bounds: values.map { $0.bounds[0] })
    }
  }

  private func unbounded(_ literal: Literal) -> Bounded {
    Bounded(
      literal, bounds: [Double](repeating: .infinity, count: literal.type.elementCount))
  }
}

extension ErrorBounds.Bounded {
  /// One element, as a scalar.
  fileprivate func element(_ position: Int) -> Self {
    Self(
      Literal(.scalar(type.dtype), splat: literal[position]),
      bounds: [bounds.count == 1 ? bounds[0] : bounds[position]])
  }
}
