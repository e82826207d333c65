package import GraphIR

/// Rewrites an f32 graph so that it stores and multiplies values as a `PrecisionPolicy` says.
///
/// With `narrow` for the policy's type:
/// - operands of `dot_general` and `convolution` are narrow; products are exact, sums f32;
/// - a product's result is f32, and narrow (rounded once) if nothing but products and moves read it;
/// - moves (`reshape`, `transpose`, `slice`, `pad`, maximum of windows, ...) of what products read,
///   and the gradient of such a maximum, stay narrow;
/// - elementwise arithmetic, softmax, loss and reductions are f32: their narrow operands are
///   widened, which is exact, and a result that a product reads is rounded once. All readers of a
///   value that is kept narrow read the rounded value;
/// - a narrow operand of `reduce` is summed in f32;
/// - `bf16` alone stores resident tensors of rank 1 and more in bf16, and rounds their new values
///   to nearest even, or by chance if there is a key for that. What the optimizer does between
///   reading and writing its state is f32. Scalars stay f32.
///
/// What regions compute, and what they are given, stays as it is.
///
/// Values of other types than f32 are left alone, and so are results that take no parameter's place.
package struct PrecisionPass: Hashable, Sendable {
  package var policy: PrecisionPolicy
  /// The name of a parameter, i32 `[2]`, whose value differs from one execution to the next: the
  /// key by which the new state is rounded; `nil` rounds to nearest even.
  package var roundingKey: String?

  package init(_ policy: PrecisionPolicy, roundingKey: String? = nil) {
    self.policy = policy
    self.roundingKey = roundingKey
  }

  /// The graph in the policy's types, checked.
  ///
  /// - Throws: `GraphError` if the graph breaks a rule of the IR or lacks the rounding key.
  package func run(_ graph: Graph) throws(GraphError) -> Graph {
    try graph.verify()
    guard let narrow = policy.narrowType else { return graph }
    var rewriter = PrecisionRewriter(graph, policy: policy, narrow: narrow)
    if let roundingKey {
      guard
        let key = graph.values.first(where: {
          if case .parameter(let index) = graph[$0].operation {
            graph.parameters[index].name == roundingKey
          } else {
            false
          }
        })
      else {
        throw GraphError(
          place: graph.name, reason: "has no parameter '\(roundingKey)' to round by")
      }
      rewriter.key = key
    }
    return try rewriter.run()
  }
}

/// Builds the new graph instruction by instruction.
struct PrecisionRewriter {
  /// A value of the old graph in the new one: in its own type, in the narrow type, or both.
  private struct Copies {
    var own: ValueID?
    var narrow: ValueID?
  }

  let old: Graph
  let policy: PrecisionPolicy
  let narrow: DType
  /// The key's value in the old graph.
  var key: ValueID?
  private let narrowValues: NarrowValues
  private var new: Graph
  private var copies: [Copies] = []
  private var scope = ""

  init(_ graph: Graph, policy: PrecisionPolicy, narrow: DType) {
    old = graph
    self.policy = policy
    self.narrow = narrow
    narrowValues = NarrowValues(graph)
    new = Graph(name: graph.name, parameters: graph.parameters, instructions: [], results: [])
    for index in new.parameters.indices where new.parameters[index].role == .resident {
      new.parameters[index].type = policy.stored(new.parameters[index].type)
    }
  }

  mutating func run() throws(GraphError) -> Graph {
    let draws = draws()
    var bits: [Int: ValueID] = [:]
    for value in old.values {
      scope = old[value].scope
      for result in draws[value.index] ?? [] { bits[result] = try randomBits(forResult: result) }
      copies.append(try rewritten(value))
    }
    for (index, result) in old.results.enumerated() {
      scope = old[result.value].scope
      var changed = result
      changed.value = try stored(result, bits: bits[index])
      new.results.append(changed)
    }
    try new.verify()
    return new
  }

  // MARK: Instructions

  private mutating func rewritten(_ value: ValueID) throws(GraphError) -> Copies {
    let instruction = old[value]
    let wantsNarrow = narrowValues.contains(value)
    switch instruction.operation {
    case .parameter(let index):
      let parameter = try append(instruction.operation, [], new.parameters[index].type)
      if new.parameters[index].type != instruction.type { return Copies(narrow: parameter) }
      return Copies(
        own: parameter, narrow: wantsNarrow ? try convert(parameter, to: narrow) : nil)
    case .constant(let literal):
      let own = try append(instruction.operation, [], instruction.type)
      if !wantsNarrow { return Copies(own: own) }
      let type = literal.type.with(dtype: narrow)
      let rounded =
        literal.splat.map { Literal(type, splat: $0) } ?? Literal(type, literal.elements)
      return Copies(own: own, narrow: try append(.constant(rounded), [], type))
    case .dotGeneral, .convolution:
      guard old.type(of: instruction.operands[0]).dtype == .f32 else { return try copy(value) }
      let operands = try narrowed(instruction.operands)
      let type = wantsNarrow ? instruction.type.with(dtype: narrow) : instruction.type
      let product = try append(instruction.operation, operands, type)
      return wantsNarrow ? Copies(narrow: product) : Copies(own: product)
    case .selectAndScatter where narrowValues.contains(instruction.operands[0]):
      return try moved(value)
    case let operation where wantsNarrow && operation.keepsNarrowValues:
      return try moved(value)
    default:
      let copies = try copy(value)
      guard wantsNarrow, let own = copies.own else { return copies }
      return Copies(narrow: try convert(own, to: narrow))
    }
  }

  /// The instruction on narrow operands, with a narrow result.
  private mutating func moved(_ value: ValueID) throws(GraphError) -> Copies {
    let operands = try narrowed(old[value].operands)
    return Copies(
      narrow: try append(
        old[value].operation, operands, old[value].type.with(dtype: narrow)))
  }

  /// The instruction as it was; reductions read narrow operands as they are.
  private mutating func copy(_ value: ValueID) throws(GraphError) -> Copies {
    let instruction = old[value]
    var operands: [ValueID] = []
    for (position, operand) in instruction.operands.enumerated() {
      if case .reduce = instruction.operation, position == 0,
        let kept = copies[operand.index].narrow, copies[operand.index].own == nil
      {
        operands.append(kept)
      } else {
        operands.append(try wide(operand))
      }
    }
    return Copies(own: try append(instruction.operation, operands, instruction.type))
  }

  // MARK: Operands

  /// The value in its own type; widened anew for each reader, so that none is kept in memory.
  private mutating func wide(_ value: ValueID) throws(GraphError) -> ValueID {
    if let own = copies[value.index].own { return own }
    guard let kept = copies[value.index].narrow else {
      throw GraphError(place: "%\(value.index) of \(old.name)", reason: "is used undefined")
    }
    return try convert(kept, to: old.type(of: value).dtype)
  }

  private mutating func narrowed(_ values: [ValueID]) throws(GraphError) -> [ValueID] {
    var result: [ValueID] = []
    for value in values {
      if let kept = copies[value.index].narrow {
        result.append(kept)
      } else {
        // A scalar to pad with or to start from.
        result.append(try convert(wide(value), to: narrow))
      }
    }
    return result
  }

  private mutating func convert(_ value: ValueID, to dtype: DType) throws(GraphError) -> ValueID {
    let type = new.type(of: value)
    if type.dtype == dtype { return value }
    if case .constant(let literal) = new[value].operation, let splat = literal.splat {
      let converted = Literal(type.with(dtype: dtype), splat: splat)
      return try append(.constant(converted), [], converted.type)
    }
    return try append(.convert, [value], type.with(dtype: dtype))
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

  // MARK: Results

  /// A result in the type of the parameter whose place it takes.
  private mutating func stored(
    _ result: GraphResult, bits: ValueID?
  ) throws(GraphError) -> ValueID {
    guard let donated = result.donatedParameter else { return try wide(result.value) }
    let type = new.parameters[donated].type
    if type == old.type(of: result.value) { return try wide(result.value) }
    if let kept = copies[result.value.index].narrow { return kept }
    guard let bits else { return try convert(wide(result.value), to: type.dtype) }
    return try append(.stochasticConvert, [wide(result.value), bits], type)
  }

  private mutating func randomBits(forResult result: Int) throws(GraphError) -> ValueID? {
    guard let key else { return nil }
    let type = old.type(of: old.results[result].value).with(dtype: .i32)
    return try append(.randomBits(stream: result), [wide(key)], type)
  }

  /// For each result that is rounded by chance, the first elementwise instruction of those that
  /// compute it: bits that are drawn before it leave the loop undivided.
  private func draws() -> [Int: [Int]] {
    guard let key else { return [:] }
    var draws: [Int: [Int]] = [:]
    for (index, result) in old.results.enumerated() {
      guard let donated = result.donatedParameter,
        new.parameters[donated].type != old.parameters[donated].type
      else { continue }
      let first = max(firstOfLoop(result.value).index, key.index + 1)
      draws[first, default: []].append(index)
    }
    return draws
  }

  private func firstOfLoop(_ value: ValueID) -> ValueID {
    let shape = old.type(of: value).shape
    var seen: Set<ValueID> = [value]
    var pending = [value]
    var first = value
    while let next = pending.popLast() {
      if old[next].operation.kind == .result { first = min(first, old[next].operands[0]) }
      guard old[next].operation.isElementwise else { continue }
      first = min(first, next)
      for operand in old[next].operands
      where old.type(of: operand).shape == shape && seen.insert(operand).inserted {
        pending.append(operand)
      }
    }
    return first
  }
}
