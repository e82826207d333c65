package import Units

/// One training step.
package struct StepRecord: Hashable, Sendable {
  /// The step's number, counted from 0 over the whole training, resumed parts included.
  package var step: Int
  /// The mean loss of the step's batch.
  package var loss: Float
  /// What the step cost; `nil` on a device that does not model it.
  package var cost: StepCost?
  /// Where loss scaling stood after the step; `nil` in a run without it.
  package var lossScale: StepLossScale?

  package init(
    step: Int, loss: Float, cost: StepCost? = nil, lossScale: StepLossScale? = nil
  ) {
    self.step = step
    self.loss = loss
    self.cost = cost
    self.lossScale = lossScale
  }
}

/// Dynamic loss scaling after a step.
package struct StepLossScale: Hashable, Sendable {
  /// The scale for the next step.
  package var scale: Float
  /// Steps that changed nothing, this one included, since the first of all.
  package var skippedSteps: Int

  /// The scale after a step, and the steps skipped so far.
  package init(scale: Float, skippedSteps: Int) {
    self.scale = scale
    self.skippedSteps = skippedSteps
  }
}

/// What one step cost on a simulated device.
package struct StepCost: Hashable, Sendable {
  /// Which executable ran, as `RunWriter.addExecutable` numbered it.
  package var executable: Int
  /// The cycle of the run in which the step starts.
  package var start: Cycles
  /// Cycles from the step's start to its end.
  package var cycles: Cycles
  /// Energy of the step, idle power in it.
  package var energy: Picojoules

  /// What one step cost.
  package init(executable: Int, start: Cycles, cycles: Cycles, energy: Picojoules) {
    self.executable = executable
    self.start = start
    self.cycles = cycles
    self.energy = energy
  }
}

/// One epoch and the evaluation after it.
package struct EpochRecord: Hashable, Sendable {
  /// The epoch's number, counted from 1.
  package var epoch: Int
  /// The mean of the losses of the epoch's steps.
  package var trainLoss: Double
  /// The mean loss over the test set.
  package var testLoss: Double
  /// The share of the test set that is classified correctly, 0 to 1.
  package var testAccuracy: Double
  /// Host time of the epoch, evaluation left out.
  package var seconds: Double
  /// Training samples for each second of host time.
  package var samplesPerSecond: Double

  package init(
    epoch: Int, trainLoss: Double, testLoss: Double, testAccuracy: Double, seconds: Double,
    samplesPerSecond: Double
  ) {
    self.epoch = epoch
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.testAccuracy = testAccuracy
    self.seconds = seconds
    self.samplesPerSecond = samplesPerSecond
  }
}
