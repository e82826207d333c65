internal import GraphIR

extension ImportedStep {
  /// The step as the training loop runs it: state first, then images and labels as they lie in the data
  /// set, which the device brings to the arguments' types; the new state and the loss.
  func stepGraph(_ model: ImportedModel) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: "training_step")
    let (arguments, old) = try arguments(model, in: &builder)
    let values = builder.inline(graph, arguments)
    for (tensor, parameter) in zip(old, kept) {
      guard let update = updates[parameter] else { continue }
      builder.result(
        graph.parameters[parameter].name, values[graph.results[update].value.index],
        donating: tensor)
    }
    builder.result("loss", try loss(values, in: &builder))
    return try builder.build()
  }

  /// The loss alone, times the images of a batch.
  func lossGraph(_ model: ImportedModel) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: "evaluation")
    let (arguments, _) = try arguments(model, in: &builder)
    let values = builder.inline(graph, arguments)
    builder.result("lossSum", try builder.times(Double(batchSize), loss(values, in: &builder)))
    return builder.graph.withoutUnused()
  }

  /// The loss as an f32 scalar.
  private func loss(
    _ values: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.shaped(values[graph.results[loss].value.index], as: .scalar(.f32))
  }

  private func arguments(
    _ model: ImportedModel, in builder: inout GraphBuilder
  ) throws(GraphError) -> (all: [ValueID], old: [ValueID]) {
    let old = state.map { builder.parameter($0.name, $0.type) }
    let batch = model.batch(batchSize, in: &builder)
    var all: [ValueID] = []
    for (index, parameter) in graph.parameters.enumerated() {
      switch index {
      case images: all.append(try model.fed(images: batch.images, as: parameter.type, in: &builder))
      case labels: all.append(try model.fed(labels: batch.labels, as: parameter.type, in: &builder))
      default: all.append(old[kept.firstIndex(of: index) ?? 0])
      }
    }
    return (all, old)
  }
}

extension ImportedPrediction {
  /// What `TrainingProgram.evaluation` is: counts and sums over the places that hold an image.
  func evaluationGraph(
    _ model: ImportedModel, state: [Parameter]
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: "evaluation")
    let tensors = state.map { builder.parameter($0.name, $0.type) }
    let batch = model.batch(batchSize, in: &builder)
    let type = graph.parameters[graph.parameters.count - 1].type
    let images = try model.fed(images: batch.images, as: type, in: &builder)
    let values = builder.inline(graph, sources.map { tensors[$0] } + [images])
    let result = graph.results[0].value
    let logits = try builder.shaped(
      values[result.index], as: graph.type(of: result).with(dtype: .f32))
    try builder.evaluationResults(logits: logits, labels: batch.labels)
    return builder.graph.withoutUnused()
  }
}

extension GraphBuilder {
  /// The same elements, row-major, in another shape and element type; nothing where it has both.
  mutating func shaped(_ value: ValueID, as type: TensorType) throws(GraphError) -> ValueID {
    var value = value
    if self.type(of: value).dtype != type.dtype { value = try convert(value, to: type.dtype) }
    if self.type(of: value).shape != type.shape { value = try reshape(value, to: type.shape) }
    return value
  }

  /// Adds the instructions of a sound graph, whose parameters are `arguments`; its values here.
  mutating func inline(_ other: Graph, _ arguments: [ValueID]) -> [ValueID] {
    var graph = self.graph
    var values: [ValueID] = []
    for instruction in other.instructions {
      if case .parameter(let index) = instruction.operation {
        values.append(arguments[index])
        continue
      }
      var copy = instruction
      copy.operands = instruction.operands.map { values[$0.index] }
      graph.instructions.append(copy)
      values.append(ValueID(graph.instructions.count - 1))
    }
    self = GraphBuilder(extending: graph)
    return values
  }
}

extension Graph {
  /// The graph without instructions that no result depends on; parameters stay.
  func withoutUnused() -> Graph {
    var isUsed = [Bool](repeating: false, count: instructions.count)
    for result in results { isUsed[result.value.index] = true }
    for index in instructions.indices.reversed() {
      let instruction = instructions[index]
      if case .parameter = instruction.operation { isUsed[index] = true }
      // Values of one instruction stay together.
      if (index..<index + valueCount(at: index)).contains(where: { isUsed[$0] }) {
        for value in index..<index + valueCount(at: index) { isUsed[value] = true }
      }
      if isUsed[index] { for operand in instruction.operands { isUsed[operand.index] = true } }
    }
    var kept = self
    kept.instructions = []
    var places: [ValueID] = []
    for (index, instruction) in instructions.enumerated() {
      places.append(ValueID(kept.instructions.count))
      guard isUsed[index] else { continue }
      var copy = instruction
      copy.operands = instruction.operands.map { places[$0.index] }
      kept.instructions.append(copy)
    }
    for index in kept.results.indices {
      kept.results[index].value = places[results[index].value.index]
    }
    return kept
  }
}
