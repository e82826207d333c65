extension Graph {
  /// A region: a program of its own over values of the given types, which sees nothing else.
  public static func region(
    _ name: String, of types: [TensorType],
    _ body: (inout GraphBuilder, [ValueID]) throws(GraphError) -> [ValueID]
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: name)
    var parameters: [ValueID] = []
    for (index, type) in types.enumerated() {
      parameters.append(builder.parameter("p\(index)", type))
    }
    for (index, value) in try body(&builder, parameters).enumerated() {
      builder.result("r\(index)", value)
    }
    return try builder.build()
  }
}

extension GraphBuilder {
  /// Adds an instruction with all its values, of which there may be several.
  ///
  /// - Throws: `GraphError` if the operands do not fit the operation.
  public mutating func appendAll(
    _ operation: Operation, _ operands: [ValueID]
  ) throws(GraphError) -> [ValueID] {
    let types = try resultTypes(
      of: operation, operands: operands.map { graph.type(of: $0) },
      place: "%\(graph.instructions.count) \(operation.name) in '\(scope)'")
    let first = push(operation, operands, types[0])
    var values = [first]
    for (index, type) in types.enumerated().dropFirst() {
      values.append(push(.result(index: index), [first], type))
    }
    return values
  }

  /// The operands in the order in which `comparator` wants the elements of each line along
  /// `dimension`; elements that it does not tell apart keep their order.
  ///
  /// - Parameter comparator: given of each operand two elements, side by side, whether the first
  ///   comes before the second.
  public mutating func sort(
    _ operands: [ValueID], dimension: Int,
    _ comparator: (inout GraphBuilder, [ValueID]) throws(GraphError) -> ValueID
  ) throws(GraphError) -> [ValueID] {
    let scalars = operands.flatMap { operand in
      let element = TensorType.scalar(type(of: operand).dtype)
      return [element, element]
    }
    let region = try Graph.region("comparator", of: scalars) {
      (b, elements) throws(GraphError) in [try comparator(&b, elements)]
    }
    return try appendAll(.sort(dimension: dimension, comparator: region), operands)
  }

  /// Reduces several tensors at once, element by element.
  ///
  /// - Parameter body: given the partial results and an element of each tensor, the new partial
  ///   results; associative, and unchanged by `starts`.
  public mutating func reduce(
    _ tensors: [ValueID], from starts: [ValueID], dimensions: [Int],
    _ body: (inout GraphBuilder, [ValueID], [ValueID]) throws(GraphError) -> [ValueID]
  ) throws(GraphError) -> [ValueID] {
    let scalars = starts.map { type(of: $0) }
    let region = try Graph.region("body", of: scalars + scalars) {
      (b, values) throws(GraphError) in
      try body(&b, Array(values.prefix(scalars.count)), Array(values.dropFirst(scalars.count)))
    }
    return try appendAll(.reduceByRegion(dimensions: dimensions, body: region), tensors + starts)
  }

  /// Repeats `body` while `condition` holds.
  ///
  /// - Parameters:
  ///   - state: what the body gives new values; the result is their last.
  ///   - constants: what condition and body read besides; they get it behind the state.
  public mutating func whileLoop(
    _ state: [ValueID], reading constants: [ValueID] = [],
    condition: (inout GraphBuilder, [ValueID]) throws(GraphError) -> ValueID,
    body: (inout GraphBuilder, [ValueID]) throws(GraphError) -> [ValueID]
  ) throws(GraphError) -> [ValueID] {
    let operands = state + constants
    let types = operands.map { type(of: $0) }
    let verdict = try Graph.region("condition", of: types) {
      (b, values) throws(GraphError) in [try condition(&b, values)]
    }
    let step = try Graph.region("body", of: types, body)
    return try appendAll(.whileLoop(condition: verdict, body: step), operands)
  }

  /// What the branch numbered `index` makes of the operands; the last one where there is none of
  /// that number.
  ///
  /// - Parameter body: builds the branch of a number from 0 to `count - 1`.
  public mutating func branch(
    _ index: ValueID, _ operands: [ValueID], count: Int,
    _ body: (inout GraphBuilder, Int, [ValueID]) throws(GraphError) -> [ValueID]
  ) throws(GraphError) -> [ValueID] {
    let types = operands.map { type(of: $0) }
    var regions: [Graph] = []
    for number in 0..<count {
      regions.append(
        try Graph.region("branch\(number)", of: types) { (b, values) throws(GraphError) in
          try body(&b, number, values)
        })
    }
    return try appendAll(.branch(regions), [index] + operands)
  }

  /// Combines the elements of `operand` at the slices' places with those of `updates`.
  ///
  /// - Parameter body: given what is there and an update, what is there then.
  public mutating func scatter(
    _ operand: ValueID, at indices: ValueID, _ updates: ValueID, _ slices: IndexedSlices,
    _ body: (inout GraphBuilder, ValueID, ValueID) throws(GraphError) -> ValueID
  ) throws(GraphError) -> ValueID {
    let element = TensorType.scalar(type(of: operand).dtype)
    let region = try Graph.region("body", of: [element, element]) {
      (b, values) throws(GraphError) in [try body(&b, values[0], values[1])]
    }
    return try append(.scatter(slices, body: region), [operand, indices, updates])
  }
}
