internal import ConfigFiles
internal import Datasets
internal import DeviceAPI
internal import RunLog
internal import Training

extension TrainRun {
  /// Training and test images.
  typealias Data = (train: ImageDataset, test: ImageDataset)

  /// Reads the images that the settings ask for.
  func loadData() throws -> Data {
    let reader = try DataReader(settings, folder: request.dataDirectory, saved: saved)
    return (
      try reader.load(.train, limit: settings.data.trainLimit),
      try reader.load(.test, limit: settings.data.testLimit)
    )
  }

  /// Builds the program and brings it to the device.
  func makeLoop(_ runDevice: RunDevice, data: Data) throws -> TrainingLoop {
    let (train, test) = data
    if let count = saved?.testCount, count != test.count {
      let origin = settings.origins["data.testLimit"]
      throw CommandFailure.usage(
        (origin == nil ? "The data set" : settings.name(of: "data.testLimit"))
          + " leaves \(test.count) test images, the checkpoint's run has \(count). "
          + (origin == nil ? "Use the same one" : "Leave the \(origin?.noun ?? "") out")
          + ", or start afresh without --resume.")
    }
    let program = try makeProgram(runDevice, data: data)
    if program.batchSize > train.count {
      throw DatasetError.batchTooLarge(batchSize: program.batchSize, sampleCount: train.count)
    }
    if program.isImported, settings.step.predict == nil, program.batchSize > test.count {
      throw CommandFailure.usage(
        "\(program.batchSize) images are in a batch of the step and \(test.count) in the test set, and "
          + "without --predict the loss is that of full batches. Give --predict, or more test images."
      )
    }
    let loop = try settings.locatingMismatch {
      try TrainingLoop(
        program: program, device: runDevice.device, trainingData: train, testData: test,
        options: TrainingOptions(
          epochs: settings.epochs, seed: settings.seed,
          compile: CompileOptions(threads: request.threads, fusion: settings.fusion),
          unreadSteps: 16),
        resuming: saved?.checkpoint, clock: Surroundings.monotonicSeconds)
    }
    if loop.epochsCompleted >= settings.epochs {
      try settings.locating("training.epochs") {
        throw CommandFailure.usage(
          "\(saved?.path ?? "the checkpoint"): \(loop.epochsCompleted) epochs are done and "
            + "\(settings.epochs) were asked for. Ask for more with --epochs.")
      }
    }
    return loop
  }

  private func makeProgram(_ runDevice: RunDevice, data: Data) throws -> TrainingProgram {
    let step = try settings.finding(.step, saved) {
      try StepProgram(settings.step, on: runDevice.device)
    }
    if let step {
      return try step.program(for: data.train, seed: saved == nil ? settings.seed : nil)
    }
    return try TrainingProgram(
      model: settings.finding(.model, saved) { try settings.makeModel(for: data.train) },
      optimizer: OptimizerCatalog.optimizer(
        named: settings.optimizer.name, learningRate: settings.optimizer.learningRate),
      recipe: settings.recipe, batchSize: settings.batchSize,
      evaluationBatchSize: min(1000, data.test.count), precision: settings.precision,
      quantizeAware: settings.quantizeAware, shards: settings.shards)
  }

  /// How reports name what is trained.
  func modelName(_ loop: TrainingLoop) -> String {
    settings.step.program ?? "\(loop.program.model.name) \(loop.program.model.summary)"
  }

  /// The run file, created before the first step so that a path that cannot be is known at once.
  func makeWriter(_ runDevice: RunDevice, _ loop: TrainingLoop) throws(RunLogError) -> RunWriter? {
    guard request.log != .none else { return nil }
    let header = RunHeader(
      generator: "simtrain \(Simtrain.version)", commandLine: CommandLine.arguments,
      seed: loop.seed, device: runDevice.name, dataset: settings.data.name.description,
      model: modelName(loop),
      hyperParameters: hyperParameters(loop) + runDevice.productKernels(as: "productKernels"),
      recipe: try? settings.recipeText(), config: runDevice.headerConfig,
      continuation: saved.map {
        RunHeader.Continuation(
          runFile: $0.text(RunKey.runFile), checkpoint: Surroundings.absolute($0.path),
          firstStep: loop.stepsCompleted)
      })
    let modelsCost = loop.step.profile?.simulated != nil
    func writer(_ path: String) throws(RunLogError) -> RunWriter {
      try RunWriter(
        path: path, header: header, modelsCost: modelsCost, scalesLoss: loop.lossScale != nil,
        replacesExisting: request.replacesExisting, createsFolder: true,
        now: Surroundings.monotonicSeconds)
    }
    if case .file(let path) = request.log { return try writer(path) }
    let parts = [runDevice.shortName, runDevice.shortConfigName, Surroundings.timestamp()]
    let stem = "runs/" + parts.compactMap(\.self).joined(separator: "-")
    for attempt in 2...100 {
      do {
        return try writer(attempt == 2 ? "\(stem).h5" : "\(stem)-\(attempt - 1).h5")
      } catch {
        guard case .fileExists = error else { throw error }
      }
    }
    return try writer("\(stem)-100.h5")
  }

  private func hyperParameters(_ loop: TrainingLoop) -> [RunAttribute] {
    let run =
      [
        RunAttribute("epochs", .integer(Int64(settings.epochs))),
        RunAttribute("batchSize", .integer(Int64(loop.program.batchSize))),
        RunAttribute("shards", .integer(Int64(settings.shards))),
        RunAttribute("optimizer", .text(optimizerName)),
        RunAttribute("precision", .text(settings.precision.policy.rawValue)),
        RunAttribute("quantizeAware", .flag(settings.quantizeAware)),
        RunAttribute("fusion", .text(settings.fusion.rawValue)),
        RunAttribute("trainCount", .integer(Int64(loop.trainingData.count))),
        RunAttribute("testCount", .integer(Int64(loop.testData.count))),
        RunAttribute("threads", .integer(Int64(request.threads))),
        RunAttribute("firstStep", .integer(Int64(loop.stepsCompleted))),
      ] + (settings.device.chosenCores.map { [RunAttribute("cores", .integer(Int64($0)))] } ?? [])
    if loop.program.isImported { return run }
    return run
      + settings.recipe.checkpointSettings.map { RunAttribute($0.name, RunValue($0.value)) }
      + loop.program.optimizer.hyperparameters.map { RunAttribute($0.name, .real($0.value)) }
      + precisionParameters
  }

  /// The optimizer's name; of a step of the user's, that it is the program's.
  var optimizerName: String { settings.step.program == nil ? settings.optimizer.name : "program" }

  /// What belongs to the precision alone.
  private var precisionParameters: [RunAttribute] {
    let precision = settings.precision
    if precision.policy == .bf16 {
      return [RunAttribute("stochasticRounding", .flag(precision.usesStochasticRounding))]
    }
    guard precision.policy.needsLossScaling else { return [] }
    return precision.lossScaling.hyperparameters.map {
      RunAttribute("lossScale.\($0.name)", .real($0.value))
    }
  }

  /// What the command adds to a checkpoint, so that it need not be said again.
  func checkpointEntries(_ runDevice: RunDevice, _ loop: TrainingLoop) -> [Checkpoint.Entry] {
    var config = settings
    config.data.testLimit = loop.testData.count
    let architecture = runDevice.architecture
    let kernels = runDevice.device.descriptor.productKernels
    return config.checkpointEntries
      + (architecture.isEmpty
        ? [] : [Checkpoint.Entry(name: RunKey.architecture, value: .texts(architecture))])
      + (kernels.map { [Checkpoint.Entry(name: RunKey.productKernels, value: .text($0))] } ?? [])
  }
}
