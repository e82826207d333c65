internal import GraphIR

/// The last part of a training step: from gradients to new parameters.
struct StepUpdate {
  /// Where parameters and the optimizer's state lie.
  let layout: StateLayout
  let optimizer: any Optimizer
  let recipe: TrainingRecipe
  /// f32 scalar, the learning rate of the step.
  let rate: ValueID

  /// Clips the gradients, adds weight decay, and takes the optimizer's step.
  ///
  /// - Parameter old: the whole state.
  /// - Returns: the new parameters and the optimizer's new state, each in the order of the old.
  func apply(
    to old: [ValueID], gradients: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> (parameters: [ValueID], state: [ValueID]) {
    var gradients = gradients
    if let limit = recipe.clipNorm {
      gradients = try builder.withScope("clip") { (builder) throws(GraphError) in
        try builder.clippedByGlobalNorm(gradients, limit: limit)
      }
    }
    let advanced = try builder.withScope(optimizer.name) { (builder) throws(GraphError) in
      try optimizer.advance(
        scalars: Array(old[layout.scalars]), rate: rate, in: &builder)
    }
    var new: [ValueID] = []
    var slots: [ValueID] = []
    for (index, place) in layout.parameters.enumerated() {
      let name = layout.tensors[place].name
      let updated = try builder.withScope(name) { (builder) throws(GraphError) in
        let (value, gradient) = try decayed(old[place], gradients[index], in: &builder)
        return try optimizer.update(
          value, gradient: gradient, slots: Array(old[layout.slots(ofParameter: index)]),
          factors: advanced.factors, in: &builder)
      }
      new.append(updated.parameter)
      slots += updated.slots
    }
    return (new, advanced.scalars + slots)
  }

  /// The parameter and its gradient as the optimizer is to see them.
  private func decayed(
    _ parameter: ValueID, _ gradient: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> (ValueID, ValueID) {
    let decay = recipe.weightDecay
    if decay == 0 { return (parameter, gradient) }
    if !optimizer.decouplesWeightDecay {
      return (parameter, try builder.add(gradient, builder.times(decay, parameter)))
    }
    let factor = try builder.subtract(builder.scalar(1), builder.times(decay, rate))
    return (
      try builder.multiply(parameter, builder.broadcastScalar(factor, like: parameter)), gradient
    )
  }
}
