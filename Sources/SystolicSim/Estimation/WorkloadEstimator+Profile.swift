public import DeviceAPI

extension WorkloadEstimator {
  /// The schedules of a layer as a program of its own, launch included, with the tiles that `estimate`
  /// chooses.
  ///
  /// - Throws: `WorkloadError` as `estimate`; and for explicit convolutions, whose copies of patches
  ///   have no program.
  public func profile(_ layer: Workload.Layer) throws(WorkloadError) -> ExecutionProfile {
    if layer.copiesPatches(options) {
      throw WorkloadError(
        layer.name, "explicit convolutions have no schedule. Use implicit ones.")
    }
    let session = EstimateSession(chip: chip, options: options)
    let product = try product(of: layer, resident: estimate(layer).resident)
    let placed = try session.placed(layer.name, product, isLaunched: true)
    return session.profile(of: placed.mapped, name: layer.name)
  }
}

extension Workload.Layer {
  /// Its patches are copied before they are multiplied.
  func copiesPatches(_ options: EstimateOptions) -> Bool {
    switch shape {
    case .gemm: false
    case .convolution, .patches: options.convolution == .explicit
    }
  }
}
