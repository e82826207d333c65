internal import GraphIR

extension PrecisionSettings {
  private var scaling: LossScaling? { policy.needsLossScaling ? lossScaling : nil }

  /// What gradients are to be taken of: the loss, or the scaled loss.
  ///
  /// - Parameter own: the old values of `state`.
  func target(
    of loss: ValueID, state own: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    guard scaling != nil else { return loss }
    return try builder.withScope("loss") { (builder) throws(GraphError) in
      try builder.multiply(loss, own[0])
    }
  }

  /// The new state of the whole program, that of the precision last.
  ///
  /// Where the loss is scaled, everything keeps its old value if a gradient is not finite.
  ///
  /// - Parameters:
  ///   - gradients: of `target`.
  ///   - own: the old values of `state`.
  ///   - old: the old state of the whole program.
  ///   - update: gives the new state of model and optimizer for gradients of the loss.
  func update(
    _ gradients: [ValueID], state own: [ValueID], old: [ValueID], in builder: inout GraphBuilder,
    by update: ([ValueID], inout GraphBuilder) throws(GraphError) -> [ValueID]
  ) throws(GraphError) -> [ValueID] {
    guard let scaling else {
      return try update(gradients, &builder) + builder.nextKeys(own)
    }
    let scaled = try builder.withScope("lossScale") { (builder) throws(GraphError) in
      try ScaledGradients(gradients, scale: own[0], in: &builder)
    }
    var kept: [ValueID] = []
    for (old, new) in zip(old, try update(scaled.gradients, &builder)) {
      kept.append(try builder.select(scaled.isFinite, new, old))
    }
    return try kept
      + builder.withScope("lossScale") { (builder) throws(GraphError) in
        try scaling.advance(own, isFinite: scaled.isFinite, in: &builder)
      }
  }
}

extension GraphBuilder {
  /// The keys of the next step: the last word counts steps.
  mutating func nextKeys(_ keys: [ValueID]) throws(GraphError) -> [ValueID] {
    var next: [ValueID] = []
    for key in keys {
      let step = try constant(Literal(TensorType([2], .i32), [0, 1]))
      next.append(try add(key, step))
    }
    return next
  }
}
