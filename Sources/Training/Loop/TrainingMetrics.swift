public import DeviceAPI

/// What a training step came to.
public struct StepMetrics: Hashable, Sendable {
  /// Steps since the first of all, this one included; a resumed run counts on.
  public var step: Int
  /// The epoch that the step belongs to, from 1.
  package var epoch: Int
  /// The mean loss of the batch.
  public var loss: Float
  /// Host time of the step: from gathering the batch until the device has it, and, for the last of
  /// several whose losses are read back together, reading them.
  public var seconds: Double
  /// Where loss scaling stands after the step; `nil` for programs that do not scale.
  package var lossScale: LossScaleStatus?

  /// The step changed neither parameters nor optimizer state.
  package var isSkipped: Bool { lossScale?.isSkipped ?? false }
}

/// Where dynamic loss scaling stands after a step.
package struct LossScaleStatus: Hashable, Sendable {
  /// The scale for the next step.
  package var scale: Float
  /// Steps skipped since the first of all.
  package var skippedSteps: Int
  /// The last step was one of them.
  package var isSkipped: Bool
}

/// What the test set says about the parameters.
public struct EvaluationMetrics: Hashable, Sendable {
  /// Test images that were looked at, each exactly once.
  public var count: Int
  /// Images whose greatest logit was at their label.
  public var correct: Int
  /// The mean loss of an image.
  public var loss: Double
  /// Executions of the evaluation graph.
  package var executions: Int
  /// Host time of the evaluation.
  public var seconds: Double

  /// Whether it is known which images are correct.
  package var countsCorrect = true

  /// The share of correct images, 0 to 1; NaN where that is not known.
  public var accuracy: Double { countsCorrect ? Double(correct) / Double(count) : .nan }
}

/// What an epoch came to.
public struct EpochMetrics: Hashable, Sendable {
  /// From 1.
  package var epoch: Int
  /// Steps since the first of all.
  public var step: Int
  /// The mean of the epoch's step losses, those before a resume included.
  package var trainLoss: Double
  /// Host time of the epoch's steps in this process, callbacks left out.
  package var trainSeconds: Double
  /// The test set after the epoch.
  package var evaluation: EvaluationMetrics
}

/// What a call of `TrainingLoop.run` came to.
public struct TrainingSummary: Hashable, Sendable {
  /// Whether the observer asked to stop before the last epoch was over.
  package var isInterrupted: Bool
  /// Steps that this call executed.
  package var stepsExecuted: Int
  /// Training images that this call used.
  package var samplesTrained: Int
  /// Host time of those steps, callbacks left out.
  package var trainSeconds: Double
  /// Epochs that this call completed.
  package var epochs: [EpochMetrics]

  /// A run that has not begun.
  package static let nothing = TrainingSummary(
    isInterrupted: false, stepsExecuted: 0, samplesTrained: 0, trainSeconds: 0, epochs: [])
}

/// Bytes that crossed between host and device, state at the start included.
package struct TransferCount: Hashable, Sendable {
  package var bytesToDevice = 0
  package var bytesFromDevice = 0
}

/// What the loop tells while it runs. The closures are called on the loop's thread.
public struct TrainingObserver {
  /// Called for each step in order, when its loss has been read back; see `TrainingOptions`.
  public var stepCompleted: (StepMetrics) -> Void
  /// Called after the evaluation that ends each epoch.
  public var epochCompleted: (EpochMetrics) -> Void
  /// Asked after each step; `true` ends the run where it stands.
  public var shouldStop: () -> Bool

  /// An observer that ignores what it is not given a closure for.
  public init(
    stepCompleted: @escaping (StepMetrics) -> Void = { _ in },
    epochCompleted: @escaping (EpochMetrics) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.stepCompleted = stepCompleted
    self.epochCompleted = epochCompleted
    self.shouldStop = shouldStop
  }
}

/// Choices of a run that belong to neither model nor optimizer.
public struct TrainingOptions: Hashable, Sendable {
  /// Passes over the training set in all, those before a resume included.
  public var epochs: Int
  /// Of initial values and of the order of samples; a resumed run keeps that of its checkpoint.
  public var seed: UInt64
  /// How the graphs are compiled.
  public var compile: CompileOptions
  /// Steps whose losses may wait to be read back, so that a device that works asynchronously stays
  /// busy; they are also read after 50 ms, at the end of an epoch and at a stop. Values and bits do
  /// not depend on it. Where the loss is scaled it is 1, because the scale is overwritten.
  package var unreadSteps: Int

  /// Five epochs from seed 0 unless said otherwise.
  public init(
    epochs: Int = 5, seed: UInt64 = 0, compile: CompileOptions = CompileOptions(),
    unreadSteps: Int = 1
  ) {
    self.unreadSteps = unreadSteps
    self.epochs = epochs
    self.seed = seed
    self.compile = compile
  }
}
