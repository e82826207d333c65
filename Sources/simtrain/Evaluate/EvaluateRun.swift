internal import Datasets
internal import DeviceAPI
internal import Training

/// One evaluation from its request to its report.
struct EvaluateRun {
  let request: EvaluateRequest
  let runDevice: RunDevice
  let trained: TrainedModel
  let test: ImageDataset

  /// Reads what is needed.
  ///
  /// - Throws: what is wrong with the checkpoint, the model, the data or the architecture.
  init(request: EvaluateRequest) throws {
    self.request = request
    runDevice = try RunDevice(request.place)
    let directory = try DatasetDirectory(
      explicit: request.dataDirectory, environment: Surroundings.environment)
    let images = try directory.load(request.dataset, split: .test)
    test = request.testLimit.map(images.prefix) ?? images
    trained = try TrainedModel(
      request.saved.checkpoint, model: request.model.model(for: test))
  }

  /// Images in an execution.
  var batchSize: Int { min(request.batchSize, test.count) }

  private var options: CompileOptions { CompileOptions(threads: request.threads) }

  /// Runs the test set.
  func report() throws -> EvaluateReport {
    let model = trained.model
    let graph = try TrainingProgram.evaluationGraph(
      model, batchSize: batchSize, precision: request.precision)
    let stored = zip(graph.parameters, trained.state).map { parameter, literal in
      literal.type == parameter.type ? literal : Literal(parameter.type, literal.elements)
    }
    let plain = try row(request.precision.rawValue, graph, state: stored)
    return EvaluateReport(
      checkpoint: request.saved.path, device: runDevice.name, config: runDevice.configName,
      model: "\(model.name) \(model.summary)", dataset: request.dataset.rawValue,
      steps: trained.steps, batchSize: batchSize, threads: request.threads, rows: [plain])
  }

  private func row(_ name: String, _ graph: Graph, state: [Literal]) throws -> EvaluationRow {
    let evaluator = try Evaluator(
      graph, state: state, device: runDevice.device, options: options)
    let metrics = try evaluator.run(over: test, clock: Surroundings.monotonicSeconds)
    return EvaluationRow(
      name: name, metrics: metrics, modelBytes: state.reduce(0) { $0 + $1.type.byteCount },
      profile: evaluator.executable.profile)
  }
}
