internal import DeviceAPI

/// What the host sends before a training step besides its batch: the learning rate, where it changes.
///
/// It follows from the number of the step alone, so a resumed run goes on with the same one.
struct StepFeed {
  private let program: TrainingProgram
  private let rate: (any Buffer)?

  /// - Parameter feeds: the buffers of the step: for images, labels, the rate if it changes.
  init(_ feeds: [any Buffer], program: TrainingProgram) {
    self.program = program
    rate = program.recipe.changesRate ? feeds.dropFirst(2).first : nil
  }

  /// Bytes that one call of `send` moves.
  var byteCount: Int { rate?.type.byteCount ?? 0 }

  /// Sends what a step needs.
  ///
  /// - Parameter step: steps done before, from 0.
  func send(step: Int, stepsPerEpoch: Int, totalSteps: Int) throws(DeviceError) {
    guard let rate else { return }
    let factor = program.recipe.schedule.factor(
      step: step, warmupSteps: program.recipe.warmupSteps, stepsPerEpoch: stepsPerEpoch,
      totalSteps: totalSteps)
    var value = Float(program.optimizer.learningRate * factor)
    try withUnsafeMutableBytes(of: &value) { (bytes) throws(DeviceError) in
      try rate.copyIn(from: UnsafeRawBufferPointer(bytes))
    }
  }
}
