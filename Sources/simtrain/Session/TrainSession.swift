internal import RunLog
internal import Training

/// The part of a run in which it trains: connects the loop with log, checkpoints and progress.
struct TrainSession {
  let loop: TrainingLoop
  let recorder: RunRecorder
  let checkpointer: Checkpointer?
  let progress: ProgressReporter
  private(set) var summary = TrainingSummary.nothing
  private(set) var stepCount = 0
  private(set) var lastLoss: Double?
  /// The epochs that this process ended.
  private(set) var history: [EpochRecord] = []
  private(set) var hostSeconds = 0.0

  init(
    loop: TrainingLoop, recorder: RunRecorder, checkpointer: Checkpointer?,
    progress: ProgressReporter
  ) {
    self.loop = loop
    self.recorder = recorder
    self.checkpointer = checkpointer
    self.progress = progress
  }

  /// How training ended: of itself, by a signal (the summary says so), or with an error.
  struct End {
    var error: (any Error)?
  }

  /// Trains until the last epoch is over, a signal comes or something fails.
  mutating func run() -> End {
    let counter = Counter()
    let samplesPerEpoch = loop.stepsPerEpoch * loop.program.batchSize
    let firstStep = loop.stepsCompleted
    let (recorder, checkpointer, progress, loop) = (recorder, checkpointer, progress, loop)
    let observer = TrainingObserver(
      stepCompleted: { metrics in
        counter.steps += 1
        counter.seconds += metrics.seconds
        counter.loss = metrics.loss
        recorder.record(metrics)
        progress.step(metrics)
      },
      epochCompleted: { metrics in
        // An epoch that was resumed within has fewer samples of this process.
        let samples = min(samplesPerEpoch, (metrics.step - firstStep) * loop.program.batchSize)
        let record = EpochRecord(metrics, samples: samples)
        counter.epochs.append(metrics)
        counter.history.append(record)
        recorder.record(record)
        progress.epoch(record)
        Self.save(loop, checkpointer, progress)
        Self.complain(recorder, progress)
      },
      shouldStop: { StopSignal.isRequested })
    let begin = Surroundings.monotonicSeconds()
    var end = End()
    do {
      summary = try loop.run(observer)
      if summary.isInterrupted { Self.save(loop, checkpointer, progress) }
    } catch {
      end.error = error
      summary = counter.summary(batchSize: loop.program.batchSize)
    }
    hostSeconds = Surroundings.monotonicSeconds() - begin
    progress.clear()
    stepCount = counter.steps
    lastLoss = counter.loss.map(Double.init)
    history = counter.history
    return end
  }

  /// Says, once, why the run file is not complete.
  func complainOfRecorder() { Self.complain(recorder, progress) }

  private static func save(
    _ loop: TrainingLoop, _ checkpointer: Checkpointer?, _ progress: ProgressReporter
  ) {
    checkpointer?.save(loop)
    guard let failure = checkpointer?.failure else { return }
    progress.clear()
    StandardStreams.warn(failure)
  }

  private static func complain(_ recorder: RunRecorder, _ progress: ProgressReporter) {
    guard let failure = recorder.newFailure() else { return }
    progress.clear()
    StandardStreams.warn("\(failure)")
  }

  /// What the observer's closures share.
  private final class Counter {
    var steps = 0
    var seconds = 0.0
    var loss: Float?
    var epochs: [EpochMetrics] = []
    var history: [EpochRecord] = []

    /// What a run that failed came to.
    func summary(batchSize: Int) -> TrainingSummary {
      var summary = TrainingSummary.nothing
      summary.stepsExecuted = steps
      summary.samplesTrained = steps * batchSize
      summary.trainSeconds = seconds
      summary.epochs = epochs
      return summary
    }
  }
}
