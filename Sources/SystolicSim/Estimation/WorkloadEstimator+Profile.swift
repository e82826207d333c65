public import DeviceAPI

extension WorkloadEstimator {
  /// The schedule of a layer as a program of its own, instruction by instruction, with the tiles
  /// that `estimate` chooses.
  ///
  /// - Throws: `WorkloadError` as `estimate`; and for explicit convolutions, whose copies of patches
  ///   have no program, or more than a million tiles.
  public func profile(_ layer: Workload.Layer) throws(WorkloadError) -> ExecutionProfile {
    if layer.copiesPatches(options) {
      throw WorkloadError(
        layer.name, "explicit convolutions have no schedule. Use implicit ones.")
    }
    let placed = try placed(
      layer, problem(of: layer, resident: estimate(layer).resident),
      launch: chip.architecture.launchOverheadCycles)
    let (problem, plan) = (placed.problem, placed.plan)
    let tiles = TileGrid(problem.product, plan.tiling).matmuls
    guard tiles <= 1_000_000 else {
      throw WorkloadError(
        layer.name, "its schedule would have \(tiles) tiles; at most 1000000 are written.")
    }
    do {
      let program = try ProductProgram(problem: problem, plan: plan).program()
      let timeline = TimelineEngine(program, architecture: chip.architecture)
      let cost = CostBuilder(timeline: timeline, chip: chip).cost(timeline.executionTimes())
      return ExecutionProfile(name: layer.name, simulated: cost)
    } catch {
      throw WorkloadError(layer.name, "\(error)")
    }
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
