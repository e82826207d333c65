/// What a graph means: the plainest code that can be right.
///
/// Every element is computed in `Double` and rounded once to the type of its result. `Double` has
/// 53 significant bits, at least 2 · 24 + 2, so `add`, `subtract`, `multiply`, `divide` and `sqrt`
/// of f32 and narrower types come out correctly rounded in spite of the two roundings. Products
/// and sums accumulate in `Double` in row-major order and are rounded once, at the end. Integers
/// are exact and wrap around in two's complement; conversions to integers saturate.
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
    var values: [Literal] = []
    var regionResults: [Int: [Literal]] = [:]
    for instruction in graph.instructions {
      let operands = instruction.operands.map { values[$0.index] }
      switch instruction.operation {
      case .parameter(let index): values.append(inputs[index])
      case .fusion(let region):
        let results = try results(of: region.body, operands)
        regionResults[values.count] = results
        values.append(results[0])
      case .fusionResult(let index):
        values.append(regionResults[instruction.operands[0].index]?[index] ?? operands[0])
      default: values.append(value(of: instruction, operands))
      }
    }
    return values
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

  /// The value that an instruction of a sound graph defines.
  func value(of instruction: Instruction, _ operands: [Literal]) -> Literal {
    let type = instruction.type
    switch instruction.operation {
    case .parameter: preconditionFailure("parameters are given, not computed")
    case .fusion, .fusionResult: preconditionFailure("regions have several values")
    case .constant(let literal): return literal
    case .unary, .binary, .compare, .select, .convert, .stochasticConvert:
      return Self.elementwise(instruction.operation, type, operands)
    case .randomBits(let stream):
      return Literal(
        type, Threefry.bits(count: type.elementCount, key: operands[0], stream: stream))
    case .iota, .broadcastInDim, .reshape, .transpose, .reverse, .slice, .pad, .concatenate:
      let tensors = operands.map { Tensor($0) }
      return Literal(type, Self.rearranged(instruction.operation, type, tensors).elements)
    case .dotGeneral(let dimensions):
      let (lhs, rhs) = (productOperand(operands[0]), productOperand(operands[1]))
      return Literal(type, Self.dotGeneral(dimensions, lhs, rhs, type.dtype))
    case .convolution(let attributes):
      let (input, kernel) = (productOperand(operands[0]), productOperand(operands[1]))
      return Literal(type, Self.convolution(attributes, input, kernel, type))
    case .reduce(let reducer, let dimensions):
      return Literal(
        type, Self.reduce(reducer, dimensions, Tensor(operands[0]), from: operands[1][0]))
    case .reduceWindow(let reducer, let window):
      return Literal(
        type, Self.reduceWindow(reducer, window, Tensor(operands[0]), from: operands[1][0]))
    case .selectAndScatter(let window):
      return Literal(
        type,
        Self.selectAndScatter(
          window, Tensor(operands[0]), source: operands[1].elements, from: operands[2][0]))
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

/// Elements on their way through an operation: of the type's shape, not yet rounded to it.
package struct Tensor {
  package var type: TensorType
  /// Row-major.
  package var elements: [Double]

  package init(_ type: TensorType, _ elements: [Double]) {
    self.type = type
    self.elements = elements
  }

  package init(_ literal: Literal) { self.init(literal.type, literal.elements) }
}
