extension ReferenceEvaluator {
  /// Each line along the dimension by insertion: an element goes before all those behind which it
  /// does not belong.
  func sort(_ dimension: Int, _ comparator: Graph, _ operands: [Literal]) -> [Literal] {
    let type = operands[0].type
    let others = (0..<type.rank).filter { $0 != dimension }
    let step = type.strides[dimension]
    var elements = operands.map(\.words)
    for base in StridedIndices.offsets(of: others, in: type) {
      let line = (0..<type.shape[dimension]).map { base + $0 * step }
      var order: [Int] = []
      for candidate in line {
        let place = order.lastIndex { !precedes(candidate, $0, comparator, operands) }
        order.insert(candidate, at: place.map { $0 + 1 } ?? 0)
      }
      for (target, source) in zip(line, order) {
        for index in operands.indices { elements[index][target] = operands[index].word(at: source) }
      }
    }
    return zip(operands, elements).map { Literal($0.type, words: $1) }
  }

  /// Whether the elements at position `a` come before those at `b`.
  private func precedes(
    _ a: Int, _ b: Int, _ comparator: Graph, _ operands: [Literal]
  ) -> Bool {
    let pairs = operands.flatMap { operand in
      [a, b].map { Literal(.scalar(operand.type.dtype), words: [operand.word(at: $0)]) }
    }
    return run(comparator, pairs)[0][0] != 0
  }

  /// In row-major order, from the starts.
  func reduce(_ dimensions: [Int], _ body: Graph, _ operands: [Literal]) -> [Literal] {
    let tensors = operands.prefix(operands.count / 2)
    let starts = Array(operands.suffix(operands.count / 2))
    let type = operands[0].type
    let kept = (0..<type.rank).filter { !dimensions.contains($0) }
    let reduced = (0..<type.rank).filter { dimensions.contains($0) }
    let members = StridedIndices.offsets(of: reduced, in: type)
    var elements = tensors.map { _ in [Double]() }
    for base in StridedIndices.offsets(of: kept, in: type) {
      var partial = starts
      for member in members {
        let next = tensors.map {
          Literal(.scalar($0.type.dtype), words: [$0.word(at: base + member)])
        }
        partial = run(body, partial + next)
      }
      for (index, value) in partial.enumerated() { elements[index].append(value.word(at: 0)) }
    }
    let shape = kept.map { type.shape[$0] }
    return zip(tensors, elements).map { Literal(TensorType(shape, $0.type.dtype), words: $1) }
  }

  func whileLoop(_ condition: Graph, _ body: Graph, _ operands: [Literal]) -> [Literal] {
    let count = body.results.count
    var state = operands
    while run(condition, state)[0][0] != 0 {
      state.replaceSubrange(..<count, with: run(body, state))
    }
    return Array(state.prefix(count))
  }

  func branch(_ branches: [Graph], _ operands: [Literal]) -> [Literal] {
    let index = Int(operands[0][0])
    let chosen = branches.indices.contains(index) ? index : branches.count - 1
    return run(branches[chosen], Array(operands.dropFirst()))
  }

  /// The results of a verified region.
  func run(_ region: Graph, _ inputs: [Literal]) -> [Literal] {
    let values = computed(region, inputs)
    return region.results.map { values[$0.value.index] }
  }
}
