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
    case .fusionResult(let position): try verifyFusionResult(position, instruction)
    default: break
    }
    let rules = TypeRules(
      operands: instruction.operands.map { self.type(of: $0) }, declared: instruction.type)
    let computed = try rules.type(of: instruction.operation)
    if computed != instruction.type {
      throw BrokenRule(reason: "declares \(instruction.type), computes \(computed)")
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

  private func verifyFusionResult(
    _ position: Int, _ instruction: Instruction
  ) throws(BrokenRule) {
    guard instruction.operands.count == 1 else { return }
    guard case .fusion(let region) = instructions[instruction.operands[0].index].operation else {
      throw BrokenRule(reason: "takes the result of a fusion")
    }
    let results = region.body.results
    guard results.indices.contains(position) else {
      throw BrokenRule(reason: "is result \(position) of \(results.count)")
    }
    let type = region.body.type(of: results[position].value)
    if type != instruction.type {
      throw BrokenRule(reason: "declares \(instruction.type), the result is \(type)")
    }
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
