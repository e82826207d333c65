internal import ConfigFiles
internal import Datasets
internal import DeviceAPI
internal import GraphIR
internal import GraphPasses
internal import Training

/// One evaluation from its request to its report.
struct EvaluateRun {
  let request: EvaluateRequest
  let runDevice: RunDevice
  let trained: TrainedModel
  let test: ImageDataset
  private let reader: DataReader

  /// Reads what is needed.
  ///
  /// - Throws: what is wrong with the checkpoint, the model, the data or the architecture.
  init(request: EvaluateRequest) throws {
    self.request = request
    runDevice = try request.config.finding(.config, request.saved) {
      try RunDevice(request.config)
    }
    reader = try DataReader(
      request.config, folder: request.dataDirectory, saved: request.saved)
    test = try reader.load(.test, limit: request.config.data.testLimit)
    let test = test
    trained = try TrainedModel(
      request.saved.checkpoint,
      model: request.config.finding(.model, request.saved) {
        try request.config.makeModel(for: test)
      })
  }

  /// Images in an execution.
  var batchSize: Int { min(request.batchSize, test.count) }

  private var options: CompileOptions { CompileOptions(threads: request.threads) }

  /// Runs the test set, twice if the model is to be quantized.
  func report() throws -> EvaluateReport {
    let model = trained.model
    let int8 = try request.quantize.map(quantized)
    let graph = try TrainingProgram.evaluationGraph(
      model, batchSize: batchSize, precision: request.config.precision.policy)
    let stored = zip(graph.parameters, trained.state).map { parameter, literal in
      literal.type == parameter.type ? literal : Literal(parameter.type, literal.elements)
    }
    var rows = [try row(request.config.precision.policy.rawValue, graph, state: stored)]
    if let int8 {
      rows.append(
        try row(int8.name, int8.result.graph, state: int8.result.state(trained.state)))
    }
    return EvaluateReport(
      checkpoint: request.saved.path, device: runDevice.name, config: runDevice.configName,
      model: "\(model.name) \(model.summary)", dataset: request.config.data.name.description,
      steps: trained.steps, batchSize: batchSize, threads: request.threads,
      quantization: int8?.description, rows: rows)
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

// MARK: Quantization

extension EvaluateRun {
  private struct Int8Model {
    let name: String
    let result: QuantizedGraph
    let description: QuantizationDescription
  }

  private func quantized(_ choice: QuantizeChoice) throws -> Int8Model {
    try requireInt8()
    try requireTrained()
    let graph = try TrainingProgram.evaluationGraph(trained.model, batchSize: batchSize)
    let activations: QuantizationPass.Activations
    let source: QuantizationDescription.RangeSource
    if choice.mode == .dynamic {
      (activations, source) = (.dynamic, .batch)
    } else if let ranges = trained.ranges, choice.calibrationImages == nil {
      (activations, source) = (.fixed(ranges), .training)
    } else {
      let images = try calibrationImages(choice)
      (activations, source) = (.fixed(try ranges(images)), .calibration(images: images.count))
    }
    return Int8Model(
      name: choice.mode.rawValue,
      result: try QuantizationPass(activations, weights: choice.weights).run(graph),
      description: QuantizationDescription(
        mode: choice.mode, weights: choice.weights, ranges: source))
  }

  /// Ranges belong to the model and the images, not to the device that will run it: they are
  /// measured in f32 on this processor.
  private func ranges(_ images: ImageDataset) throws -> [String: Float] {
    let cpu = try RunDevice(DeviceChoice(name: DeviceCatalog.hostName))
    return try Calibration.ranges(
      of: trained, over: images, on: cpu.device, options: options)
  }

  private func calibrationImages(_ choice: QuantizeChoice) throws -> ImageDataset {
    let train = try reader.load(.train)
    let asked = choice.calibrationImages
    if let asked, !(1...train.count).contains(asked) {
      throw CommandFailure.usage(
        "--calibration-images is \(asked); it must be from 1 to \(train.count), the number of "
          + "training images.")
    }
    return train.prefix(asked ?? QuantizeChoice.defaultCalibrationImages)
  }

  private func requireTrained() throws(CommandFailure) {
    let path = request.saved.path
    if trained.steps == 0 {
      throw .usage(
        "\(path): the checkpoint was taken before the first training step, and quantizing an "
          + "untrained model says nothing. Train it first.")
    }
    let broken = zip(trained.model.parameters, trained.state).first { _, literal in
      literal.elements.contains { !$0.isFinite }
    }
    if let broken {
      throw .usage(
        "\(path): '\(broken.0.name)' holds values that are no finite numbers, so it has no range "
          + "to quantize. Use another checkpoint.")
    }
  }

  private func requireInt8() throws {
    guard !runDevice.device.descriptor.supportedProductTypes.contains(.i8) else { return }
    let library = try Surroundings.configLibrary()
    let entry = try DeviceCatalog.entry(named: request.config.device.name)
    let names = entry.configKind.map { library.names(of: $0) } ?? []
    let able = try names.filter {
      try entry.productTypes(config: $0, library: library).contains(.i8)
    }
    throw CommandFailure.usage(
      "\(runDevice.configName ?? runDevice.name): the array multiplies no int8 "
        + "(mxu.relativeRates.int8 is absent). Use a --config that does ("
        + able.joined(separator: ", ") + "), or give it a rate with "
        + "--set mxu.relativeRates.int8=1.")
  }
}
