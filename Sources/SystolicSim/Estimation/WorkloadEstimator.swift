internal import DeviceAPI
internal import Units

/// Estimates time and energy of layers on a chip, without any data.
///
/// A pure function of chip, layer and options.
public struct WorkloadEstimator: Sendable {
  public let chip: Chip
  public let options: EstimateOptions

  /// - Throws: `WorkloadError` if the chip's arrays lack the type, or `repeats` is below 1.
  public init(chip: Chip, options: EstimateOptions = EstimateOptions()) throws(WorkloadError) {
    let name = chip.architecture.name
    if chip.architecture.mxu.relativeRates[options.operandType] == nil {
      let known = OperandType.allCases.filter { chip.architecture.mxu.relativeRates[$0] != nil }
      throw WorkloadError(
        name,
        "its arrays do not multiply \(options.operandType.rawValue). Use one of: "
          + known.map(\.rawValue).joined(separator: ", ")
          + "; or give the chip a rate at mxu.relativeRates.\(options.operandType.rawValue).")
    }
    let cores = chip.architecture.cores
    if !(1...cores).contains(options.cores) {
      throw WorkloadError(
        name,
        "has \(cores) core\(cores == 1 ? "" : "s"); found \(options.cores) to run on. Use from 1 to "
          + "\(cores), or raise the chip's key cores.")
    }
    if options.repeats < 1 {
      throw WorkloadError(name, "repeats must be at least 1; found \(options.repeats).")
    }
    self.chip = chip
    self.options = options
  }

  /// Estimates each layer of a workload; layers of one shape only once. If the workload is one
  /// program, its launch is in the first layer's figures.
  ///
  /// - Throws: `WorkloadError` for the first layer that makes no sense or does not fit the chip.
  public func estimate(_ workload: Workload) throws(WorkloadError) -> WorkloadEstimate {
    var known: [Workload.Layer.Shape: LayerEstimate] = [:]
    var layers: [LayerEstimate] = []
    layers.reserveCapacity(workload.layers.count)
    for layer in workload.launched {
      if layer.count < 1 {
        throw WorkloadError(layer.name, "its count must be at least 1; found \(layer.count).")
      }
      let isFirst = layers.isEmpty
      var estimate: LayerEstimate
      if let same = known[layer.shape] {
        estimate = same
      } else {
        estimate = try self.estimate(layer, launch: workload.isOneProgram && !isFirst ? 0 : launch)
        if !(workload.isOneProgram && isFirst) { known[layer.shape] = estimate }
      }
      estimate.name = layer.name
      estimate.count = layer.count
      layers.append(estimate)
    }
    try requireSums(layers)
    return WorkloadEstimate(
      name: workload.name, layers: workload.joined(layers),
      total: total(layers, name: workload.name))
  }

  /// Estimates one layer as a program of its own, once: its `count` is only passed on.
  ///
  /// - Throws: `WorkloadError` if the layer makes no sense, or does not fit the chip's memories.
  public func estimate(_ layer: Workload.Layer) throws(WorkloadError) -> LayerEstimate {
    try estimate(layer, launch: launch)
  }

  private func estimate(
    _ layer: Workload.Layer, launch: Int
  ) throws(WorkloadError) -> LayerEstimate {
    var best: LayerEstimate?
    var failure: WorkloadError?
    for resident in residencies {
      do throws(WorkloadError) {
        let estimate = try estimate(layer, resident: resident, launch: launch)
        if estimate.totalCycles < best?.totalCycles ?? Cycles(.max) { best = estimate }
      } catch {
        failure = error
      }
    }
    if let best { return best }
    throw failure ?? WorkloadError(layer.name, "has no estimate.")
  }

  /// The sets of operands that may lie in VMEM; the fastest of those that fit is taken.
  var residencies: [ResidentOperands] {
    if let resident = options.resident { return [resident] }
    return options.repeats > 1 ? ResidentOperands.betweenRepeats : [[]]
  }

  private func estimate(
    _ layer: Workload.Layer, resident: ResidentOperands, launch: Int
  ) throws(WorkloadError) -> LayerEstimate {
    if options.cores > 1 { return try estimateOnCores(layer, resident: resident, launch: launch) }
    let problem = try problem(of: layer, resident: resident)
    if layer.copiesPatches(options) {
      return try estimateExplicitly(layer, problem, launch: launch)
    }
    let best = try placed(layer, problem, launch: launch)
    try requireDRAM(layer, best.problem, patches: 0)
    let summary = ProductSummary(chip: chip, problem: best.problem, plan: best.plan)
    var counts = ActionCounts()
    summary.count(in: &counts)
    return finished(
      summary.estimate(
        best.result, cyclesBefore: 0, vectorBefore: 0, busBefore: 0, counts: counts), layer, best)
  }

  /// A convolution whose patches are written first.
  private func estimateExplicitly(
    _ layer: Workload.Layer, _ problem: ProductProblem, launch: Int
  ) throws(WorkloadError) -> LayerEstimate {
    let patches = StreamedPass.patches(problem, chip.architecture)
    guard let cycles = patches.cycles(launch: launch) else {
      throw tooSmall(layer, patches.smallestBytes)
    }
    var counts = ActionCounts()
    patches.count(in: &counts, EnergyModel(chip: chip))
    var product = problem
    product.lhsBytes = patches.outputBytes
    let best = try placed(layer, product, launch: 0)
    try requireDRAM(layer, best.problem, patches: patches.inputBytes)
    let summary = ProductSummary(chip: chip, problem: best.problem, plan: best.plan)
    summary.count(in: &counts)
    var estimate = summary.estimate(
      best.result, cyclesBefore: cycles, vectorBefore: patches.vectorCycles,
      busBefore: patches.busCycles, counts: counts)
    estimate.mostContentionCycles += Cycles(
      patches.portDemand.mostContentionCycles(chip.architecture.vmem))
    return finished(estimate, layer, best)
  }

  /// With the layer's name, and the plans that were looked at.
  func finished(
    _ estimate: LayerEstimate, _ layer: Workload.Layer, _ best: PlacedProduct
  ) -> LayerEstimate {
    var estimate = estimate
    estimate.name = layer.name
    estimate.count = layer.count
    if options.explains {
      estimate.schedules = best.candidates.prefix(5).map { choice($0, best.problem) }
    }
    return estimate
  }

  /// A single execution starts with the launch of its program; repeats of one do not.
  private var launch: Int {
    options.repeats > 1 ? 0 : chip.architecture.launchOverheadCycles
  }

  func problem(
    of layer: Workload.Layer, resident: ResidentOperands
  ) throws(WorkloadError) -> ProductProblem {
    if let problem = layer.shape.problem ?? timeProblem(of: layer) {
      throw WorkloadError(layer.name, problem + ".")
    }
    switch layer.shape {
    case .gemm(let gemm):
      return ProductProblem(
        ProductShape(batch: 1, m: gemm.m, k: gemm.k, n: gemm.n), type: options.operandType,
        resident: resident)
    case .convolution(let shape):
      let gemm = shape.groupGEMM
      var problem = ProductProblem(
        ProductShape(batch: shape.groups, m: gemm.m, k: gemm.k, n: gemm.n),
        type: options.operandType, resident: resident)
      problem.lhsBytes = shape.inputElements * options.operandType.byteCount
      return problem
    case .patches(let shape):
      var problem = ProductProblem(
        ProductShape(batch: shape.batch, m: shape.gemm.m, k: shape.gemm.k, n: shape.gemm.n),
        type: options.operandType, resident: resident)
      problem.lhsBytes = shape.inputElements * options.operandType.byteCount
      return problem
    }
  }

  private func choice(_ candidate: ProductPlanner.Candidate, _ problem: ProductProblem)
    -> ScheduleChoice
  {
    let plan = candidate.plan
    let summary = ProductSummary(chip: chip, problem: problem, plan: plan)
    return ScheduleChoice(
      tile: GEMMShape(m: plan.tiling.m, n: plan.tiling.n, k: plan.tiling.k),
      isRowMajor: plan.tiling.isRowMajor, keepsInputs: plan.keepsLhs, keepsWeights: plan.keepsRhs,
      vmemBytes: problem.vmemBytes(plan, summary.tiles.grid), dramBytes: summary.dramBytes,
      boundCycles: Cycles(candidate.bound),
      simulatedCycles: candidate.result.map { Cycles($0.cycles) })
  }
}
