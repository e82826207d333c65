public import GraphIR

/// Adds the derivatives of a scalar to a graph, by reverse-mode differentiation.
///
/// The instructions that compute them follow those that are there. What comes from an instruction
/// in scope `forward/x` gets the scope `backward/x`; from any other scope `s`, `backward/s`.
/// Each operation has one rule; where a function has a kink the rule says which side it takes.
///
/// - Parameters:
///   - loss: a floating-point scalar.
///   - targets: the values to differentiate by, in any order.
///   - constants: values whose dependence on the targets is to be left out, as when the result
///     is known not to change with them (the shift of a stable softmax).
///   - straightThrough: values that hand what they get to another value of their type, unchanged,
///     as if they were that value (a rounded value and the value before rounding).
/// - Returns: for each target a value of its type; zeros where the loss does not depend on it.
/// - Throws: `GraphError` if the loss is no floating-point scalar, or depends on a target through
///   an operation that has no rule.
public func gradients(
  of loss: ValueID, withRespectTo targets: [ValueID], holdingConstant constants: [ValueID] = [],
  straightThrough: [ValueID: ValueID] = [:], in builder: inout GraphBuilder
) throws(GraphError) -> [ValueID] {
  let type = builder.type(of: loss)
  guard type.rank == 0, type.dtype.isFloatingPoint else {
    throw GraphError(
      place: "gradients of %\(loss.index)",
      reason: "need a floating-point scalar, have \(type)")
  }
  let outerScope = builder.scope
  defer { builder.scope = outerScope }

  let active = activeValues(upTo: loss, targets: targets, constants: constants, in: builder.graph)
  var cotangents = [ValueID?](repeating: nil, count: loss.index + 1)
  builder.scope = backwardScope(of: builder.graph[loss].scope)
  cotangents[loss.index] = try builder.scalar(1, type.dtype)

  for index in stride(from: loss.index, through: 0, by: -1) where active[index] {
    guard let cotangent = cotangents[index] else { continue }
    let instruction = builder.graph.instructions[index]
    if let source = straightThrough[ValueID(index)] {
      builder.scope = backwardScope(of: instruction.scope)
      cotangents[source.index] = try builder.sum(cotangents[source.index], cotangent)
      continue
    }
    let step = BackwardStep(
      instruction: instruction, result: ValueID(index), cotangent: cotangent,
      wanted: instruction.operands.map { active[$0.index] })
    guard step.wanted.contains(true) else { continue }
    builder.scope = backwardScope(of: instruction.scope)
    try step.collect(into: &cotangents, in: &builder)
  }

  var results: [ValueID] = []
  for target in targets {
    builder.scope = backwardScope(of: builder.graph[target].scope)
    if target <= loss, let cotangent = cotangents[target.index] {
      results.append(cotangent)
    } else {
      results.append(try builder.splat(0, like: target))
    }
  }
  return results
}

/// Which values carry a derivative: targets, and floating-point values computed from them.
private func activeValues(
  upTo loss: ValueID, targets: [ValueID], constants: [ValueID], in graph: Graph
) -> [Bool] {
  var active = [Bool](repeating: false, count: loss.index + 1)
  let targets = Set(targets)
  let constants = Set(constants)
  for index in 0...loss.index {
    let instruction = graph.instructions[index]
    let value = ValueID(index)
    guard instruction.type.dtype.isFloatingPoint, !constants.contains(value) else { continue }
    active[index] =
      targets.contains(value) || instruction.operands.contains { active[$0.index] }
  }
  return active
}

private func backwardScope(of scope: String) -> String {
  if scope == "forward" || scope.isEmpty { return "backward" }
  let prefix = "forward/"
  return "backward/" + (scope.hasPrefix(prefix) ? String(scope.dropFirst(prefix.count)) : scope)
}
