internal import GraphIR
internal import GraphPasses
internal import SystolicModel

/// Makes the graph of what one core computes when elementwise work is divided by elements: values of many
/// elements are its share of them, in a row; others are whole.
struct ShareBuilder {
  private let assignment: CoreAssignment
  private let core: Int
  private let cores: Int
  private var builder: PartBuilder
  /// The core's shares of values.
  private var shares: [ValueID: ValueID] = [:]

  private var graph: Graph { assignment.graph }

  init(
    _ name: String, _ assignment: CoreAssignment, _ known: KnownValues, core: Int, cores: Int
  ) {
    self.assignment = assignment
    self.core = core
    self.cores = cores
    builder = PartBuilder(name, assignment.graph, known)
  }

  var part: GraphParts.Straight { builder.part }

  /// How many elements of a value are the core's.
  func share(of value: ValueID) -> Int {
    let ranges = EvenSplit(graph.type(of: value).elementCount, parts: cores).ranges
    return core < ranges.count ? ranges[core].count : 0
  }

  private func isShared(_ value: ValueID) -> Bool {
    if case .shared = assignment.places[value.index] { return true }
    return false
  }

  /// Computes a value, or the core's share of it.
  mutating func compute(_ value: ValueID) {
    guard isShared(value) else { return builder.compute(value) }
    let instruction = graph[value]
    let type = TensorType([share(of: value)], instruction.type.dtype)
    let operands =
      if case .randomBits = instruction.operation {
        instruction.operands.map { builder.use($0) }
      } else {
        instruction.operands.map { shared($0, like: value) }
      }
    shares[value] = builder.append(
      instruction.operation, operands, type, instruction.scope)
  }

  /// The part of an operand that belongs to the core's share of a value.
  private mutating func shared(_ operand: ValueID, like value: ValueID) -> ValueID {
    let count = graph.type(of: value).elementCount
    let source = assignment.shareSource(of: operand, count: count) ?? operand
    let isSpread = graph.type(of: operand).elementCount == count
    if let known = shares[source] { return known }
    let type = TensorType([share(of: value)], graph.type(of: operand).dtype)
    if case .constant(let literal) = graph[source].operation, let splat = literal.splat {
      let one = builder.append(
        .constant(Literal(.scalar(type.dtype), splat: splat)), [], .scalar(type.dtype))
      return isSpread ? builder.append(.broadcastInDim(dimensions: []), [one], type) : one
    }
    if graph.type(of: source).elementCount == 1 {
      let one = builder.append(.reshape, [builder.use(source)], .scalar(type.dtype))
      return isSpread ? builder.append(.broadcastInDim(dimensions: []), [one], type) : one
    }
    let own = builder.parameter("%\(source.index).share", type, source)
    shares[source] = own
    return own
  }

  /// Makes a value, or the core's share of it, a result.
  mutating func deliver(_ value: ValueID, inPlaceOf parameter: ValueID? = nil) {
    guard isShared(value), let own = shares[value] else {
      return builder.deliver(value, inPlaceOf: parameter)
    }
    let place = parameter.map { shared($0, like: value) }
    builder.deliver(own, as: value, inPlaceOf: place)
  }
}
