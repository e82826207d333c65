internal import GraphIR

extension BackwardStep {
  /// Both derivatives of a product are products: of the cotangent and the other operand, summed
  /// over what that operand kept to itself.
  func dotGeneral(
    _ dot: DotDimensions, in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let (lhs, rhs) = (operands[0], operands[1])
    let left = DotSide(
      batching: dot.lhsBatching, contracting: dot.lhsContracting,
      free: dot.lhsFree(rank: builder.type(of: lhs).rank))
    let right = DotSide(
      batching: dot.rhsBatching, contracting: dot.rhsContracting,
      free: dot.rhsFree(rank: builder.type(of: rhs).rank))
    // The result's dimensions: batch, free of the left, free of the right.
    let batches = left.batching.count
    let leftFree = Array(batches..<(batches + left.free.count))
    let rightFree = Array((batches + left.free.count)..<instruction.type.rank)
    return [
      try byOperand(0, in: &builder) { (builder) throws(GraphError) in
        try product(
          of: left, lhs, other: right, rhs, ownFree: leftFree, otherFree: rightFree, in: &builder)
      },
      try byOperand(1, in: &builder) { (builder) throws(GraphError) in
        try product(
          of: right, rhs, other: left, lhs, ownFree: rightFree, otherFree: leftFree, in: &builder)
      },
    ]
  }

  /// The derivative by the operand `value`, whose dimensions are `side`.
  ///
  /// The two factors may stand in either order; the one that needs no transposition is taken.
  private func product(
    of side: DotSide, _ value: ValueID, other: DotSide, _ otherValue: ValueID, ownFree: [Int],
    otherFree: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let dtype = builder.type(of: value).dtype
    let factor = try builder.convert(otherValue, to: instruction.type.dtype)
    let batches = Array(side.batching.indices)
    // The other operand's contracted dimensions come out ascending; say where each one belongs.
    let summed = other.contracting.sorted().map {
      side.contracting[other.contracting.rank(of: $0)]
    }
    let cotangentFirst = side.batching + side.free + summed
    let otherFirst = side.batching + summed + side.free

    let isOrdered = { (places: [Int]) in places == places.sorted() }
    if !isOrdered(cotangentFirst) && isOrdered(otherFirst) {
      let product = try builder.dotGeneral(
        factor, cotangent,
        DotDimensions(
          lhsBatching: other.batching, rhsBatching: batches, lhsContracting: other.free,
          rhsContracting: otherFree))
      return try builder.convert(product, to: dtype)
    }
    let product = try builder.dotGeneral(
      cotangent, factor,
      DotDimensions(
        lhsBatching: batches, rhsBatching: other.batching, lhsContracting: otherFree,
        rhsContracting: other.free))
    let placed = try builder.permuted(
      product, cotangentFirst.indices.map { cotangentFirst.rank(of: $0) })
    return try builder.convert(placed, to: dtype)
  }
}

/// The dimensions of one operand of a product, by what becomes of them.
private struct DotSide {
  let batching: [Int]
  let contracting: [Int]
  let free: [Int]
}
