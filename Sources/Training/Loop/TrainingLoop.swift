public import Datasets
public import DeviceAPI

/// Trains a program on a device: feeds batches, reads back the loss, evaluates after each epoch.
///
/// Each epoch is a new permutation of the training set, cut into full batches; what is left over
/// sits that epoch out. Staging memory, buffers and the lists of buffers are made once. The loop does
/// not wait for the loss of each step; see `TrainingOptions.unreadSteps`. A run is determined by program, data, seed and device; a run that
/// resumes from a checkpoint continues bit for bit.
public final class TrainingLoop {
  /// What is trained.
  public let program: TrainingProgram
  /// What batches are drawn from.
  public let trainingData: ImageDataset
  /// What each epoch is evaluated on.
  public let testData: ImageDataset
  /// Epochs, seed and how graphs are compiled.
  public let options: TrainingOptions
  /// The seed that the run started from: that of the options, or of the checkpoint.
  public let seed: UInt64
  /// The compiled `program.step`.
  public var step: any Executable { runner.executable }
  /// The compiled `program.evaluation`.
  package var evaluation: any Executable { evaluator.executable }
  /// Host time that compiling `program.step` took.
  package let stepCompileSeconds: Double
  /// Steps since the first of all.
  package internal(set) var stepsCompleted = 0
  /// Where loss scaling stands; `nil` for programs that do not scale.
  package internal(set) var lossScale: LossScaleStatus?
  /// What crossed between host and device so far.
  package internal(set) var transfers = TransferCount()

  /// `trainingData.contentHash`, for checkpoints.
  private(set) lazy var trainingDataHash = trainingData.contentHash

  let clock: () -> Double
  var sampler: BatchSampler
  /// The sum of the step losses of the epoch so far.
  var epochLossSum = 0.0

  let runner: StepRunner
  let evaluator: Evaluator
  private let feed: BatchFeed
  private let stepFeed: StepFeed
  /// Steps whose losses were not read yet, oldest first.
  private var unread: [UnreadStep] = []

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
    let step = try training { () throws(DeviceError) in
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
    let depth = program.precision.policy.needsLossScaling ? 1 : max(1, options.unreadSteps)
    (runner, evaluator) = try training { () throws(DeviceError) in
      (
        try StepRunner(step, state: buffers, device: device, depth: depth),
        try Evaluator(evaluation, state: Array(buffers[program.layout.model]), device: device)
      )
    }
    feed = BatchFeed(runner.feeds)
    stepFeed = StepFeed(runner.feeds, program: program)
    unread.reserveCapacity(depth)
    transfers.bytesToDevice = program.state.reduce(0) { $0 + $1.type.byteCount }
  }

  /// Steps of one epoch.
  public var stepsPerEpoch: Int { sampler.stepsPerEpoch }

  /// Steps of the whole run, those done included.
  package var totalSteps: Int { options.epochs * stepsPerEpoch }

  /// Epochs that are over.
  package var epochsCompleted: Int { sampler.epoch + (sampler.isAtEndOfEpoch ? 1 : 0) }

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
    var summary = TrainingSummary.nothing
    var epochSeconds = 0.0
    /// Tells the observer of the steps whose losses were read.
    func complete(_ steps: [StepMetrics]) throws(TrainingError) {
      for metrics in steps {
        summary.stepsExecuted += 1
        summary.samplesTrained += program.batchSize
        summary.trainSeconds += metrics.seconds
        epochSeconds += metrics.seconds
        observer.stepCompleted(metrics)
        if !metrics.loss.isFinite && !metrics.canRecover {
          throw .nonFiniteLoss(step: metrics.step, epoch: metrics.epoch, loss: metrics.loss)
        }
      }
    }
    while epochsCompleted < options.epochs {
      try complete(try trainStep())
      if sampler.isAtEndOfEpoch {
        let epoch = EpochMetrics(
          epoch: sampler.epoch + 1, step: stepsCompleted,
          trainLoss: epochLossSum / Double(stepsPerEpoch), trainSeconds: epochSeconds,
          evaluation: try evaluate())
        epochSeconds = 0
        summary.epochs.append(epoch)
        observer.epochCompleted(epoch)
      }
      if observer.shouldStop(), epochsCompleted < options.epochs {
        try complete(try readLosses())
        summary.isInterrupted = true
        return summary
      }
    }
    return summary
  }

  /// Gives the device one step more to do.
  ///
  /// - Returns: the steps whose losses were read back because it was time to.
  private func trainStep() throws(TrainingError) -> [StepMetrics] {
    let begin = clock()
    if sampler.isAtEndOfEpoch { epochLossSum = 0 }
    do {
      try feed.send(sampler.nextBatch(), of: trainingData)
      try stepFeed.send(
        step: stepsCompleted, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps)
      try runner.execute()
    } catch {
      throw .device(error)
    }
    transfers.bytesToDevice += feed.byteCount + stepFeed.byteCount
    stepsCompleted += 1
    unread.append(UnreadStep(step: stepsCompleted, epoch: sampler.epoch + 1, begin: begin))
    var isTime = unread.count == runner.depth || sampler.isAtEndOfEpoch
    if !isTime {
      let now = clock()
      unread[unread.count - 1].seconds = now - begin
      isTime = now - unread[0].begin >= Self.longestUnreadSeconds
    }
    guard isTime else { return [] }
    var read = try readLosses()
    read[read.count - 1].seconds = clock() - begin
    return read
  }

  /// A loss waits no longer than this and a step.
  private static let longestUnreadSeconds = 0.05

  /// Reads the losses that wait, oldest first.
  private func readLosses() throws(TrainingError) -> [StepMetrics] {
    var read: [StepMetrics] = []
    for step in unread {
      var value: Float = 0
      do {
        try runner.read { (values) throws(DeviceError) in try values[0].read(into: &value) }
        try readLossScale()
      } catch {
        throw .device(error)
      }
      transfers.bytesFromDevice += MemoryLayout<Float>.size
      // The mean of an epoch leaves out what a skipped step could not compute.
      if value.isFinite || lossScale == nil { epochLossSum += Double(value) }
      read.append(
        StepMetrics(
          step: step.step, epoch: step.epoch, loss: value, seconds: step.seconds,
          lossScale: lossScale))
    }
    unread.removeAll(keepingCapacity: true)
    return read
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

/// A step that the device has, and whose loss was not read yet.
private struct UnreadStep {
  let step: Int
  let epoch: Int
  /// When it began, by the loop's clock.
  let begin: Double
  var seconds = 0.0
}
