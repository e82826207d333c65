extension Graph {
  /// Checks every rule that a graph must keep: order, operand types, result types, donation.
  ///
  /// - Throws: `GraphError` for the first broken rule.
  public func verify() throws(GraphError) {
    for (index, instruction) in instructions.enumerated() {
      let place = "%\(index) \(instruction.operation.name) in '\(instruction.scope)'"
      for operand in instruction.operands
      where operand.index < 0 || operand.index >= index {
        throw GraphError(
          place: place, reason: "uses %\(operand.index), which is not defined before it")
      }
      try verifyParameter(instruction, place: place)
      try verifyFusionResult(instruction, place: place)
      let type = try inferredType(
        of: instruction.operation, operands: instruction.operands.map { self.type(of: $0) },
        declared: instruction.type, place: place)
      if type != instruction.type {
        throw GraphError(place: place, reason: "declares \(instruction.type), computes \(type)")
      }
    }
    try verifyParametersDefined()
    try verifyResults()
  }

  private func verifyParameter(_ instruction: Instruction, place: String) throws(GraphError) {
    guard case .parameter(let position) = instruction.operation else { return }
    guard parameters.indices.contains(position) else {
      throw GraphError(
        place: place, reason: "is parameter \(position) of \(parameters.count)")
    }
    if parameters[position].type != instruction.type {
      throw GraphError(
        place: place,
        reason: "declares \(instruction.type), the parameter '\(parameters[position].name)' is "
          + "\(parameters[position].type)")
    }
  }

  private func verifyFusionResult(
    _ instruction: Instruction, place: String
  ) throws(GraphError) {
    guard case .fusionResult(let index) = instruction.operation, instruction.operands.count == 1
    else { return }
    guard case .fusion(let region) = self[instruction.operands[0]].operation else {
      throw GraphError(place: place, reason: "takes the result of a fusion")
    }
    let types = region.resultTypes
    guard types.indices.contains(index) else {
      throw GraphError(place: place, reason: "is result \(index) of \(types.count)")
    }
    if types[index] != instruction.type {
      throw GraphError(
        place: place, reason: "declares \(instruction.type), the result is \(types[index])")
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
