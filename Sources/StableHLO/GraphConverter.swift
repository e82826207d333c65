package import GraphIR

/// Makes a graph of a program: calls are inlined, barriers dropped, composites and functions of CHLO
/// expanded, bodies of reductions recognised where they have a name.
package struct GraphConverter {
  let tree: OperationTree
  /// Functions that are being inlined, the innermost last.
  private var calls: [String] = []
  /// Where each operation of the graph stands; those of regions have no place of their own.
  private var places: [SourcePlace] = []
  /// Operations that were looked at, those of a function once for each call.
  private var operationCount = 0
  /// More than any program that is no mistake: calls of calls of calls add up.
  private static let mostOperations = 1 << 19
  /// Regions that are being made graphs of.
  var regionDepth = 0
  /// Regions within one another at most: whoever walks a graph goes down into each.
  static let mostRegions = 64

  private init(_ tree: OperationTree) { self.tree = tree }

  /// The graph of the function `main`, or of the only one.
  ///
  /// Parameters are `in0`, `in1`, ... and results `out0`, `out1`, ... in its order; a result takes the
  /// place of the parameter that donates its memory to it (`tf.aliasing_output`). Parameters stay on the
  /// device.
  ///
  /// - Throws: `StableHLOError` at the operation that the graph has no place for.
  package static func graph(of tree: OperationTree) throws(StableHLOError) -> Graph {
    try locatedGraph(of: tree).graph
  }

  /// The graph, and where each of its operations stands in the program.
  package static func locatedGraph(
    of tree: OperationTree
  ) throws(StableHLOError) -> (graph: Graph, places: [SourcePlace]) {
    var converter = GraphConverter(tree)
    let graph = try converter.graph()
    return (graph, converter.places)
  }

  private mutating func graph() throws(StableHLOError) -> Graph {
    guard let main = tree.function("main") ?? (tree.functions.count == 1 ? tree.functions[0] : nil)
    else {
      let place = tree.functions.first?.place ?? .byte(0)
      throw StableHLOError(place, "expected a function @main, found none")
    }
    for key in ["mhlo.num_partitions", "mhlo.num_replicas"] {
      if case .integer(let count) = tree.attributes[key], count > 1 {
        throw StableHLOError(
          main.place, "the program is for \(count) devices (\(key)). Lower it for a single one")
      }
    }
    var builder = GraphBuilder(name: main.name)
    var arguments: [ValueID] = []
    for (index, value) in main.body.arguments.enumerated() {
      let type = try Self.type(main.types[value], main.place)
      arguments.append(builder.parameter("in\(index)", type, role: .resident))
      places.append(main.place)
    }
    calls = [main.name]
    let results = try inline(main, arguments, &builder)
    var donors: [Int: Int] = [:]
    for (index, attributes) in main.argumentAttributes.enumerated() {
      if case .integer(let result) = attributes["tf.aliasing_output"] { donors[result] = index }
    }
    for (index, value) in results.enumerated() {
      let donor = donors[index].flatMap { arguments.indices.contains($0) ? arguments[$0] : nil }
      let fits = donor.map { builder.type(of: $0) == builder.type(of: value) } ?? false
      builder.result("out\(index)", value, donating: fits ? donor : nil)
    }
    do { return try builder.build() } catch {
      throw StableHLOError(main.place, error.description)
    }
  }

  // MARK: Functions

  /// Adds a function's operations; its results.
  private mutating func inline(
    _ function: TreeFunction, _ arguments: [ValueID], _ builder: inout GraphBuilder
  ) throws(StableHLOError) -> [ValueID] {
    var scope = ValueScope(types: function.types)
    for (value, argument) in zip(function.body.arguments, arguments) { scope[value] = argument }
    return try add(function.body, &scope, &builder)
  }

  mutating func call(
    _ name: String, _ operation: TreeOperation, _ operands: [ValueID],
    _ builder: inout GraphBuilder
  ) throws(StableHLOError) -> [ValueID] {
    guard let function = tree.function(name) else {
      throw StableHLOError(operation.place, "expected a function of the program, found @\(name)")
    }
    guard !calls.contains(name), calls.count < 100 else {
      throw StableHLOError(operation.place, "@\(name) calls itself, which no graph can do")
    }
    guard function.body.arguments.count == operands.count else {
      throw StableHLOError(
        operation.place,
        "@\(name) takes \(function.body.arguments.count) operands, found \(operands.count)")
    }
    for (value, operand) in zip(function.body.arguments, operands) {
      let expected = try Self.type(function.types[value], function.place)
      if builder.type(of: operand) != expected {
        throw StableHLOError(
          operation.place, "@\(name) takes \(expected), found \(builder.type(of: operand))")
      }
    }
    calls.append(name)
    defer { calls.removeLast() }
    let outer = builder.scope
    defer { builder.scope = outer }
    builder.scope = outer.isEmpty ? name : outer + "/" + name
    return try inline(function, operands, &builder)
  }

  // MARK: Operations

  /// Adds the operations of a region; what it returns.
  mutating func add(
    _ region: TreeRegion, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws(StableHLOError) -> [ValueID] {
    for operation in region.operations {
      operationCount += 1
      if operationCount > Self.mostOperations {
        throw StableHLOError(
          operation.place,
          "the program has more than \(Self.mostOperations) operations when its calls are inlined")
      }
      if operation.name == "return" {
        return try operation.operands.map { value throws(StableHLOError) in
          try scope.value(value, operation)
        }
      }
      let results = try add(operation, &scope, &builder)
      // What a call has inlined has places already.
      if regionDepth == 0 {
        while places.count < builder.graph.instructions.count { places.append(operation.place) }
      }
      guard results.count == operation.results.count else {
        throw StableHLOError(
          operation.place,
          "'\(operation.name)' has \(results.count) results, found \(operation.results.count)")
      }
      for (value, result) in zip(operation.results, results) {
        let stated = try Self.type(scope.types[value], operation.place)
        if builder.type(of: result) != stated {
          throw StableHLOError(
            operation.place,
            "'\(operation.name)' gives \(builder.type(of: result)), and the program says \(stated)")
        }
        scope[value] = result
      }
    }
    throw StableHLOError(
      region.operations.last?.place ?? .byte(0), "expected a return at the end of a region")
  }

  private mutating func add(
    _ operation: TreeOperation, _ scope: inout ValueScope, _ builder: inout GraphBuilder
  ) throws(StableHLOError) -> [ValueID] {
    let operands = try operation.operands.map { value throws(StableHLOError) in
      try scope.value(value, operation)
    }
    let types = try operation.results.map { value throws(StableHLOError) in
      try Self.type(scope.types[value], operation.place)
    }
    let step = ConversionStep(operation: operation, operands: operands, types: types)
    do {
      switch operation.name {
      case "call":
        return try call(step.symbol("callee"), operation, operands, &builder)
      case "composite":
        return try call(step.symbol("decomposition"), operation, operands, &builder)
      case "while": return try whileLoop(step, &scope, &builder)
      case "case", "if": return try branch(step, &scope, &builder)
      case "sort": return try sort(step, &scope, &builder)
      case "reduce": return try reduce(step, &scope, &builder)
      case "reduce_window": return try reduceWindow(step, &scope, &builder)
      case "scatter": return try scatter(step, &scope, &builder)
      default: return try step.add(to: &builder)
      }
    } catch let error as GraphError {
      throw StableHLOError(operation.place, "'\(operation.name)' \(error.reason)")
    } catch let error as StableHLOError {
      throw error
    } catch {
      throw StableHLOError(operation.place, "\(error)")
    }
  }

  /// The tensor type that a graph has for a type.
  static func type(_ type: TreeType, _ place: SourcePlace) throws(StableHLOError) -> TensorType {
    guard case .tensor(let shape, let element) = type else {
      throw StableHLOError(place, "values of type \(type) are not supported, only tensors")
    }
    guard let dtype = DType(rawValue: element) else {
      throw StableHLOError(
        place,
        "elements of type \(element) are not supported. Use one of: "
          + DType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return TensorType(shape, dtype)
  }
}

/// The values of a function or a region, by their number in the tree.
struct ValueScope {
  let types: [TreeType]
  private var values: [Int: ValueID] = [:]

  init(types: [TreeType]) { self.types = types }

  subscript(number: Int) -> ValueID? {
    get { values[number] }
    set { values[number] = newValue }
  }

  func value(_ number: Int, _ operation: TreeOperation) throws(StableHLOError) -> ValueID {
    guard let value = values[number] else {
      throw StableHLOError(operation.place, "expected a value that is defined before")
    }
    return value
  }
}
