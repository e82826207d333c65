internal import Datasets
internal import RunLog
internal import Training
internal import Units

/// One training run from its settings to its report.
struct TrainRun {
  var request: TrainRequest
  let settings: RunConfig
  let saved: SavedRun?

  /// - Throws: what is wrong with the options or with the checkpoint.
  init(request: TrainRequest) throws {
    self.request = request
    saved = try request.resume.map { path in
      try SavedRun(path: path, isVerified: !request.readsUnverified, of: "--resume")
    }
    settings = try request.asked.settled(resuming: saved)
    try TrainRequest.requireFolder(request.dataDirectory, for: settings.data)
  }

  /// Trains, writes what was asked for, and prints the report.
  ///
  /// - Throws: `CommandFailure.interrupted` after a signal, when all is written.
  func execute() throws {
    if case .file(let path) = request.log {
      try RunWriter.checkDestination(path, replacesExisting: request.replacesExisting)
    }
    if let path = request.checkpoint {
      try CheckpointFile.checkDestination(path, replacesExisting: replacesCheckpoint)
    }
    let runDevice = try settings.finding(.config, saved) { try RunDevice(settings) }
    if let saved {
      try runDevice.requireSame(as: saved)
      runDevice.warnOfOtherKernels(than: saved)
    }
    let loop = try makeLoop(runDevice, data: loadData())
    let progress = ProgressReporter(loop: loop, isQuiet: request.isQuiet)
    try conclude(try train(runDevice, loop, progress))
  }

  /// Whether the checkpoint may take the place of one that is there.
  private var replacesCheckpoint: Bool {
    guard !request.replacesExisting else { return true }
    guard let checkpoint = request.checkpoint, let resume = request.resume else { return false }
    return FileIdentity(of: checkpoint) == FileIdentity(of: resume)
  }

  /// Trains and writes what was asked for, to the last epoch, a signal or a failure.
  ///
  /// - Throws: `RunLogError` if the run file or the checkpoint cannot be made.
  func train(
    _ runDevice: RunDevice, _ loop: TrainingLoop, _ progress: ProgressReporter
  ) throws(RunLogError) -> TrainedRun {
    // From here on files are written, and a signal lets the run end in good order.
    StopSignal.defer()
    let checkpointer = request.checkpoint.map {
      Checkpointer(path: $0, entries: checkpointEntries(runDevice, loop))
    }
    // Before the run file, so that a run that comes second to the checkpoint leaves none.
    if !replacesCheckpoint { try checkpointer?.begin(loop) }
    let writer = try makeWriter(runDevice, loop)
    checkpointer?.runFile = writer.map { Surroundings.absolute($0.path) }
    let recorder = RunRecorder(writer: writer, step: loop.step, evaluation: loop.evaluation)
    var session = TrainSession(
      loop: loop, recorder: recorder, checkpointer: checkpointer, progress: progress)
    let end = session.run()
    var report = makeReport(runDevice, loop, session)
    let measured = [loop.step, loop.evaluation].filter { $0.profile?.simulated == nil }
    let failure = end.error.map { CommandFailure($0).message ?? "\($0)" }
    let status: RunStatus = session.summary.isInterrupted ? .interrupted : .finished
    recorder.finish(
      failure == nil ? status : .failed, failure: failure, measured: measured,
      summary: report.summaryAttributes)
    report.runFile = writer?.path
    report.runFileBytes = writer?.fileByteCount
    report.loggingSeconds = writer?.writingSeconds
    session.complainOfRecorder()
    return TrainedRun(report: report, session: session, error: end.error)
  }

  /// Prints the report and turns whatever went wrong into an error.
  private func conclude(_ trained: TrainedRun) throws {
    let (report, session) = (trained.report, trained.session)
    if trained.error == nil {
      try StandardStreams.output(report.json, or: report.text, asJSON: request.printsJSON)
    }
    if session.summary.isInterrupted {
      ResumeHint(request: request, saved: session.checkpointer).write()
    }
    if let error = trained.error { throw error }
    if let failure = session.checkpointer?.failure { throw CommandFailure.runtime(failure) }
    if session.summary.isInterrupted, let signal = StopSignal.signal {
      throw CommandFailure.interrupted(signal: signal)
    }
    if let failure = session.recorder.failure {
      throw CommandFailure.runtime("the run file is not complete: \(failure)")
    }
  }

  private func makeReport(
    _ runDevice: RunDevice, _ loop: TrainingLoop, _ session: TrainSession
  ) -> TrainReport {
    var cost: CostReport?
    if let step = loop.step.profile?.simulated,
      let evaluation = loop.evaluation.profile?.simulated
    {
      cost = CostReport(
        step: step, steps: session.stepCount, batchSize: loop.program.batchSize,
        evaluation: evaluation,
        evaluationPasses: session.summary.epochs.map(\.evaluation.executions))
    }
    return TrainReport(
      device: runDevice.name, config: settings.device.config,
      model: modelName(loop),
      dataset: settings.data.name.description, optimizer: optimizerName,
      precision: settings.precision, quantizeAware: settings.quantizeAware, fusion: settings.fusion,
      lossScale: loop.lossScale,
      batchSize: loop.program.batchSize, shards: settings.shards,
      cores: settings.device.chosenCores, seed: loop.seed, epochs: settings.epochs,
      epochsCompleted: loop.epochsCompleted, stepsCompleted: loop.stepsCompleted,
      threads: request.threads, summary: session.summary, history: session.history,
      lastLoss: session.lastLoss, cost: cost,
      compileSeconds: loop.stepCompileSeconds, hostSeconds: session.hostSeconds,
      peakMemoryBytes: Surroundings.peakMemoryBytes, runFile: nil, runFileBytes: nil,
      loggingSeconds: nil,
      checkpoint: session.checkpointer.flatMap { $0.hasSaved ? $0.path : nil })
  }
}

/// What a run came to.
struct TrainedRun {
  let report: TrainReport
  let session: TrainSession
  /// What ended the run before its time; `nil` if nothing or a signal did.
  let error: (any Error)?
}
