internal import GraphIR

extension BackwardStep {
  /// Sums over what was spread, then puts the dimensions back in the operand's order.
  func broadcast(
    _ dimensions: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let operand = builder.type(of: operands[0])
    let spread = instruction.type.shape
    let kept = operand.shape.indices.filter { operand.shape[$0] == spread[dimensions[$0]] }
    let keptDimensions = kept.map { dimensions[$0] }
    let summed = spread.indices.filter { !keptDimensions.contains($0) }
    var value = cotangent
    if !summed.isEmpty { value = try builder.reduce(.add, value, dimensions: summed) }
    // The sum has the kept dimensions in the result's order; `kept` lists them in the operand's.
    let ascending = keptDimensions.sorted()
    value = try builder.permuted(value, keptDimensions.map { ascending.rank(of: $0) })
    return try builder.reshaped(value, to: operand.shape)
  }

  func reshape(in builder: inout GraphBuilder) throws(GraphError) -> ValueID {
    try builder.reshape(cotangent, to: builder.type(of: operands[0]).shape)
  }

  func transpose(
    _ permutation: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.permuted(cotangent, permutation.indices.map { permutation.rank(of: $0) })
  }

  func reverse(
    _ dimensions: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.append(.reverse(dimensions: dimensions), [cotangent])
  }

  /// Elements that the slice left out get zeros.
  func slice(
    _ start: [Int], _ strides: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder.type(of: operands[0]).shape
    let taken = instruction.type.shape
    let high = shape.indices.map {
      shape[$0] - start[$0] - (taken[$0] == 0 ? 0 : (taken[$0] - 1) * strides[$0] + 1)
    }
    let zero = try builder.scalar(0, instruction.type.dtype)
    return try builder.append(
      .pad(low: start, high: high, interior: strides.map { $0 - 1 }), [cotangent, zero])
  }

  /// Undoes the edges (what was cut off gets zeros), then picks the elements between the holes;
  /// the padding value gets what is left over.
  func pad(
    low: [Int], high: [Int], interior: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let shape = builder.type(of: operands[0]).shape
    var inner = cotangent
    if low.contains(where: { $0 != 0 }) || high.contains(where: { $0 != 0 }) {
      let zero = try builder.scalar(0, instruction.type.dtype)
      inner = try builder.append(
        .pad(low: low.map { -$0 }, high: high.map { -$0 }, interior: shape.map { _ in 0 }),
        [cotangent, zero])
    }
    if interior.contains(where: { $0 != 0 }) {
      inner = try builder.append(
        .slice(
          start: shape.map { _ in 0 }, limit: builder.type(of: inner).shape,
          strides: interior.map { $0 + 1 }), [inner])
    }
    guard wanted[1] else { return [inner, nil] }
    let everything = try total(cotangent, in: &builder)
    return [inner, try builder.subtract(everything, total(inner, in: &builder))]
  }

  func concatenate(
    _ dimension: Int, in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    var start = instruction.type.shape.map { _ in 0 }
    var limit = instruction.type.shape
    let strides = limit.map { _ in 1 }
    var parts: [ValueID?] = []
    for (index, operand) in operands.enumerated() {
      limit[dimension] = start[dimension] + builder.type(of: operand).shape[dimension]
      parts.append(
        wanted[index]
          ? try builder.append(.slice(start: start, limit: limit, strides: strides), [cotangent])
          : nil)
      start[dimension] = limit[dimension]
    }
    return parts
  }
}

extension GraphBuilder {
  /// A transposition, left out where it would change nothing.
  mutating func permuted(_ x: ValueID, _ permutation: [Int]) throws(GraphError) -> ValueID {
    permutation == Array(permutation.indices) ? x : try transpose(x, permutation: permutation)
  }

  /// A reshape, left out where it would change nothing.
  mutating func reshaped(_ x: ValueID, to shape: [Int]) throws(GraphError) -> ValueID {
    type(of: x).shape == shape ? x : try reshape(x, to: shape)
  }
}

extension [Int] {
  /// Where `element` stands in a list that holds it.
  func rank(of element: Int) -> Int {
    guard let position = firstIndex(of: element) else {
      preconditionFailure("\(self) is not a permutation")
    }
    return position
  }
}
