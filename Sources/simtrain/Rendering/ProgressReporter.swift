internal import Foundation
internal import Glibc
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
    StandardStreams.write(
      "\r" + line.text(width: Self.terminalWidth - 1) + "\u{1B}[K", to: STDERR_FILENO)
    isLineDrawn = true
    lossSum = 0
    lossCount = 0
  }

  func epoch(_ metrics: EpochMetrics, samples: Int) {
    guard isOn else { return }
    let parts = [
      "epoch \(metrics.epoch)/\(epochs)", "train loss \(Quantity.fixed(metrics.trainLoss, 4))",
      "test loss \(Quantity.fixed(metrics.evaluation.loss, 4))",
      "test accuracy \(Quantity.percent(metrics.evaluation.accuracy, decimals: 2))",
      Quantity.engineering(Double(samples) / max(metrics.trainSeconds, 1e-9), "samples/s"),
      Quantity.engineering(metrics.trainSeconds, "s"),
    ]
    note(([label].compactMap(\.self) + parts).joined(separator: "  "))
  }

  /// A line of its own, above the line that is redrawn.
  func note(_ line: String) {
    guard isOn else { return }
    clear()
    StandardStreams.note(line)
  }

  /// Removes the line that is redrawn.
  func clear() {
    guard isLineDrawn else { return }
    StandardStreams.write("\r\u{1B}[K", to: STDERR_FILENO)
    isLineDrawn = false
  }

  private static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
