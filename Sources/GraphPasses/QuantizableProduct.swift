package import GraphIR

/// A product that can be computed in int8, because one of its operands is a weight: a resident
/// f32 parameter of rank 2 or more that nothing else reads.
package struct QuantizableProduct: Hashable, Sendable {
  /// The `dot_general` or `convolution`.
  package var product: ValueID
  /// Which parameter of the graph the weight is.
  package var parameter: Int
  /// Which operand the weight is: 0 or 1.
  package var position: Int
  /// The other operand, looked at through `reshape`: what is to be quantized.
  package var input: ValueID
  /// The weight's dimensions that are not summed over, ascending: its output channels.
  package var channels: [Int]
  /// For each of `channels`, the result's dimension that it becomes.
  package var resultDimensions: [Int]
  /// The weight's other dimensions, which are summed over.
  package var summed: [Int]
}

extension Graph {
  /// The products that can be computed in int8, in the order of the instructions.
  ///
  /// Products of two computed values are not among them, nor products of parameters that
  /// something else reads as well.
  package func quantizableProducts() -> [QuantizableProduct] {
    let users = users()
    let results = Set(results.map(\.value))
    func weight(_ value: ValueID) -> Int? {
      guard case .parameter(let index) = self[value].operation,
        parameters[index].role == .resident, type(of: value).dtype == .f32,
        type(of: value).rank >= 2, users[value.index].count == 1, !results.contains(value)
      else { return nil }
      return index
    }
    return values.compactMap { value in
      let operands = self[value].operands
      guard operands.count == 2, operands[0] != operands[1], type(of: value).dtype == .f32,
        operands.allSatisfy({ type(of: $0).dtype == .f32 })
      else { return nil }
      // The right operand is the weight where both could be.
      for position in [1, 0] {
        guard let parameter = weight(operands[position]),
          let channels = channels(of: value, position: position)
        else { continue }
        let rank = type(of: operands[position]).rank
        return QuantizableProduct(
          product: value, parameter: parameter, position: position,
          input: unreshaped(operands[1 - position]), channels: channels.map(\.weight),
          resultDimensions: channels.map(\.result),
          summed: (0..<rank).filter { d in !channels.contains { $0.weight == d } })
      }
      return nil
    }
  }

  /// Dimensions of an operand that are not summed over, ascending, each with the result's; `nil`
  /// if the instruction is no product, or the operand a convolution's input.
  private func channels(
    of value: ValueID, position: Int
  ) -> [(weight: Int, result: Int)]? {
    let rank = type(of: self[value].operands[position]).rank
    switch self[value].operation {
    case .dotGeneral(let dot):
      let batching = position == 0 ? dot.lhsBatching : dot.rhsBatching
      let free = position == 0 ? dot.lhsFree(rank: rank) : dot.rhsFree(rank: rank)
      let before = position == 0 ? batching.count : type(of: value).rank - free.count
      let pairs =
        batching.enumerated().map { (weight: $1, result: $0) }
        + free.enumerated().map { (weight: $1, result: before + $0) }
      return pairs.sorted { $0.weight < $1.weight }
    case .convolution(let attributes) where position == 1:
      let at = attributes.dimensions
      return [(weight: at.kernelOutputFeature, result: at.outputFeature)]
    default: return nil
    }
  }

  /// The value of which `value` is another shape.
  private func unreshaped(_ value: ValueID) -> ValueID {
    var base = value
    while case .reshape = self[base].operation { base = self[base].operands[0] }
    return base
  }
}
