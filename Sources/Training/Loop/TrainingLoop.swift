public import Datasets
public import DeviceAPI

/// Trains a program on a device: feeds batches, reads back the loss, evaluates after each epoch.
///
/// Each epoch is a new permutation of the training set, cut into full batches; what is left over
/// sits that epoch out. Nothing is allocated in a step: staging memory, buffers and the lists of
/// buffers are made once. A run is determined by program, data, seed and device; a run that
/// resumes from a checkpoint continues bit for bit.
public final class TrainingLoop {
  public let program: TrainingProgram
  public let trainingData: ImageDataset
  public let testData: ImageDataset
  public let options: TrainingOptions
  /// The seed that the run started from: that of the options, or of the checkpoint.
  public let seed: UInt64
  /// The compiled `program.step`.
  public let step: any Executable
  /// The compiled `program.evaluation`.
  public var evaluation: any Executable { evaluator.executable }
  /// Host time that compiling `program.step` took.
  public let stepCompileSeconds: Double
  /// Steps since the first of all.
  public internal(set) var stepsCompleted = 0
  /// Where loss scaling stands; `nil` for programs that do not scale.
  public internal(set) var lossScale: LossScaleStatus?
  /// What crossed between host and device so far.
  public internal(set) var transfers = TransferCount()

  let clock: () -> Double
  var sampler: BatchSampler
  /// The sum of the step losses of the epoch so far.
  var epochLossSum = 0.0

  let state: [any Buffer]
  let loss: any Buffer
  let evaluator: Evaluator
  private let feed: BatchFeed
  private let stepFeed: StepFeed
  private let stepInputs: [any Buffer]
  private let stepOutputs: [any Buffer]

  /// Compiles the program and brings the first state to the device: fresh, or a checkpoint's.
  ///
  /// - Parameter clock: seconds from any fixed moment; read twice a step.
  /// - Throws: `TrainingError` for data that do not fit the model, settings that cannot work, a
  ///   checkpoint of another run, or what the device reports.
  public init(
    program: TrainingProgram, device: any Device, trainingData: ImageDataset,
    testData: ImageDataset, options: TrainingOptions, resuming checkpoint: Checkpoint? = nil,
    clock: @escaping () -> Double
  ) throws(TrainingError) {
    if options.epochs < 1 {
      throw .invalidSetting(
        name: "number of epochs", value: "\(options.epochs)", expected: "1 or more")
    }
    try program.model.check(trainingData)
    try program.model.check(testData)
    self.program = program
    self.trainingData = trainingData
    self.testData = testData
    self.options = options
    self.clock = clock

    let start = try RunStart(
      program: program, trainingData: trainingData, seed: options.seed, checkpoint: checkpoint)
    try Self.check(program, checkpoint, totalSteps: options.epochs * start.sampler.stepsPerEpoch)
    seed = start.seed
    sampler = start.sampler
    stepsCompleted = start.stepsCompleted
    epochLossSum = start.epochLossSum
    lossScale = LossScaleStatus(program, state: start.state)

    let begin = clock()
    step = try training { () throws(DeviceError) in
      try device.compile(program.step, options: options.compile)
    }
    stepCompileSeconds = clock() - begin
    let evaluation = try training { () throws(DeviceError) in
      try device.compile(program.evaluation, options: options.compile)
    }
    let buffers = try training { () throws(DeviceError) in
      var buffers: [any Buffer] = []
      for literal in start.state { buffers.append(try device.makeBuffer(literal)) }
      return buffers
    }
    state = buffers
    (loss, evaluator, feed, stepFeed) = try training { () throws(DeviceError) in
      (
        try device.makeBuffer(.scalar(.f32)),
        try Evaluator(
          evaluation, state: Array(buffers[program.layout.model]), device: device),
        try BatchFeed(device: device, graph: program.step),
        try StepFeed(device: device, program: program, seed: start.seed)
      )
    }
    stepInputs = state + [feed.images, feed.labels] + stepFeed.buffers
    stepOutputs = state + [loss]
    transfers.bytesToDevice = program.state.reduce(0) { $0 + $1.type.byteCount }
  }

  /// Steps of one epoch.
  public var stepsPerEpoch: Int { sampler.stepsPerEpoch }

  /// Steps of the whole run, those done included.
  public var totalSteps: Int { options.epochs * stepsPerEpoch }

  /// Epochs that are over.
  public var epochsCompleted: Int { sampler.epoch + (sampler.isAtEndOfEpoch ? 1 : 0) }

  /// Trains until the last epoch is over or the observer asks to stop.
  ///
  /// It may be called again after a stop, and continues. The last step of an epoch is followed by
  /// its evaluation before the observer is asked.
  ///
  /// - Throws: `TrainingError.nonFiniteLoss` after a step whose loss is no number: the parameters
  ///   are lost by then, so training ends. Where the loss is scaled they are kept, and training goes
  ///   on as long as the scale can fall. `.device` if the device fails.
  public func run(_ observer: TrainingObserver = TrainingObserver()) throws(TrainingError)
    -> TrainingSummary
  {
    var summary = TrainingSummary(
      isInterrupted: false, stepsExecuted: 0, samplesTrained: 0, trainSeconds: 0, epochs: [])
    var epochSeconds = 0.0
    while epochsCompleted < options.epochs {
      let metrics = try trainStep()
      summary.stepsExecuted += 1
      summary.samplesTrained += program.batchSize
      summary.trainSeconds += metrics.seconds
      epochSeconds += metrics.seconds
      observer.stepCompleted(metrics)
      if !metrics.loss.isFinite && !metrics.canRecover {
        throw .nonFiniteLoss(step: metrics.step, epoch: metrics.epoch, loss: metrics.loss)
      }
      if sampler.isAtEndOfEpoch {
        let epoch = EpochMetrics(
          epoch: metrics.epoch, step: metrics.step,
          trainLoss: epochLossSum / Double(stepsPerEpoch), trainSeconds: epochSeconds,
          evaluation: try evaluate())
        epochSeconds = 0
        summary.epochs.append(epoch)
        observer.epochCompleted(epoch)
      }
      if observer.shouldStop(), epochsCompleted < options.epochs {
        summary.isInterrupted = true
        return summary
      }
    }
    return summary
  }

  private func trainStep() throws(TrainingError) -> StepMetrics {
    let begin = clock()
    if sampler.isAtEndOfEpoch { epochLossSum = 0 }
    var value: Float = 0
    do {
      try feed.send(sampler.nextBatch(), of: trainingData)
      try stepFeed.send(
        step: stepsCompleted, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps)
      try step.execute(inputs: stepInputs, outputs: stepOutputs)
      try loss.read(into: &value)
      try readLossScale()
    } catch {
      throw .device(error)
    }
    transfers.bytesToDevice += feed.byteCount + stepFeed.byteCount
    transfers.bytesFromDevice += MemoryLayout<Float>.size
    stepsCompleted += 1
    // The mean of an epoch leaves out what a skipped step could not compute.
    if value.isFinite || lossScale == nil { epochLossSum += Double(value) }
    return StepMetrics(
      step: stepsCompleted, epoch: sampler.epoch + 1, loss: value, seconds: clock() - begin,
      lossScale: lossScale)
  }

  /// A schedule that ends with the run cannot be resumed into a longer run.
  private static func check(
    _ program: TrainingProgram, _ checkpoint: Checkpoint?, totalSteps: Int
  ) throws(TrainingError) {
    guard program.recipe.schedule == .cosine,
      case .integer(let saved) = checkpoint?[Checkpoint.Key.scheduleSteps],
      saved != Int64(totalSteps)
    else { return }
    throw .checkpointMismatch(
      what: "length of the cosine schedule", checkpoint: "\(saved) steps",
      run: "\(totalSteps) steps")
  }
}
