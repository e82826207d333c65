extension ReferenceEvaluator {
  /// The operations that only place elements: each result element is one of an operand's.
  package static func rearranged(
    _ operation: Operation, _ type: TensorType, _ operands: [Tensor]
  ) -> Tensor {
    switch operation {
    case .broadcastInDim(let dimensions): return broadcast(operands[0], type, dimensions)
    case .reshape: return Tensor(type, operands[0].elements)
    case .transpose(let permutation):
      return gather(
        operands[0], type, StridedIndices.offsets(of: permutation, in: operands[0].type))
    case .reverse(let dimensions): return reverse(operands[0], type, dimensions)
    case .slice(let start, _, let strides): return slice(operands[0], type, start, strides)
    case .pad(let low, _, let interior):
      return pad(operands[0], type, low, interior, with: operands[1].elements[0])
    case .concatenate(let dimension): return concatenate(operands, type, dimension)
    default: preconditionFailure("\(operation.name) computes")
    }
  }

  private static func gather(_ operand: Tensor, _ type: TensorType, _ offsets: [Int]) -> Tensor {
    Tensor(type, offsets.map { operand.elements[$0] })
  }

  /// `result[i…] = i[dimension]`
  static func iota(_ type: TensorType, _ dimension: Int) -> Literal {
    var steps = [Int](repeating: 0, count: type.rank)
    steps[dimension] = 1
    return Literal(
      type, words: StridedIndices.offsets(type.shape, steps).map { type.dtype.counted($0) })
  }

  /// Dimensions that the operand lacks, or has with size 1, are stepped over without moving.
  private static func broadcast(
    _ operand: Tensor, _ type: TensorType, _ dimensions: [Int]
  ) -> Tensor {
    let strides = operand.type.strides
    var steps = [Int](repeating: 0, count: type.rank)
    for (from, to) in dimensions.enumerated() where operand.type.shape[from] != 1 {
      steps[to] = strides[from]
    }
    return gather(operand, type, StridedIndices.offsets(type.shape, steps))
  }

  private static func reverse(
    _ operand: Tensor, _ type: TensorType, _ dimensions: [Int]
  ) -> Tensor {
    var steps = type.strides
    var base = 0
    for d in dimensions {
      base += (type.shape[d] - 1) * steps[d]
      steps[d] = -steps[d]
    }
    return gather(operand, type, StridedIndices.offsets(type.shape, steps, base: base))
  }

  private static func slice(
    _ operand: Tensor, _ type: TensorType, _ start: [Int], _ strides: [Int]
  ) -> Tensor {
    let dense = operand.type.strides
    let base = zip(start, dense).map { $0 * $1 }.reduce(0, +)
    let steps = zip(strides, dense).map { $0 * $1 }
    return gather(operand, type, StridedIndices.offsets(type.shape, steps, base: base))
  }

  /// `result[low + i · (interior + 1)] = operand[i]` where that lies inside the result.
  private static func pad(
    _ operand: Tensor, _ type: TensorType, _ low: [Int], _ interior: [Int], with value: Double
  ) -> Tensor {
    var targets: [Int?] = [0]
    for (d, stride) in type.strides.enumerated() {
      targets = targets.flatMap { start in
        (0..<operand.type.shape[d]).map { i in
          let position = low[d] + i * (interior[d] + 1)
          return start.flatMap {
            (0..<type.shape[d]).contains(position) ? $0 + position * stride : nil
          }
        }
      }
    }
    var result = [Double](repeating: value, count: type.elementCount)
    for (element, target) in zip(operand.elements, targets) {
      if let target { result[target] = element }
    }
    return Tensor(type, result)
  }

  private static func concatenate(
    _ operands: [Tensor], _ type: TensorType, _ dimension: Int
  ) -> Tensor {
    let strides = type.strides
    var result = [Double](repeating: 0, count: type.elementCount)
    var start = 0
    for operand in operands {
      let targets = StridedIndices.offsets(
        operand.type.shape, strides, base: start * strides[dimension])
      for (element, target) in zip(operand.elements, targets) { result[target] = element }
      start += operand.type.shape[dimension]
    }
    return Tensor(type, result)
  }
}
