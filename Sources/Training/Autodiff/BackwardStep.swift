internal import GraphIR

/// One instruction met on the way back, with the derivative of the loss by its result.
struct BackwardStep {
  let instruction: Instruction
  /// The value that the instruction defines.
  let result: ValueID
  /// The derivative of the loss by `result`; of its type.
  let cotangent: ValueID
  /// Which operands need a derivative.
  let wanted: [Bool]

  var operands: [ValueID] { instruction.operands }

  /// Adds what this step passes on to what the operands have from later instructions.
  func collect(
    into cotangents: inout [ValueID?], in builder: inout GraphBuilder
  ) throws(GraphError) {
    for (index, contribution) in try operandCotangents(in: &builder).enumerated() {
      guard let contribution, wanted[index] else { continue }
      let operand = operands[index].index
      cotangents[operand] = try builder.sum(cotangents[operand], contribution)
    }
  }

  /// The derivatives of the loss by the operands; `nil` where none is wanted or all are zero.
  func operandCotangents(in builder: inout GraphBuilder) throws(GraphError) -> [ValueID?] {
    switch instruction.operation {
    case .parameter, .constant, .iota, .compare, .randomBits, .randomBitGenerator:
      return operands.map { _ in nil }
    case .unary(let op): return [try unary(op, in: &builder)]
    case .binary(let op): return try binary(op, in: &builder)
    case .select: return try select(in: &builder)
    case .clamp: return try clamp(in: &builder)
    case .convert: return [try convert(in: &builder)]
    case .broadcastInDim(let dimensions): return [try broadcast(dimensions, in: &builder)]
    case .reshape: return [try reshape(in: &builder)]
    case .transpose(let permutation): return [try transpose(permutation, in: &builder)]
    case .reverse(let dimensions): return [try reverse(dimensions, in: &builder)]
    case .slice(let start, _, let strides): return [try slice(start, strides, in: &builder)]
    case .pad(let low, let high, let interior):
      return try pad(low: low, high: high, interior: interior, in: &builder)
    case .concatenate(let dimension): return try concatenate(dimension, in: &builder)
    case .dotGeneral(let dimensions): return try dotGeneral(dimensions, in: &builder)
    case .convolution(let attributes): return try convolution(attributes, in: &builder)
    case .reduce(let reducer, let dimensions):
      return try reduce(reducer, dimensions, in: &builder)
    case .reduceWindow(let reducer, let window):
      return try reduceWindow(reducer, window, in: &builder)
    case .result: throw noRule("an operation of several values")
    case .bitcastConvert: return [nil]
    // As if it were exact: between the steps of a rounding there is no derivative to be had.
    case .reducePrecision: return [cotangent]
    case .dynamicSlice(let sizes): return try dynamicSlice(sizes, in: &builder)
    case .dynamicUpdateSlice: return try dynamicUpdateSlice(in: &builder)
    case .gather(let slices, let sizes): return try gather(slices, sizes, in: &builder)
    case .stochasticConvert, .selectAndScatter, .scatter, .sort, .reduceByRegion, .whileLoop,
      .branch:
      throw noRule(instruction.operation.name)
    }
  }

  func noRule(_ what: String) -> GraphError {
    GraphError(
      place: "%\(result.index) \(instruction.operation.name) in '\(instruction.scope)'",
      reason: "\(what) has no derivative rule; hold the value constant or compute it otherwise")
  }

  /// The derivative by an operand of a product, if it is wanted, in a scope that says which it is:
  /// `.dW` by weights, `.dX` by another left operand, `.dY` by another right one.
  func byOperand(
    _ index: Int, in builder: inout GraphBuilder,
    _ derivative: (inout GraphBuilder) throws(GraphError) -> ValueID
  ) throws(GraphError) -> ValueID? {
    guard wanted[index] else { return nil }
    let outer = builder.scope
    defer { builder.scope = outer }
    builder.scope += builder.isWeight(operands[index]) ? ".dW" : index == 0 ? ".dX" : ".dY"
    return try derivative(&builder)
  }

  /// The sum of all elements of `value`: the derivative by a scalar that was added everywhere.
  func total(_ value: ValueID, in builder: inout GraphBuilder) throws(GraphError) -> ValueID {
    try builder.reduce(.add, value, dimensions: Array(0..<builder.type(of: value).rank))
  }
}

extension GraphBuilder {
  /// Whether a value is a parameter that stays on the device, in another type or shape at most.
  fileprivate func isWeight(_ value: ValueID) -> Bool {
    let instruction = graph[value]
    if case .parameter(let index) = instruction.operation {
      return graph.parameters[index].role == .resident
    }
    return instruction.operands.count == 1 && isWeight(instruction.operands[0])
  }

  /// What a value has of its derivative so far, and a contribution more.
  mutating func sum(
    _ earlier: ValueID?, _ contribution: ValueID
  ) throws(GraphError) -> ValueID {
    guard let earlier else { return contribution }
    return try add(earlier, contribution)
  }
}
