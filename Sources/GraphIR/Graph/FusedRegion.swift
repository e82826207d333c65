/// Instructions that run together without writing what lies between them to memory: the inner graph
/// of a `fusion` instruction.
///
/// The body's parameters stand for the operands of the instruction, its results for what the region
/// leaves in memory. It computes exactly its instructions, each rounded by itself.
///
/// A region is what a device runs in one pass, so that every device can take it as it is:
/// - a loop: elementwise operations over one shape, and reductions of that shape that nothing else
///   in the region reads; or
/// - a `dot_general` or `convolution`, and elementwise operations of its shape: the epilogue.
///
/// Views (`reshape`, `broadcast_in_dim`), scalar constants and counters may stand beside them and
/// cost nothing; a value that the region computes itself is read in place, not through a view.
///
/// - Source: the `fusion` instruction of XLA's HLO, with several results in place of a tuple.
public struct FusedRegion: Hashable, Sendable {
  /// What the region computes, as a graph of its own.
  public var body: Graph

  /// A region as it stands, unchecked: call `verify`.
  public init(body: Graph) { self.body = body }

  /// What the region leaves in memory, in order.
  public var resultTypes: [TensorType] { body.results.map { body.type(of: $0.value) } }

  /// Checks the body as a graph, and that it is a region.
  ///
  /// - Throws: `GraphError` for the first broken rule.
  public func verify() throws(GraphError) {
    try body.verify()
    let members = body.values.filter { !body.isView($0) }
    guard let first = members.first, !body.results.isEmpty else {
      throw problem("must compute something and have a result")
    }
    let product = body[first].operation.isProduct ? first : nil
    guard let leader = product ?? members.first(where: { body[$0].operation.isElementwise })
    else { throw problem("must begin with a product or hold an elementwise operation") }
    let shape = body.type(of: leader).shape
    for member in members where member != product {
      try verify(member, over: shape, follows: product != nil)
    }
    for result in body.results {
      if result.donatedParameter != nil { throw problem("donates no parameter") }
      if body.isView(result.value) {
        throw problem("'\(result.name)' must be a value that the region computes")
      }
    }
  }

  private func verify(
    _ member: ValueID, over shape: [Int], follows product: Bool
  ) throws(GraphError) {
    let instruction = body[member]
    let place = "%\(member.index) \(instruction.operation.name)"
    switch instruction.operation {
    case .reduce where !product:
      let operand = body.type(of: instruction.operands[0])
      if operand.shape != shape {
        throw problem("\(place) reduces a shape \(operand.shape) in a loop over \(shape)")
      }
    case let operation where operation.isElementwise:
      if instruction.type.shape != shape {
        throw problem("\(place) has the shape \(instruction.type.shape) in a loop over \(shape)")
      }
    default:
      throw problem("\(place) cannot be fused\(product ? " behind a product" : "")")
    }
    for operand in instruction.operands {
      let base = body.viewBase(of: operand)
      if body.isView(base) { continue }
      if base != operand { throw problem("\(place) reads %\(base.index) through a view") }
      if body[base].operation.isReduction {
        throw problem("\(place) reads the reduction %\(base.index) of its own region")
      }
    }
  }

  private func problem(_ reason: String) -> GraphError {
    GraphError(place: "region '\(body.name)'", reason: reason)
  }
}

extension Operation {
  /// A `dot_general` or a `convolution`.
  @inlinable public var isProduct: Bool {
    switch self {
    case .dotGeneral, .convolution: true
    default: false
    }
  }

  /// A `reduce`.
  @inlinable public var isReduction: Bool { if case .reduce = self { true } else { false } }
}

extension GraphBuilder {
  /// Adds a region.
  ///
  /// - Parameter operands: one value a parameter of the region's body.
  /// - Returns: one value a result of the region.
  /// - Throws: `GraphError` if the region is unsound or the operands do not fit it.
  public mutating func fusion(
    _ region: FusedRegion, _ operands: [ValueID]
  ) throws(GraphError) -> [ValueID] {
    let first = try append(.fusion(region), operands)
    var results = [first]
    for (index, type) in region.resultTypes.enumerated().dropFirst() {
      results.append(try append(.fusionResult(index: index), [first], resultType: type))
    }
    return results
  }
}
