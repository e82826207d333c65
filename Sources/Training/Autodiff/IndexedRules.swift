internal import GraphIR

extension BackwardStep {
  /// The derivative goes back to where the block was taken.
  func dynamicSlice(
    _ sizes: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let zeros = try builder.splat(0, like: operands[0])
    let starts = Array(operands.dropFirst())
    let derivative = try builder.append(.dynamicUpdateSlice, [zeros, cotangent] + starts)
    return [derivative] + starts.map { _ in nil }
  }

  /// What was overwritten gets nothing; the update gets what is there.
  func dynamicUpdateSlice(in builder: inout GraphBuilder) throws(GraphError) -> [ValueID?] {
    let starts = Array(operands.dropFirst(2))
    let update = builder.type(of: operands[1])
    let zeros = try builder.splat(0, like: operands[1])
    return [
      wanted[0]
        ? try builder.append(.dynamicUpdateSlice, [cotangent, zeros] + starts) : nil,
      wanted[1]
        ? try builder.append(.dynamicSlice(sizes: update.shape), [cotangent] + starts) : nil,
    ] + starts.map { _ in nil }
  }

  /// Derivatives add up where slices were taken; a gather moves indices to where slices lie in the
  /// tensor, which a scatter does not.
  func gather(
    _ slices: IndexedSlices, _ sizes: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let operand = builder.type(of: operands[0])
    let indices = builder.type(of: operands[1])
    let last = slices.indexMap.map { Double(operand.shape[$0] - sizes[$0]) }
    let limits = try builder.constant(Literal(TensorType([last.count], indices.dtype), last))
    let vector = slices.indexVectorDimension
    let spread = try builder.broadcast(
      vector < indices.rank ? limits : builder.reshape(limits, to: []), to: indices.shape,
      dimensions: vector < indices.rank ? [vector] : [])
    let inside = try builder.clamp(builder.scalar(0, indices.dtype), operands[1], spread)
    let zeros = try builder.splat(0, like: operands[0])
    let derivative = try builder.scatter(zeros, at: inside, cotangent, slices) {
      (b, old, update) throws(GraphError) in try b.add(old, update)
    }
    return [derivative, nil]
  }
}
