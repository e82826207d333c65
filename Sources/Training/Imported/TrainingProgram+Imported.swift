package import Datasets
package import GraphIR

extension TrainingProgram {
  /// Trains with a step that another tool wrote.
  ///
  /// - Parameters:
  ///   - prediction: for the accuracy on the test set; without, only the loss of full batches is
  ///     measured.
  ///   - initial: the state before the first step; `nil` where a checkpoint has it.
  ///   - checksum: of the program's file; a resumed run must have the same.
  /// - Throws: `TrainingError.unusableProgram` where the batch does not fit the arguments.
  package init(
    importing step: ImportedStep, prediction: ImportedPrediction?, initial: [Literal]?,
    checksum: String, data: ImageDataset
  ) throws(TrainingError) {
    let model = ImportedModel(data, summary: checksum)
    let parameters = step.graph.parameters
    try model.check(
      images: parameters[step.images].type, of: step.name, "--feed images=\(step.images)")
    try model.check(
      labels: parameters[step.labels].type, batchSize: step.batchSize, of: step.name,
      "--feed labels=\(step.labels)")
    if let prediction, let last = prediction.graph.parameters.last {
      try model.check(images: last.type, of: prediction.name, "its last argument")
      let logits = prediction.graph.type(of: prediction.graph.results[0].value)
      if logits.shape != [prediction.batchSize, data.classes] {
        throw .unusableProgram(
          name: prediction.name,
          reason: "its first result is \(logits), expected logits "
            + "[\(prediction.batchSize), \(data.classes)]")
      }
    }
    let stepGraph = try training { () throws(GraphError) in try step.stepGraph(model) }
    let evaluation = try training { () throws(GraphError) in
      if let prediction { return try prediction.evaluationGraph(model, state: step.state) }
      return try step.lossGraph(model)
    }
    let tensors = step.state.map {
      StateTensor(name: $0.name, type: $0.type, initializer: .zeros)
    }
    self.init(
      model: model, batchSize: step.batchSize,
      evaluationBatchSize: prediction?.batchSize ?? step.batchSize, state: tensors,
      initial: initial, step: stepGraph, evaluation: evaluation)
  }
}
