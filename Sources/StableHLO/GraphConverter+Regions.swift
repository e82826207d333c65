internal import GraphIR

/// Operations with regions. A region of a graph sees its parameters only: what it takes from outside
/// becomes an operand.
extension GraphConverter {
  /// What regions use from outside.
  private struct Captures {
    /// Values that become operands, ascending.
    var operands: [Int] = []
    /// Constants, which regions get as their own: bytecode has them outside of the region that uses them.
    var constants: [(value: Int, literal: Literal)] = []
  }

  private func captured(
    _ regions: [TreeRegion], _ scope: ValueScope, _ builder: GraphBuilder
  ) -> Captures {
    var (used, defined) = (Set<Int>(), Set<Int>())
    func visit(_ region: TreeRegion) {
      defined.formUnion(region.arguments)
      for operation in region.operations {
        used.formUnion(operation.operands)
        operation.regions.forEach(visit)
        defined.formUnion(operation.results)
      }
    }
    regions.forEach(visit)
    var captures = Captures()
    for value in used.subtracting(defined).sorted() {
      if let outer = scope[value], case .constant(let literal) = builder.graph[outer].operation,
        literal.splat != nil
      {
        captures.constants.append((value, literal))
      } else {
        captures.operands.append(value)
      }
    }
    return captures
  }

  /// A region as a graph of its arguments and of what it takes from outside.
  private mutating func graph(
    _ name: String, _ region: TreeRegion, capturing captures: Captures, _ scope: ValueScope,
    _ step: ConversionStep
  ) throws(StableHLOError) -> Graph {
    if regionDepth == Self.mostRegions {
      throw StableHLOError(
        step.operation.place,
        "'\(step.operation.name)' lies in more than \(Self.mostRegions) others, calls inlined")
    }
    regionDepth += 1
    defer { regionDepth -= 1 }
    var builder = GraphBuilder(name: name)
    var inner = ValueScope(types: scope.types)
    for (index, value) in (region.arguments + captures.operands).enumerated() {
      inner[value] = builder.parameter(
        "p\(index)", try Self.type(scope.types[value], step.operation.place))
    }
    do {
      for (value, literal) in captures.constants { inner[value] = try builder.constant(literal) }
    } catch {
      throw StableHLOError(step.operation.place, error.description)
    }
    for (index, value) in try add(region, &inner, &builder).enumerated() {
      builder.result("r\(index)", value)
    }
    do { return try builder.build() } catch {
      throw StableHLOError(step.operation.place, error.description)
    }
  }

  mutating func whileLoop(
    _ step: ConversionStep, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws -> [ValueID] {
    let regions = try step.regions(2)
    let captures = captured(regions, scope, builder)
    let operands =
      step.operands + (try captures.operands.map { try scope.value($0, step.operation) })
    let condition = try graph(
      "condition", regions[0], capturing: captures, scope, step)
    let body = try graph("body", regions[1], capturing: captures, scope, step)
    if step.operands.isEmpty { throw step.failure("a loop that carries values, found none") }
    return try builder.appendAll(.whileLoop(condition: condition, body: body), operands)
  }

  mutating func branch(
    _ step: ConversionStep, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws -> [ValueID] {
    var index = try step.operand(0)
    let regions = step.operation.regions
    if regions.isEmpty { throw step.failure("at least one region, found none") }
    if step.operation.name == "if" {
      _ = try step.regions(2)
      index = try builder.select(index, builder.scalar(0, .i32), builder.scalar(1, .i32))
    }
    let captures = captured(regions, scope, builder)
    let operands = try captures.operands.map { try scope.value($0, step.operation) }
    var graphs: [Graph] = []
    for (number, region) in regions.enumerated() {
      graphs.append(try graph("branch\(number)", region, capturing: captures, scope, step))
    }
    if step.types.isEmpty { return [] }
    return try builder.appendAll(.branch(graphs), [index] + operands)
  }

  mutating func sort(
    _ step: ConversionStep, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws -> [ValueID] {
    let region = try step.regions(1)[0]
    let comparator = try closed("comparator", region, scope, step, builder)
    let rank = builder.type(of: try step.operand(0)).rank
    let dimension = try step.integer("dimension", or: -1)
    return try builder.appendAll(
      .sort(dimension: dimension < 0 ? dimension + rank : dimension, comparator: comparator),
      step.operands)
  }

  /// A region that is run element by element, and takes nothing from outside but constants.
  private mutating func closed(
    _ name: String, _ region: TreeRegion, _ scope: ValueScope, _ step: ConversionStep,
    _ builder: GraphBuilder
  ) throws -> Graph {
    let captures = captured([region], scope, builder)
    guard captures.operands.isEmpty else {
      throw step.failure(
        "a body that uses its arguments only, found one that uses values from outside")
    }
    return try graph(name, region, capturing: captures, scope, step)
  }

  mutating func reduce(
    _ step: ConversionStep, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws -> [ValueID] {
    let region = try step.regions(1)[0]
    let dimensions = try step.integers("dimensions")
    let count = step.operands.count / 2
    if count == 0 { throw step.failure("tensors and values to start from") }
    if count == 1, let binary = region.onlyOperation {
      let dtype = builder.type(of: step.operands[0]).dtype
      if let reducer = Reducer(binary, dtype) {
        return [try reduce(step, reducer, dimensions, &builder)]
      }
    }
    let body = try closed("body", region, scope, step, builder)
    return try builder.appendAll(
      .reduceByRegion(dimensions: dimensions, body: body), step.operands)
  }

  /// From the reducer's neutral element, so that it means the same on all devices; another start is
  /// combined with the result.
  private func reduce(
    _ step: ConversionStep, _ reducer: Reducer, _ dimensions: [Int],
    _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let start = step.operands[1]
    if builder.graph.isNeutral(start, of: reducer) {
      return try builder.append(.reduce(reducer, dimensions: dimensions), step.operands)
    }
    let reduced = try builder.reduce(reducer, step.operands[0], dimensions: dimensions)
    return try builder.binary(
      reducer.operation, reduced, builder.broadcastScalar(start, like: reduced))
  }

  mutating func reduceWindow(
    _ step: ConversionStep, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws -> [ValueID] {
    let region = try step.regions(1)[0]
    let window = try step.window(step.integers("window_dimensions"))
    let count = step.operands.count / 2
    if count == 0 { throw step.failure("tensors and values to start from") }
    let (tensors, starts) = (step.operands.prefix(count), Array(step.operands.suffix(count)))
    let dtype = builder.type(of: tensors[0]).dtype
    if count == 1, let name = region.onlyOperation, let reducer = Reducer(name, dtype) {
      if builder.graph.isNeutral(starts[0], of: reducer) {
        return [try builder.append(.reduceWindow(reducer, window), step.operands)]
      }
      let reduced = try builder.reduceWindow(reducer, tensors[0], window)
      return [
        try builder.binary(
          reducer.operation, reduced, builder.broadcastScalar(starts[0], like: reduced))
      ]
    }
    let body = try closed("body", region, scope, step, builder)
    var stacked: [ValueID] = []
    for (tensor, start) in zip(tensors, starts) {
      stacked.append(try step.stacked(tensor, start, window, &builder))
    }
    return try builder.appendAll(.reduceByRegion(dimensions: [0], body: body), stacked + starts)
  }

  mutating func scatter(
    _ step: ConversionStep, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws -> [ValueID] {
    guard step.operands.count == 3 else {
      throw step.failure("one tensor, indices and updates; scatters of several are not supported")
    }
    let region = try step.regions(1)[0]
    let body = try closed("body", region, scope, step, builder)
    let slices = IndexedSlices(
      windowDimensions: try step.integers("update_window_dims", or: []),
      collapsedDimensions: try step.integers("inserted_window_dims", or: []),
      operandBatching: try step.integers("input_batching_dims", or: []),
      indicesBatching: try step.integers("scatter_indices_batching_dims", or: []),
      indexMap: try step.integers("scatter_dims_to_operand_dims", or: []),
      indexVectorDimension: try step.integer("index_vector_dim", or: 0))
    return [try builder.append(.scatter(slices, body: body), step.operands)]
  }
}

extension TreeRegion {
  /// The name of the operation that a body of two arguments applies to them, if that is all it does.
  var onlyOperation: String? {
    guard arguments.count == 2, operations.count == 2, operations[0].results.count == 1,
      operations[1].name == "return", operations[1].operands == operations[0].results,
      operations[0].operands == arguments || operations[0].operands == arguments.reversed()
    else { return nil }
    return operations[0].name
  }
}

extension Reducer {
  /// The reducer that applies an operation; of truth values, `and` and `or` are the least and the greatest.
  init?(_ operation: String, _ dtype: DType) {
    switch operation {
    case "and" where dtype == .i1: self = .minimum
    case "or" where dtype == .i1: self = .maximum
    default: self.init(rawValue: operation)
    }
  }
}

extension ConversionStep {
  /// What is under each element of a window, for all positions of it, one behind another along a new
  /// first dimension; padding holds the start.
  func stacked(
    _ tensor: ValueID, _ start: ValueID, _ window: WindowAttributes, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let dimensions = window.dimensions
    let shape = builder.type(of: tensor).shape
    guard dimensions.count == shape.count, dimensions.allSatisfy({ $0.stride > 0 }) else {
      throw failure("a window with steps for each dimension of \(shape)")
    }
    let taps = dimensions.reduce(1) { $0.multipliedReportingOverflow(by: $1.size).partialValue }
    guard (1...Self.mostTaps).contains(taps) else {
      throw failure(
        "a body that adds, multiplies, or takes the greater or the lesser, or windows "
          + "of at most \(Self.mostTaps) elements")
    }
    let padded = try builder.append(
      .pad(
        low: dimensions.map(\.low), high: dimensions.map(\.high),
        interior: dimensions.map { $0.baseDilation - 1 }), [tensor, start])
    let sizes = zip(dimensions, shape).map { $0.outputSize(extent: $1) }
    let places = TensorType(dimensions.map(\.size), .i32)
    var parts: [ValueID] = []
    for tap in 0..<taps {
      let first = zip(places.index(at: tap), dimensions).map { $0 * $1.windowDilation }
      let limit = dimensions.indices.map {
        first[$0] + max(0, (sizes[$0] - 1) * dimensions[$0].stride + 1)
      }
      let part = try builder.append(
        .slice(start: first, limit: limit, strides: dimensions.map(\.stride)), [padded])
      parts.append(try builder.reshape(part, to: [1] + sizes))
    }
    return try builder.append(.concatenate(dimension: 0), parts)
  }

  /// Of a window whose body has no name: each costs a slice.
  private static let mostTaps = 1024
}
