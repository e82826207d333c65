internal import GraphIR

extension TrainingProgram {
  /// Forward, loss, backward and update as one graph; scopes `forward/…`, `loss`, `backward/…`,
  /// `update/…`.
  static func stepGraph(
    _ model: any Model, _ optimizer: any Optimizer, _ recipe: TrainingRecipe,
    _ precision: PrecisionSettings, quantizeAware: Bool, layout: StateLayout, batchSize: Int,
    shards: Int
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: "training_step")
    let old = layout.tensors.map { builder.parameter($0.name, $0.type) }
    let parameters = Array(old[layout.parameters])
    let (images, labels) = inputs(model, batchSize: batchSize, in: &builder)
    let rate =
      recipe.changesRate
      ? builder.parameter("learningRate", .scalar(.f32), role: .infeed)
      : try builder.scalar(optimizer.learningRate)
    let own = Array(old[layout.precision])
    let part = try wholeBatch(
      shards, of: ShardInput(images: images, labels: labels, size: batchSize), in: &builder
    ) { (shard, builder) throws(GraphError) in
      var output = try forward(
        model, shard.images, parameters, Array(old[layout.statistics]), phase: .training,
        key: old[layout.draws].first, stream: shard.index * model.drawCount, scope: shard.scope,
        in: &builder)
      let quantized = quantizeAware ? try quantize(&output, phase: .training, in: &builder) : nil
      let (loss, shift) = try builder.withScope("loss\(shard.scope)") {
        (builder) throws(GraphError) in
        let loss = try SoftmaxCrossEntropy(
          logits: output.logits, labels: shard.labels, in: &builder)
        let sum = try builder.reduce(.add, loss.losses, dimensions: [0])
        return (try builder.times(1 / Double(batchSize), sum), loss.shift)
      }
      let gradients = try gradients(
        of: precision.target(of: loss, state: own, in: &builder), withRespectTo: parameters,
        holdingConstant: [shift] + output.constants + (quantized?.constants ?? []),
        straightThrough: quantized?.straightThrough ?? [:], in: &builder)
      return ShardOutput(loss: loss, gradients: gradients, statistics: output.statistics)
    }
    let update = StepUpdate(
      layout: layout, optimizer: optimizer, recipe: recipe, rate: rate)
    let newState = try builder.withScope("update") { (builder) throws(GraphError) in
      try precision.update(part.gradients, state: own, old: old, in: &builder) {
        (gradients, builder) throws(GraphError) in
        let new = try update.apply(to: old, gradients: gradients, in: &builder)
        return new.parameters + part.statistics + new.state
      } + builder.nextKeys(Array(old[layout.draws]))
    }
    for (tensor, (old, new)) in zip(layout.tensors, zip(old, newState)) {
      builder.result(tensor.name, new, donating: old)
    }
    builder.result("loss", part.loss)
    return try builder.build()
  }

  /// Puts fake quantization into the forward graph; its ranges follow the model's statistics.
  ///
  /// Values that come before the first product keep their names.
  private static func quantize(
    _ output: inout ModelOutput, phase: LayerContext.Phase, in builder: inout GraphBuilder
  ) throws(GraphError) -> FakeQuantizer.Output {
    var quantizer = FakeQuantizer(builder.graph, phase: phase)
    let quantized = try quantizer.run()
    builder = quantized.builder
    output.logits = quantized[output.logits]
    output.statistics = output.statistics.map { quantized[$0] } + quantized.ranges
    output.constants = output.constants.map { quantized[$0] }
    return quantized
  }

  /// Forward only, then counts and sums over the places that hold an image.
  static func plainEvaluationGraph(
    _ model: any Model, batchSize: Int, ranges: [StateTensor] = []
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: "evaluation")
    let parameters = model.parameters.map { builder.parameter($0.name, $0.type) }
    let statistics = model.statistics.map { builder.parameter($0.name, $0.type) }
    for range in ranges { _ = builder.parameter(range.name, range.type) }
    let (images, labels) = inputs(model, batchSize: batchSize, in: &builder)
    var output = try forward(
      model, images, parameters, statistics, phase: .evaluation, in: &builder)
    if !ranges.isEmpty { _ = try quantize(&output, phase: .evaluation, in: &builder) }
    try builder.evaluationResults(logits: output.logits, labels: labels)
    return try builder.build()
  }

  private static func inputs(
    _ model: any Model, batchSize: Int, in builder: inout GraphBuilder
  ) -> (images: ValueID, labels: ValueID) {
    let images = builder.parameter(
      "images", TensorType([batchSize] + model.imageShape, model.pixelType), role: .infeed)
    let labels = builder.parameter("labels", TensorType([batchSize], .i32), role: .infeed)
    return (images, labels)
  }

  private static func forward(
    _ model: any Model, _ images: ValueID, _ parameters: [ValueID], _ statistics: [ValueID],
    phase: LayerContext.Phase, key: ValueID? = nil, stream: Int = 0, scope: String = "",
    in builder: inout GraphBuilder
  ) throws(GraphError) -> ModelOutput {
    try builder.withScope("forward\(scope)") { (builder) throws(GraphError) in
      let scaled = try builder.withScope("input") { (builder) throws(GraphError) in
        if model.pixelType == .f32 { return images }
        return model.takesTokens
          ? try builder.convert(images, to: .f32) : try builder.scaledPixels(images)
      }
      return try model.output(
        of: scaled, parameters: parameters, statistics: statistics, phase: phase, key: key,
        stream: stream, in: &builder)
    }
  }
}

extension GraphBuilder {
  /// The results of an evaluation graph.
  ///
  /// - Parameters:
  ///   - logits: f32 `[batch, classes]`
  ///   - labels: i32 `[batch]`, each a class, or -1 where there is no image
  mutating func evaluationResults(
    logits: ValueID, labels: ValueID
  ) throws(GraphError) {
    let lossSum = try withScope("loss") { (builder) throws(GraphError) in
      let loss = try SoftmaxCrossEntropy(logits: logits, labels: labels, in: &builder)
      let isImage = try builder.compare(.ge, labels, builder.splat(0, like: labels))
      let counted = try builder.select(
        isImage, loss.losses, builder.splat(0, like: loss.losses))
      return try builder.reduce(.add, counted, dimensions: [0])
    }
    let correct = try withScope("accuracy") { (builder) throws(GraphError) in
      try builder.correctCount(logits: logits, labels: labels)
    }
    result("correct", correct)
    result("lossSum", lossSum)
  }
}
