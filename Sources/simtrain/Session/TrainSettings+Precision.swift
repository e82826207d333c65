internal import DeviceAPI
internal import RunLog
internal import Training

extension TrainSettings {
  /// The precision that the user or the checkpoint asks for.
  ///
  /// - Throws: `CommandFailure.usage` for an option that the precision does not have.
  static func precision(
    _ request: TrainRequest, resuming saved: SavedRun?
  ) throws(CommandFailure) -> PrecisionSettings {
    typealias Key = Checkpoint.Key
    let savedPolicy: PrecisionPolicy? = try saved?.choice(Key.precision, "precision")
    let policy = try merge("--precision", request.precision, savedPolicy) ?? .fp32
    let savedRounding = saved?.integer(Key.stochasticRounding).map { $0 == 1 }
    if request.usesStochasticRounding == true, savedRounding == false {
      throw .usage(
        "--stochastic-rounding: the checkpoint's run rounds to nearest. Leave the option out, or "
          + "start afresh without --resume.")
    }
    let usesStochasticRounding = request.usesStochasticRounding ?? savedRounding ?? false
    if usesStochasticRounding, policy != .bf16 {
      throw .usage(
        "--stochastic-rounding needs weights in bf16, and --precision is \(policy.rawValue). "
          + "Use --precision bf16, or leave the option out.")
    }
    if !policy.needsLossScaling, let option = request.lossScaleOptions.first {
      throw .usage(
        "\(option): --precision \(policy.rawValue) does not scale the loss. Use --precision "
          + "\(PrecisionPolicy.mixedFP16.rawValue), or leave the option out.")
    }
    return PrecisionSettings(
      policy, usesStochasticRounding: usesStochasticRounding,
      lossScaling: try lossScaling(request, resuming: saved))
  }

  private static func lossScaling(
    _ request: TrainRequest, resuming saved: SavedRun?
  ) throws(CommandFailure) -> LossScaling {
    func setting(_ name: String) -> Double? {
      saved?.real(Checkpoint.Key.lossScalePrefix + name)
    }
    var scaling = LossScaling()
    scaling.start = try merge("--loss-scale", request.lossScale, setting("start")) ?? scaling.start
    let interval = setting("growthInterval").flatMap { Int(exactly: $0) }
    scaling.growthInterval =
      try merge("--loss-scale-growth-interval", request.lossScaleGrowthInterval, interval)
      ?? scaling.growthInterval
    scaling.growthFactor =
      try merge(
        "--loss-scale-growth-factor", request.lossScaleGrowthFactor, setting("growthFactor"))
      ?? scaling.growthFactor
    scaling.backoffFactor =
      try merge("--loss-scale-backoff", request.lossScaleBackoff, setting("backoffFactor"))
      ?? scaling.backoffFactor
    return scaling
  }
}

extension TrainRequest {
  /// The options about loss scaling that were given.
  fileprivate var lossScaleOptions: [String] {
    [
      lossScale.map { _ in "--loss-scale" },
      lossScaleGrowthInterval.map { _ in "--loss-scale-growth-interval" },
      lossScaleGrowthFactor.map { _ in "--loss-scale-growth-factor" },
      lossScaleBackoff.map { _ in "--loss-scale-backoff" },
    ].compactMap(\.self)
  }
}
