internal import GraphIR

extension ErrorBounds {
  /// The values of an operation that may define several: of the evaluator, with bounds that follow its way.
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
      Bounded(
        Literal(type, words: values.map { $0.literal.word(at: 0) }),
        bounds: values.map { $0.bounds[0] })
    }
  }

  /// Elements move with their bounds, if it is known whereto.
  func indexed(
    _ instruction: Instruction, _ literal: Literal, _ operands: [Bounded]
  ) -> [Double] {
    let (isIndex, isExact) = (operands.map { $0.type.dtype.isInteger }, operands.map(\.isExact))
    if zip(isIndex, isExact).contains(where: { $0 && !$1 }) {
      return unbounded(literal).bounds
    }
    if case .scatter(let slices, let body) = instruction.operation {
      return scatter(slices, body, operands)
    }
    // Integers are exact by now.
    if literal.type.dtype.isInteger { return Bounded(exact: literal).bounds }
    var moving = instruction
    moving.type = literal.type.with(dtype: .f64)
    let bounds = operands.map { operand in
      operand.type.dtype.isInteger
        ? operand.literal : Literal(operand.type.with(dtype: .f64), operand.bounds)
    }
    return evaluator.value(of: moving, bounds).elements
  }

  private func scatter(
    _ slices: IndexedSlices, _ body: Graph, _ operands: [Bounded]
  ) -> [Double] {
    let (operand, updates) = (operands[0], operands[2])
    let targets = ReferenceEvaluator.scatterTargets(
      slices, operand.type, operands[1].literal, updates.type)
    var elements = (0..<operand.type.elementCount).map { operand.element($0) }
    for (position, target) in targets.enumerated() {
      guard let target else { continue }
      elements[target] = bounded(body, [elements[target], updates.element(position)])[0]
    }
    return elements.map { $0.bounds[0] }
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
      Literal(.scalar(type.dtype), words: [literal.word(at: position)]),
      bounds: [bounds.count == 1 ? bounds[0] : bounds[position]])
  }
}
