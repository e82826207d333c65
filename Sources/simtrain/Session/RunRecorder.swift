internal import DeviceAPI
internal import RunLog
internal import Training
internal import Units

/// Feeds a run file from the training loop, and counts the simulated cycles as they go by.
final class RunRecorder {
  private let writer: RunWriter?
  private let first: StepCost?
  private let later: StepCost?
  private var cursor = Cycles.zero
  private var stepCount = 0
  private var hasComplained = false

  /// - Parameter writer: `nil` if nothing is to be written.
  init(writer: RunWriter?, step: any Executable, evaluation: any Executable) {
    self.writer = writer
    guard let cost = step.profile?.simulated else {
      (first, later) = (nil, nil)
      return
    }
    let number = step.profile.flatMap { writer?.addExecutable($0) } ?? 0
    if let profile = evaluation.profile { writer?.addExecutable(profile) }
    func record(_ schedule: Schedule) -> StepCost {
      StepCost(
        executable: number, start: .zero, cycles: schedule.cycles, energy: schedule.energy.total)
    }
    first = record(cost.cold)
    later = record(cost.steady)
  }

  /// Why the file is not complete; `nil` if it is.
  var failure: RunLogError? { writer?.failure }

  /// Records a step. Called for each step: it allocates nothing.
  func record(_ metrics: StepMetrics) {
    var cost = stepCount == 0 ? first : later
    cost?.start = cursor
    if let cycles = cost?.cycles { cursor += cycles }
    stepCount += 1
    writer?.recordStep(
      StepRecord(
        step: metrics.step - 1, loss: metrics.loss, cost: cost,
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
