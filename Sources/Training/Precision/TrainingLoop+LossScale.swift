internal import DeviceAPI
internal import GraphIR

extension TrainingLoop {
  /// Reads the scalars of loss scaling back, if there are any.
  func readLossScale() throws(DeviceError) {
    guard let before = lossScale else { return }
    let scalars = runner.state[program.layout.precision]
    var scale: Float = 0
    var skipped: Float = 0
    try scalars[scalars.startIndex].read(into: &scale)
    try scalars[scalars.endIndex - 1].read(into: &skipped)
    transfers.bytesFromDevice += 2 * MemoryLayout<Float>.size
    lossScale = LossScaleStatus(
      scale: scale, skippedSteps: Int(skipped),
      isSkipped: Int(skipped) > before.skippedSteps)
  }
}

extension LossScaleStatus {
  /// Where a run begins; `nil` if its program does not scale.
  init?(_ program: TrainingProgram, state: [Literal]) {
    guard program.precision.policy.needsLossScaling else { return nil }
    let scalars = state[program.layout.precision]
    self.init(
      scale: Float(scalars[scalars.startIndex][0]),
      skippedSteps: Int(scalars[scalars.endIndex - 1][0]), isSkipped: false)
  }
}

extension StepMetrics {
  /// The step left the state as it was, and the next one has a smaller scale.
  var canRecover: Bool {
    lossScale.map { $0.isSkipped && Double($0.scale) > LossScaling.smallestScale } ?? false
  }
}
