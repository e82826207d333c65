internal import DeviceAPI

extension TrainingProgram {
  /// Forward, loss, backward and update as one graph; scopes `forward/…`, `loss`, `backward/…`,
  /// `update/…`.
  static func stepGraph(
    _ model: any Model, _ optimizer: any Optimizer, _ precision: PrecisionSettings,
    state: [StateTensor], batchSize: Int
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: "training_step")
    let old = state.map { builder.parameter($0.name, $0.type) }
    let parameters = Array(old.prefix(model.parameters.count))
    let (images, labels) = inputs(model, batchSize: batchSize, in: &builder)
    let logits = try forward(model, images, parameters, in: &builder)
    let (loss, shift) = try builder.withScope("loss") { (builder) throws(GraphError) in
      let loss = try SoftmaxCrossEntropy(logits: logits, labels: labels, in: &builder)
      let sum = try builder.reduce(.add, loss.losses, dimensions: [0])
      return (try builder.times(1 / Double(batchSize), sum), loss.shift)
    }
    let own = Array(old.suffix(precision.state.count))
    let scaling = precision.policy.needsLossScaling ? precision.lossScaling : nil
    let target =
      scaling == nil
      ? loss
      : try builder.withScope("loss") { (builder) throws(GraphError) in
        try builder.multiply(loss, own[0])
      }
    let gradients = try gradients(
      of: target, withRespectTo: parameters, holdingConstant: [shift], in: &builder)
    let new = try builder.withScope("update") { (builder) throws(GraphError) in
      if let scaling {
        return try scaledUpdate(
          model, optimizer, scaling, old: old, own: own, gradients: gradients, in: &builder)
      }
      return try update(model, optimizer, old: old, gradients: gradients, in: &builder)
        + nextKeys(own, in: &builder)
    }
    for (tensor, (old, new)) in zip(state, zip(old, new)) {
      builder.result(tensor.name, new, donating: old)
    }
    builder.result("loss", loss)
    return try builder.build()
  }

  /// Forward only, then counts and sums over the places that hold an image.
  static func evaluationGraph(_ model: any Model, batchSize: Int) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: "evaluation")
    let parameters = model.parameters.map { builder.parameter($0.name, $0.type) }
    let (images, labels) = inputs(model, batchSize: batchSize, in: &builder)
    let logits = try forward(model, images, parameters, in: &builder)
    let lossSum = try builder.withScope("loss") { (builder) throws(GraphError) in
      let loss = try SoftmaxCrossEntropy(logits: logits, labels: labels, in: &builder)
      let isImage = try builder.compare(.ge, labels, builder.splat(0, like: labels))
      let counted = try builder.select(
        isImage, loss.losses, builder.splat(0, like: loss.losses))
      return try builder.reduce(.add, counted, dimensions: [0])
    }
    let correct = try builder.withScope("accuracy") { (builder) throws(GraphError) in
      try builder.correctCount(logits: logits, labels: labels)
    }
    builder.result("correct", correct)
    builder.result("lossSum", lossSum)
    return try builder.build()
  }

  private static func inputs(
    _ model: any Model, batchSize: Int, in builder: inout GraphBuilder
  ) -> (images: ValueID, labels: ValueID) {
    let images = builder.parameter(
      "images", TensorType([batchSize, model.rows, model.columns], .ui8), role: .infeed)
    let labels = builder.parameter("labels", TensorType([batchSize], .i32), role: .infeed)
    return (images, labels)
  }

  private static func forward(
    _ model: any Model, _ images: ValueID, _ parameters: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.withScope("forward") { (builder) throws(GraphError) in
      let scaled = try builder.withScope("input") { (builder) throws(GraphError) in
        try builder.scaledPixels(images)
      }
      return try model.logits(of: scaled, parameters: parameters, in: &builder)
    }
  }

  /// The update by scaled gradients: the old state where one of them is not finite.
  private static func scaledUpdate(
    _ model: any Model, _ optimizer: any Optimizer, _ scaling: LossScaling, old: [ValueID],
    own: [ValueID], gradients: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID] {
    let scaled = try builder.withScope("lossScale") { (builder) throws(GraphError) in
      try ScaledGradients(gradients, scale: own[0], in: &builder)
    }
    let new = try update(
      model, optimizer, old: old, gradients: scaled.gradients, in: &builder)
    var kept: [ValueID] = []
    for (old, new) in zip(old, new) {
      kept.append(try builder.select(scaled.isFinite, new, old))
    }
    return try kept
      + builder.withScope("lossScale") { (builder) throws(GraphError) in
        try scaling.advance(own, isFinite: scaled.isFinite, in: &builder)
      }
  }

  /// The keys of the next step: the last word counts steps.
  private static func nextKeys(
    _ keys: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID] {
    var next: [ValueID] = []
    for key in keys {
      let step = try builder.constant(Literal(TensorType([2], .i32), [0, 1]))
      next.append(try builder.add(key, step))
    }
    return next
  }

  /// The new state of model and optimizer, in the order of the old.
  private static func update(
    _ model: any Model, _ optimizer: any Optimizer, old: [ValueID], gradients: [ValueID],
    in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID] {
    let parameterCount = model.parameters.count
    let scalarCount = optimizer.scalarNames.count
    let slotCount = optimizer.slotNames.count
    let advanced = try builder.withScope(optimizer.name) { (builder) throws(GraphError) in
      try optimizer.advance(
        scalars: Array(old[parameterCount..<parameterCount + scalarCount]), in: &builder)
    }
    var parameters: [ValueID] = []
    var slots: [ValueID] = []
    for (index, parameter) in model.parameters.enumerated() {
      let first = parameterCount + scalarCount + index * slotCount
      let updated = try builder.withScope(parameter.name) { (builder) throws(GraphError) in
        try optimizer.update(
          old[index], gradient: gradients[index], slots: Array(old[first..<first + slotCount]),
          factors: advanced.factors, in: &builder)
      }
      parameters.append(updated.parameter)
      slots += updated.slots
    }
    return parameters + advanced.scalars + slots
  }
}
