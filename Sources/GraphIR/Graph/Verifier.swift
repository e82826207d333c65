extension Graph {
  /// Checks every rule that a graph must keep: order, operand types, result types, donation.
  ///
  /// - Throws: `GraphError` for the first broken rule.
  public func verify() throws(GraphError) {
    for index in instructions.indices {
      // The place is put into words only where a rule is broken.
      do throws(BrokenRule) { try verifyInstruction(at: index) } catch {
        let instruction = instructions[index]
        throw GraphError(
          place: "%\(index) \(instruction.operation.name) in '\(instruction.scope)'",
          reason: error.reason)
      }
    }
    try verifyParametersDefined()
    try verifyResults()
  }

  private func verifyInstruction(at index: Int) throws(BrokenRule) {
    let instruction = instructions[index]
    for operand in instruction.operands where operand.index < 0 || operand.index >= index {
      throw BrokenRule(reason: "uses %\(operand.index), which is not defined before it")
    }
    switch instruction.operation {
    case .parameter(let position): try verifyParameter(position, instruction.type)
    case .result(let position): try verifyResult(position, at: index)
    default: break
    }
    let rules = TypeRules(
      operands: instruction.operands.map { self.type(of: $0) }, declared: instruction.type)
    let computed: TensorType
    if instruction.operation.definesSeveral {
      let types = try rules.types(of: instruction.operation)
      try verifyFurtherValues(of: index, types)
      computed = types[0]
    } else {
      computed = try rules.type(of: instruction.operation)
    }
    if computed != instruction.type {
      throw BrokenRule(reason: "declares \(instruction.type), computes \(computed)")
    }
  }

  /// The values after the first stand directly behind the instruction.
  private func verifyFurtherValues(
    of index: Int, _ types: [TensorType]
  ) throws(BrokenRule) {
    for (position, type) in types.enumerated().dropFirst() {
      let place = index + position
      guard instructions.indices.contains(place),
        instructions[place].operation == .result(index: position),
        instructions[place].operands == [ValueID(index)]
      else {
        throw BrokenRule(
          reason: "defines \(types.count) values, and %\(place) is not its result \(position)")
      }
      if instructions[place].type != type {
        throw BrokenRule(
          reason: "computes \(type) as result \(position), %\(place) declares "
            + "\(instructions[place].type)")
      }
    }
  }

  private func verifyParameter(_ position: Int, _ type: TensorType) throws(BrokenRule) {
    guard parameters.indices.contains(position) else {
      throw BrokenRule(reason: "is parameter \(position) of \(parameters.count)")
    }
    if parameters[position].type != type {
      throw BrokenRule(
        reason: "declares \(type), the parameter '\(parameters[position].name)' is "
          + "\(parameters[position].type)")
    }
  }

  private func verifyResult(_ position: Int, at index: Int) throws(BrokenRule) {
    let first = index - position
    guard position > 0, first >= 0, instructions[first].operation.definesSeveral,
      instructions[index].operands == [ValueID(first)]
    else { throw BrokenRule(reason: "follows no instruction of which it is result \(position)") }
  }

  private func verifyParametersDefined() throws(GraphError) {
    var seen = [Bool](repeating: false, count: parameters.count)
    for instruction in instructions {
      guard case .parameter(let position) = instruction.operation else { continue }
      if seen[position] {
        throw GraphError(
          place: name, reason: "parameter '\(parameters[position].name)' is defined twice")
      }
      seen[position] = true
    }
    if let missing = seen.firstIndex(of: false) {
      throw GraphError(
        place: name, reason: "parameter '\(parameters[missing].name)' has no instruction")
    }
  }

  private func verifyResults() throws(GraphError) {
    var donated = Set<Int>()
    for result in results {
      let place = "result '\(result.name)' of \(name)"
      guard instructions.indices.contains(result.value.index) else {
        throw GraphError(place: place, reason: "names %\(result.value.index), which is undefined")
      }
      guard let parameter = result.donatedParameter else { continue }
      guard parameters.indices.contains(parameter), donated.insert(parameter).inserted else {
        throw GraphError(
          place: place, reason: "takes a parameter that is missing or already donated")
      }
      let type = self.type(of: result.value)
      if parameters[parameter].type != type {
        throw GraphError(
          place: place,
          reason: "is \(type), the donated '\(parameters[parameter].name)' is "
            + "\(parameters[parameter].type)")
      }
    }
  }
}
