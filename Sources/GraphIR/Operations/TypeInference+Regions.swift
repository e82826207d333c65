extension TypeRules {
  /// Tensors of one shape, put in order along a dimension.
  func sort(_ dimension: Int, _ comparator: Graph) throws(BrokenRule) -> [TensorType] {
    try requireDimensions([dimension], rank: operands[0].rank, "sort dimension")
    try requireOneShape(operands)
    // Of each operand two elements, the one that stands first and the other.
    let elements = operands.flatMap { [TensorType.scalar($0.dtype), .scalar($0.dtype)] }
    let results = try requireRegion("the comparator", comparator, of: elements)
    try require(
      results == [.scalar(.i1)], "needs a comparator with one result tensor<i1>, has \(results)")
    return operands
  }

  func reduce(_ dimensions: [Int], _ body: Graph) throws(BrokenRule) -> [TensorType] {
    try require(
      operands.count % 2 == 0, "takes a start for each tensor, has \(operands.count) operands")
    let tensors = Array(operands.prefix(operands.count / 2))
    let starts = Array(operands.suffix(operands.count / 2))
    try requireOneShape(tensors)
    for (tensor, start) in zip(tensors, starts) { try requireScalar(start, like: tensor) }
    try requireDimensions(dimensions, rank: tensors[0].rank, "dimensions")
    let results = try requireRegion("the body", body, of: starts + starts)
    try require(results == starts, "needs a body with results \(starts), has \(results)")
    let kept = tensors[0].shape.indices.filter { !dimensions.contains($0) }
    return tensors.map { TensorType(kept.map { tensors[0].shape[$0] }, $0.dtype) }
  }

  func whileLoop(_ condition: Graph, _ body: Graph) throws(BrokenRule) -> [TensorType] {
    let verdict = try requireRegion("the condition", condition, of: operands)
    try require(
      verdict == [.scalar(.i1)], "needs a condition with one result tensor<i1>, has \(verdict)")
    let results = try requireRegion("the body", body, of: operands)
    try require(
      !results.isEmpty && results == Array(operands.prefix(results.count)),
      "needs a body that gives the first operands a new value, of types \(operands), has \(results)"
    )
    return results
  }

  func branch(_ branches: [Graph]) throws(BrokenRule) -> [TensorType] {
    try require(
      operands[0] == .scalar(.i32), "needs an index tensor<i32> before all, has \(operands[0])")
    try require(!branches.isEmpty, "needs at least one branch")
    let results = try requireRegion("branch 0", branches[0], of: Array(operands.dropFirst()))
    try require(!results.isEmpty, "needs branches with results")
    for (index, branch) in branches.enumerated().dropFirst() {
      let other = try requireRegion("branch \(index)", branch, of: Array(operands.dropFirst()))
      try require(
        other == results,
        "needs branches of one kind: branch 0 gives \(results), branch \(index) "
          + "\(other)")
    }
    return results
  }

  private func requireOneShape(_ tensors: [TensorType]) throws(BrokenRule) {
    try require(
      tensors.allSatisfy { $0.shape == tensors[0].shape },
      "needs tensors of one shape, has \(tensors)")
  }

  /// A sound program over values of these types.
  ///
  /// - Returns: the types of its results.
  func requireRegion(
    _ role: String, _ region: Graph, of types: [TensorType]
  ) throws(BrokenRule) -> [TensorType] {
    do { try region.verify() } catch { throw fail("has an unsound region, \(role): \(error)") }
    let parameters = region.parameters.map(\.type)
    try require(parameters == types, "hands \(types) to \(role), which takes \(parameters)")
    try require(
      region.results.allSatisfy { $0.donatedParameter == nil }, "\(role) donates a parameter")
    return region.results.map { region.type(of: $0.value) }
  }
}
