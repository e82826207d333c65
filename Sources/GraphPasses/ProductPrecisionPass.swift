package import GraphIR

/// Computes products of f32 operands as sums of products of bf16 parts, for a matrix unit that
/// multiplies bf16 and adds in f32: 3 products for `high`, 6 for `highest`.
///
/// An operand is cut into parts of 8 binary digits each, x = x₀ + x₁ + x₂ with
///
///     x₀ = bf16(x),  x₁ = bf16(x - x₀),  x₂ = bf16(x - x₀ - x₁)
///
/// where both differences are exact in f32, |x - x₀| ≤ 2⁻⁹ |x|, and each further part leaves at most
/// 2⁻⁹ of what the one before left. `high` takes two parts and leaves out a₁b₁; `highest` takes three
/// and leaves out a₁b₂, a₂b₁ and a₂b₂. So an elementary product is off by at most
///
/// | | products | relative error |
/// |---|---|---|
/// | `default` | 1 | 2⁻⁸ |
/// | `high` | 3 | 3 · 2⁻¹⁸ |
/// | `highest` | 6 | 2⁻²⁴ and less |
///
/// to first order, and sums are rounded to f32 at each step in all three. The smaller products are
/// added first. Where they are no numbers (a part of infinity is a NaN) they count as zero, so that
/// infinities come out as the first product gives them. An operand that is widened from bf16 is its
/// own first part, and the others of it are zero: their products are left out.
///
/// - Source: Henry, Tang and Heinecke, "Leveraging the bfloat16 artificial intelligence datatype for
///   higher-precision computations", ARITH 2019; XLA's algorithms `BF16_BF16_F32_X3` and `_X6`.
/// - Validity: each product is one of its own, whose sums the vector unit adds; a kernel that keeps them
///   in the accumulators would move less.
package struct ProductPrecisionPass: Hashable, Sendable {
  /// How exactly every product is computed; `nil` takes what each one asks for.
  package var precision: ProductPrecision?

  package init(_ precision: ProductPrecision? = nil) { self.precision = precision }

  /// The graph with its products in parts, regions of loops and branches too, checked.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule of the IR.
  package func run(_ graph: Graph) throws(GraphError) -> Graph {
    try graph.verify()
    var rewriter = ProductRewriter(old: graph, pass: self)
    return try rewriter.run()
  }
}

extension ProductPrecision {
  /// Parts that an operand is cut into.
  var partCount: Int {
    switch self {
    case .standard: 1
    case .high: 2
    case .highest: 3
    }
  }

  /// Products of parts, by the numbers of the parts, the smallest first.
  var terms: [(lhs: Int, rhs: Int)] {
    (0..<partCount).reversed().flatMap { order in
      (0...order).map { (order - $0, $0) }
    }
  }
}

/// Builds the new graph instruction by instruction.
private struct ProductRewriter {
  let old: Graph
  let pass: ProductPrecisionPass
  private var new: Graph
  /// Values of the old graph in the new one.
  private var values: [ValueID] = []
  /// Parts of values of the old graph, as far as they were asked for.
  private var parts: [ValueID: [ValueID]] = [:]
  /// What the next part is computed of.
  private var rests: [ValueID: ValueID] = [:]
  private var scope = ""

  init(old: Graph, pass: ProductPrecisionPass) {
    self.old = old
    self.pass = pass
    new = Graph(name: old.name, parameters: old.parameters, instructions: [], results: [])
  }

  mutating func run() throws(GraphError) -> Graph {
    for value in old.values {
      let instruction = old[value]
      scope = instruction.scope
      if let precision = precision(of: instruction) {
        values.append(try product(instruction, precision))
        continue
      }
      var copy = instruction
      copy.operands = instruction.operands.map { values[$0.index] }
      copy.operation = try regions(of: instruction.operation)
      new.instructions.append(copy)
      values.append(ValueID(new.instructions.count - 1))
    }
    new.results = old.results.map { result in
      var result = result
      result.value = values[result.value.index]
      return result
    }
    try new.verify()
    return new
  }

  /// How exactly an instruction is to be computed; `nil` where it is left as it is.
  private func precision(of instruction: Instruction) -> ProductPrecision? {
    let own: ProductPrecision
    switch instruction.operation {
    case .dotGeneral(let dimensions): own = dimensions.precision
    case .convolution(let attributes): own = attributes.precision
    default: return nil
    }
    let wanted = pass.precision ?? own
    let isSingle =
      instruction.type.dtype == .f32
      && instruction.operands.allSatisfy { old.type(of: $0).dtype == .f32 }
    return isSingle && wanted != .standard ? wanted : nil
  }

  private func regions(of operation: Operation) throws(GraphError) -> Operation {
    switch operation {
    case .whileLoop(let condition, let body):
      return .whileLoop(condition: try pass.run(condition), body: try pass.run(body))
    case .branch(let branches):
      var changed: [Graph] = []
      for branch in branches { changed.append(try pass.run(branch)) }
      return .branch(changed)
    default:
      return operation
    }
  }

  // MARK: Products

  private mutating func product(
    _ instruction: Instruction, _ precision: ProductPrecision
  ) throws(GraphError) -> ValueID {
    let operation = instruction.operation.withStandardPrecision
    let lhs = try parts(of: instruction.operands[0], precision.partCount)
    let rhs = try parts(of: instruction.operands[1], precision.partCount)
    var sum: ValueID?
    for term in precision.terms.dropLast() where term.lhs < lhs.count && term.rhs < rhs.count {
      let product = try append(operation, [lhs[term.lhs], rhs[term.rhs]], instruction.type)
      if let before = sum {
        sum = try append(.binary(.add), [before, product], instruction.type)
      } else {
        sum = product
      }
    }
    let first = try append(operation, [lhs[0], rhs[0]], instruction.type)
    guard let sum else { return first }
    let isFinite = try append(.unary(.isFinite), [sum], instruction.type.with(dtype: .i1))
    let zero = try append(
      .constant(Literal(instruction.type, splat: 0)), [], instruction.type)
    let rest = try append(.select, [isFinite, sum, zero], instruction.type)
    return try append(.binary(.add), [rest, first], instruction.type)
  }

  /// The first parts of an operand: as many as are wanted, or as it has.
  private mutating func parts(
    of value: ValueID, _ count: Int
  ) throws(GraphError) -> [ValueID] {
    if case .convert = old[value].operation,
      old.type(of: old[value].operands[0]).dtype == .bf16
    {
      return [values[old[value].operands[0].index]]
    }
    var found = parts[value] ?? []
    let type = old.type(of: value)
    while found.count < count {
      var rest = rests[value] ?? values[value.index]
      if let before = found.last {
        let wide = try append(.convert, [before], type)
        rest = try append(.binary(.subtract), [rest, wide], type)
        rests[value] = rest
      }
      found.append(try append(.convert, [rest], type.with(dtype: .bf16)))
    }
    parts[value] = found
    return Array(found.prefix(count))
  }

  private mutating func append(
    _ operation: Operation, _ operands: [ValueID], _ type: TensorType
  ) throws(GraphError) -> ValueID {
    _ = try inferredType(
      of: operation, operands: operands.map { new.type(of: $0) }, declared: type,
      place: "%\(new.instructions.count) \(operation.name) in '\(scope)'")
    new.instructions.append(
      Instruction(operation: operation, operands: operands, type: type, scope: scope))
    return ValueID(new.instructions.count - 1)
  }
}

extension Operation {
  fileprivate var withStandardPrecision: Operation {
    switch self {
    case .dotGeneral(var dimensions):
      dimensions.precision = .standard
      return .dotGeneral(dimensions)
    case .convolution(var attributes):
      attributes.precision = .standard
      return .convolution(attributes)
    default: return self
    }
  }
}
