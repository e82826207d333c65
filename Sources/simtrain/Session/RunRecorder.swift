internal import DeviceAPI
internal import RunLog
internal import Training

/// Feeds a run file from the training loop.
final class RunRecorder {
  private let writer: RunWriter?
  /// What the steps cost; `nil` where the device does not model it.
  private let cost: SimulatedCost?
  /// Number of the step's executable in the file.
  private let executable: Int
  private var stepCount = 0
  private var hasComplained = false

  /// - Parameter writer: `nil` if nothing is to be written.
  init(writer: RunWriter?, step: any Executable, evaluation: any Executable) {
    self.writer = writer
    cost = step.profile?.simulated
    guard cost != nil else {
      executable = 0
      return
    }
    executable = step.profile.flatMap { writer?.addExecutable($0) } ?? 0
    if let profile = evaluation.profile { writer?.addExecutable(profile) }
  }

  /// Why the file is not complete; `nil` if it is.
  var failure: RunLogError? { writer?.failure }

  /// Records a step. Called for each step: it allocates nothing.
  func record(_ metrics: StepMetrics) {
    let stepCost = cost.map { cost in
      let schedule = cost.schedule(ofExecution: stepCount)
      return StepCost(
        executable: executable, start: cost.cycles(executions: stepCount), cycles: schedule.cycles,
        energy: schedule.energy.total)
    }
    stepCount += 1
    writer?.recordStep(
      StepRecord(
        step: metrics.step - 1, loss: metrics.loss, cost: stepCost,
        lossScale: metrics.lossScale.map {
          StepLossScale(scale: $0.scale, skippedSteps: $0.skippedSteps)
        }))
  }

  func record(_ epoch: EpochRecord) { writer?.recordEpoch(epoch) }

  /// Writes the end of the file; measured executables have their times by now.
  func finish(
    _ status: RunStatus, failure: String?, measured: [any Executable], summary: [RunAttribute]
  ) {
    for executable in measured {
      if let profile = executable.profile, profile.measured != nil {
        writer?.addExecutable(profile)
      }
    }
    writer?.finish(status, failure: failure, summary: summary)
  }

  /// The failure, the first time that it is asked for.
  func newFailure() -> RunLogError? {
    guard !hasComplained, let failure else { return nil }
    hasComplained = true
    return failure
  }
}
