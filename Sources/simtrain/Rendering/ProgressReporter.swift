internal import Foundation
internal import Glibc
internal import Reports
internal import RunLog
internal import Training

/// Tells on standard error how training goes: a line that is redrawn on a terminal, else a line
/// an epoch.
final class ProgressReporter {
  private let isOn: Bool
  private let isTerminal: Bool
  /// What the lines begin with.
  private let label: String?
  private let epochs: Int
  private let stepsPerEpoch: Int
  private let batchSize: Int
  private let totalSteps: Int
  private var isLineDrawn = false
  private var stepCount = 0
  private var seconds = 0.0
  private var lastSeconds = 0.0
  private var lossSum = 0.0
  private var lossCount = 0

  /// The time between two drawings: at most ten a second.
  private static let interval = 0.1

  init(loop: TrainingLoop, isQuiet: Bool, label: String? = nil) {
    isOn = !isQuiet
    self.label = label
    isTerminal =
      isatty(STDERR_FILENO) == 1 && Surroundings.environment["TERM"] != "dumb"
    epochs = loop.options.epochs
    stepsPerEpoch = loop.stepsPerEpoch
    batchSize = loop.program.batchSize
    totalSteps = loop.totalSteps
  }

  /// Called for each step. It reads no clock: the loop has measured the step already.
  func step(_ metrics: StepMetrics) {
    guard isOn, isTerminal else { return }
    stepCount += 1
    seconds += metrics.seconds
    lossSum += Double(metrics.loss)
    lossCount += 1
    guard seconds - lastSeconds >= Self.interval else { return }
    lastSeconds = seconds
    let inEpoch = (metrics.step - 1) % stepsPerEpoch + 1
    let secondsPerStep = seconds / Double(stepCount)
    let line = ProgressLine(
      label: label, epoch: metrics.epoch, epochs: epochs, step: inEpoch,
      stepsPerEpoch: stepsPerEpoch,
      loss: lossSum / Double(lossCount), samplesPerSecond: Double(batchSize) / secondsPerStep,
      secondsLeft: Double(totalSteps - metrics.step) * secondsPerStep)
    let width = (Terminal.errorColumns ?? 80) - 1
    StandardStreams.write("\r" + line.text(width: width) + "\u{1B}[K", to: STDERR_FILENO)
    isLineDrawn = true
    lossSum = 0
    lossCount = 0
  }

  func epoch(_ epoch: EpochRecord) {
    guard isOn else { return }
    note(
      EpochLine(
        label: label, epoch: epoch.epoch, epochs: epochs, trainLoss: epoch.trainLoss,
        testLoss: epoch.testLoss, testAccuracy: epoch.testAccuracy,
        samplesPerSecond: epoch.samplesPerSecond, seconds: epoch.seconds
      ).text(width: Terminal.errorColumns))
  }

  /// A line of its own, above the line that is redrawn.
  func note(_ line: String) {
    guard isOn else { return }
    clear()
    StandardStreams.note(line, columns: Terminal.errorColumns)
  }

  /// Removes the line that is redrawn.
  func clear() {
    guard isLineDrawn else { return }
    StandardStreams.write("\r\u{1B}[K", to: STDERR_FILENO)
    isLineDrawn = false
  }
}
