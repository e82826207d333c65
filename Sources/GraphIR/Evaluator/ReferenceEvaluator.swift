/// What a graph means: the plainest code that can be right.
///
/// Every element is computed in `Double` and rounded once to the type of its result. `Double` has
/// 53 significant bits, at least 2 · 24 + 2, so `add`, `subtract`, `multiply`, `divide` and `sqrt`
/// of f32 and narrower types come out correctly rounded in spite of the two roundings. Products
/// and sums accumulate in `Double` in row-major order and are rounded once, at the end. Integers
/// are exact and wrap around in two's complement; conversions of floats to integers saturate.
///
/// - Source: the StableHLO specification, "Ops"; Figueroa, "When is double rounding innocuous?",
///   SIGNUM 1995.
public struct ReferenceEvaluator: Hashable, Sendable {
  /// The type to which f32 operands of `dot_general` and `convolution` are rounded first, as some
  /// devices do; `nil` takes them as they are. Operands of narrow types are taken as they are.
  public var productOperandType: DType?

  /// An evaluator that rounds operands of products to a type, or uses them as given.
  public init(productOperandType: DType? = nil) { self.productOperandType = productOperandType }

  /// The results of `graph` for the given parameters, in order.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule or the inputs are not its parameters.
  public static func evaluate(
    _ graph: Graph, _ inputs: [Literal]
  ) throws(GraphError) -> [Literal] {
    try ReferenceEvaluator().results(of: graph, inputs)
  }

  /// The results of `graph` for the given parameters, in order.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule or the inputs are not its parameters.
  public func results(of graph: Graph, _ inputs: [Literal]) throws(GraphError) -> [Literal] {
    let values = try values(of: graph, inputs)
    return graph.results.map { values[$0.value.index] }
  }

  /// Every value of `graph` for the given parameters, in the order of its instructions.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule or the inputs are not its parameters.
  public func values(of graph: Graph, _ inputs: [Literal]) throws(GraphError) -> [Literal] {
    try graph.verify()
    try Self.check(inputs, against: graph)
    return computed(graph, inputs)
  }

  /// Every value of a verified graph for parameters of the right types.
  func computed(_ graph: Graph, _ inputs: [Literal]) -> [Literal] {
    var values: [Literal] = []
    values.reserveCapacity(graph.instructions.count)
    for instruction in graph.instructions {
      // The further values of an instruction came with its first.
      if case .result = instruction.operation { continue }
      if case .parameter(let index) = instruction.operation {
        values.append(inputs[index])
        continue
      }
      let operands = instruction.operands.map { values[$0.index] }
      if instruction.operation.definesSeveral {
        values += self.values(of: instruction.operation, operands)
      } else {
        values.append(value(of: instruction, operands))
      }
    }
    return values
  }

  /// The only value of an instruction of a sound graph.
  package func value(of instruction: Instruction, _ operands: [Literal]) -> Literal {
    guard case .one(_, let evaluate) = instruction.operation.descriptor.values else {
      preconditionFailure("\(instruction.operation.name) has no value of its own, or several")
    }
    return evaluate(self, instruction.type, operands)
  }

  /// All values of an operation that may define several.
  package func values(of operation: Operation, _ operands: [Literal]) -> [Literal] {
    guard case .several(_, let evaluate) = operation.descriptor.values else {
      preconditionFailure("\(operation.name) has one value")
    }
    return evaluate(self, operands)
  }

  static func check(_ inputs: [Literal], against graph: Graph) throws(GraphError) {
    if inputs.count != graph.parameters.count {
      throw GraphError(
        place: graph.name,
        reason: "has \(graph.parameters.count) parameters, was given \(inputs.count) inputs")
    }
    for (parameter, input) in zip(graph.parameters, inputs) where parameter.type != input.type {
      throw GraphError(
        place: "parameter '\(parameter.name)' of \(graph.name)",
        reason: "is \(parameter.type), was given \(input.type)")
    }
  }

  /// The operand as the multipliers see it.
  package func productOperand(_ literal: Literal) -> Tensor {
    var tensor = Tensor(literal)
    if let rounded = productOperandType, tensor.type.dtype == .f32 {
      tensor.elements = tensor.elements.map { rounded.rounding($0) }
    }
    return tensor
  }
}

/// Words on their way through an operation: of the type's shape, not yet rounded to it.
package struct Tensor {
  package var type: TensorType
  /// Row-major.
  package var elements: [Double]

  package init(_ type: TensorType, _ elements: [Double]) {
    self.type = type
    self.elements = elements
  }

  package init(_ literal: Literal) { self.init(literal.type, literal.words) }
}
