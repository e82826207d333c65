extension TypeRules {
  func broadcast(_ dimensions: [Int]) throws(BrokenRule) -> TensorType {
    let type = try requireDeclared()
    let operand = operands[0]
    try require(
      type.dtype == operand.dtype, "keeps the element type \(operand.dtype), not \(type.dtype)")
    try require(
      dimensions.count == operand.rank,
      "names \(dimensions.count) dimensions for an operand of rank \(operand.rank)")
    try requireDimensions(dimensions, rank: type.rank, "dimensions")
    for (from, to) in dimensions.enumerated() {
      try require(
        operand.shape[from] == 1 || operand.shape[from] == type.shape[to],
        "cannot spread \(operand.shape) over \(type.shape) along \(dimensions)")
    }
    return type
  }

  func reshape() throws(BrokenRule) -> TensorType {
    let type = try requireDeclared()
    try require(
      type.dtype == operands[0].dtype && type.elementCount == operands[0].elementCount,
      "cannot make \(type) of \(operands[0])")
    return type
  }

  func transpose(_ permutation: [Int]) throws(BrokenRule) -> TensorType {
    try require(
      permutation.count == operands[0].rank,
      "permutes \(permutation.count) dimensions of \(operands[0])")
    try requireDimensions(permutation, rank: operands[0].rank, "permutation")
    return TensorType(permutation.map { operands[0].shape[$0] }, operands[0].dtype)
  }

  func reverse(_ dimensions: [Int]) throws(BrokenRule) -> TensorType {
    try requireDimensions(dimensions, rank: operands[0].rank, "dimensions")
    return operands[0]
  }

  func slice(_ start: [Int], _ limit: [Int], _ strides: [Int]) throws(BrokenRule) -> TensorType {
    let shape = operands[0].shape
    try require(
      start.count == shape.count && limit.count == shape.count && strides.count == shape.count,
      "needs start, limit and stride for each of \(shape.count) dimensions")
    var result: [Int] = []
    for d in shape.indices {
      try require(
        0 <= start[d] && start[d] <= limit[d] && limit[d] <= shape[d] && strides[d] >= 1,
        "takes \(start[d])..<\(limit[d]) by \(strides[d]) of \(shape[d]) in dimension \(d)")
      result.append((limit[d] - start[d] + strides[d] - 1) / strides[d])
    }
    return TensorType(result, operands[0].dtype)
  }

  func pad(_ low: [Int], _ high: [Int], _ interior: [Int]) throws(BrokenRule) -> TensorType {
    let operand = operands[0]
    try requireScalar(operands[1], like: operand)
    try require(
      low.count == operand.rank && high.count == operand.rank && interior.count == operand.rank,
      "needs low, high and interior padding for each of \(operand.rank) dimensions")
    var result: [Int] = []
    for d in 0..<operand.rank {
      let size = operand.shape[d]
      try require(
        [low[d], high[d], interior[d]].allSatisfy(Self.isModest)
          && Self.isModest(size, times: interior[d] + 1),
        "pads \(size) by \(low[d]), \(high[d]), \(interior[d]) in dimension \(d), beyond 2^31")
      let padded = low[d] + (size == 0 ? 0 : (size - 1) * (interior[d] + 1) + 1) + high[d]
      try require(
        interior[d] >= 0 && padded >= 0,
        "pads \(size) by \(low[d]), \(high[d]), \(interior[d]) in dimension \(d)")
      result.append(padded)
    }
    return TensorType(result, operand.dtype)
  }

  func concatenate(_ dimension: Int) throws(BrokenRule) -> TensorType {
    var type = operands[0]
    try requireDimensions([dimension], rank: type.rank, "dimension")
    for operand in operands.dropFirst() {
      var expected = operand
      try require(operand.rank == type.rank, "cannot join \(type) and \(operand)")
      expected.shape[dimension] = type.shape[dimension]
      try require(
        expected == type, "cannot join \(type) and \(operand) along dimension \(dimension)")
      type.shape[dimension] += operand.shape[dimension]
    }
    return type
  }

  func reduce(_ dimensions: [Int]) throws(BrokenRule) -> TensorType {
    let (from, to) = (operands[0].dtype, operands[1].dtype)
    let widens = from.isFloatingPoint && to.isFloatingPoint && to.byteCount > from.byteCount
    if !(widens && operands[1].rank == 0) { try requireScalar(operands[1], like: operands[0]) }
    try requireDimensions(dimensions, rank: operands[0].rank, "dimensions")
    let kept = operands[0].shape.indices.filter { !dimensions.contains($0) }
    return TensorType(kept.map { operands[0].shape[$0] }, to)
  }

  func requireScalar(_ scalar: TensorType, like tensor: TensorType) throws(BrokenRule) {
    try require(
      scalar == .scalar(tensor.dtype),
      "needs a scalar of \(tensor.dtype) beside the tensor, has \(scalar)")
  }
}
