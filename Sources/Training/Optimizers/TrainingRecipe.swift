/// What is done with gradients and learning rate besides the optimizer's own rule.
public struct TrainingRecipe: Hashable, Sendable {
  /// How the learning rate changes from step to step.
  public var schedule: LearningRateSchedule
  /// Steps in which the learning rate rises from nearly 0 to its full height.
  public var warmupSteps: Int
  /// λ: every parameter is drawn towards zero. Added to the gradient as `λ p` (L2), or, for an
  /// optimizer that decouples it, `p ← p - η λ p`; all parameters alike, as in PyTorch.
  public var weightDecay: Double
  /// Gradients are scaled down together so that their common norm is at most this.
  public var clipNorm: Double?

  /// A constant rate, no decay and no clipping unless said otherwise.
  public init(
    schedule: LearningRateSchedule = .constant, warmupSteps: Int = 0, weightDecay: Double = 0,
    clipNorm: Double? = nil
  ) {
    self.schedule = schedule
    self.warmupSteps = warmupSteps
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
  }

  /// Whether the rate is another in each step, so that the host has to say it.
  package var changesRate: Bool { schedule != .constant || warmupSteps > 0 }

  /// - Throws: `TrainingError.invalidSetting`.
  func validate() throws(TrainingError) {
    if warmupSteps < 0 {
      throw .invalidSetting(
        name: "number of warm-up steps", value: "\(warmupSteps)", expected: "0 or more")
    }
    if !(weightDecay >= 0 && weightDecay.isFinite) {
      throw .invalidSetting(
        name: "weight decay", value: "\(weightDecay)", expected: "a finite number, 0 or more")
    }
    if let clipNorm, !(clipNorm > 0 && clipNorm.isFinite) {
      throw .invalidSetting(
        name: "gradient norm to clip at", value: "\(clipNorm)",
        expected: "a finite number above 0")
    }
  }
}

extension TrainingRecipe {
  /// What a checkpoint and a run file state, and a resumed run must share.
  package var checkpointSettings: [Checkpoint.Entry] {
    typealias Key = Checkpoint.Key
    return [
      Checkpoint.Entry(name: Key.schedule, value: .text(schedule.description)),
      Checkpoint.Entry(name: Key.warmupSteps, value: .integer(Int64(warmupSteps))),
      Checkpoint.Entry(name: Key.weightDecay, value: .real(weightDecay)),
      Checkpoint.Entry(name: Key.clipNorm, value: .real(clipNorm ?? 0)),
    ]
  }
}
