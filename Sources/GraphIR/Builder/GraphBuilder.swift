/// Builds a graph instruction by instruction; each is checked as it is added.
public struct GraphBuilder: Sendable {
  /// What has been built so far.
  public private(set) var graph: Graph
  /// The scope that the next instructions get; see `withScope`.
  public var scope = ""

  /// Begins an empty graph.
  public init(name: String) {
    graph = Graph(name: name, parameters: [], instructions: [], results: [])
  }

  /// Continues a graph that exists, keeping its values' names.
  public init(extending graph: Graph) { self.graph = graph }

  /// The type of a value that was added.
  public func type(of value: ValueID) -> TensorType { graph.type(of: value) }

  /// Adds an input.
  public mutating func parameter(
    _ name: String, _ type: TensorType, role: Parameter.Role = .resident
  ) -> ValueID {
    graph.parameters.append(Parameter(name: name, type: type, role: role))
    return push(.parameter(index: graph.parameters.count - 1), [], type)
  }

  /// Adds an instruction whose result type follows from its operands.
  ///
  /// - Throws: `GraphError` if the operands do not fit the operation.
  public mutating func append(
    _ operation: Operation, _ operands: [ValueID]
  ) throws(GraphError) -> ValueID {
    try append(operation, operands, resultType: nil)
  }

  /// Adds an instruction; `resultType` is needed where it does not follow from the operands
  /// (`iota`, `convert`, `reshape`, `broadcast_in_dim`).
  public mutating func append(
    _ operation: Operation, _ operands: [ValueID], resultType: TensorType?
  ) throws(GraphError) -> ValueID {
    let type = try inferredType(
      of: operation, operands: operands.map { graph.type(of: $0) }, declared: resultType,
      place: "%\(graph.instructions.count) \(operation.name) in '\(scope)'")
    return push(operation, operands, type)
  }

  /// Declares a result; a donated parameter must have the result's type.
  ///
  /// Donating a value that is no parameter makes `build` throw.
  public mutating func result(
    _ name: String, _ value: ValueID, donating parameter: ValueID? = nil
  ) {
    let index = parameter.map { donated in
      if case .parameter(let position) = graph[donated].operation { return position }
      return graph.parameters.count
    }
    graph.results.append(GraphResult(name: name, value: value, donatedParameter: index))
  }

  /// The finished graph, checked as a whole.
  public func build() throws(GraphError) -> Graph {
    try graph.verify()
    return graph
  }

  /// Runs `body` with `name` appended to the scope.
  public mutating func withScope<T>(
    _ name: String, _ body: (inout GraphBuilder) throws(GraphError) -> T
  ) throws(GraphError) -> T {
    let outer = scope
    scope = outer.isEmpty ? name : outer + "/" + name
    defer { scope = outer }
    return try body(&self)
  }

  mutating func push(
    _ operation: Operation, _ operands: [ValueID], _ type: TensorType
  ) -> ValueID {
    graph.instructions.append(
      Instruction(operation: operation, operands: operands, type: type, scope: scope))
    return ValueID(graph.instructions.count - 1)
  }
}
