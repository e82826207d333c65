internal import DeviceAPI
internal import Units

/// Several cores that work on a layer together.
///
/// Each core is the one-core model with its share of the DRAM; they start together, and the layer ends
/// when the last of them has. Only sums that are divided make them meet before.
extension WorkloadEstimator {
  /// A layer divided over cores in one way.
  private struct DividedProduct {
    var split: CoreSplit?
    var parts: [(product: PlacedProduct, cores: Int)]
    /// The addition of partial sums: by the core that has most of them; then by the others.
    var sums: [(pass: StreamedPass, cycles: Int, cores: Int)] = []

    /// Cycles until every core has its own part; and until all have added their sums.
    var productCycles: Int { parts.reduce(0) { max($0, $1.product.result.cycles) } }
    var cycles: Int { productCycles + sums.reduce(0) { max($0, $1.cycles) } }
  }

  func estimateOnCores(
    _ layer: Workload.Layer, resident: ResidentOperands, launch: Int
  ) throws(WorkloadError) -> LayerEstimate {
    if layer.copiesPatches(options) {
      throw WorkloadError(
        layer.name, "explicit convolutions run on one core. Use implicit ones, or --cores 1.")
    }
    let problem = try problem(of: layer, resident: resident)
    var best: DividedProduct?
    var choices: [CoreSplitChoice] = []
    var failure: WorkloadError?
    for split in problem.splits(cores: options.cores) {
      do {
        let divided = try self.divided(layer, problem, split, launch: launch)
        choices.append(
          CoreSplitChoice(
            split: split, cycles: Cycles(divided.cycles), dramBytes: dramBytes(counts(of: divided)))
        )
        if divided.cycles < best?.cycles ?? .max { best = divided }
      } catch {
        if failure == nil { failure = error }
      }
    }
    guard let best else { throw failure ?? tooSmall(layer, 0) }
    var estimate = self.estimate(of: best, problem)
    estimate.split = best.split
    if options.explains {
      estimate.splits = choices.enumerated().sorted {
        ($0.element.cycles, $0.offset) < ($1.element.cycles, $1.offset)
      }.map(\.element)
    }
    return finished(estimate, layer, best.parts[0].product)
  }

  private func divided(
    _ layer: Workload.Layer, _ problem: ProductProblem, _ split: CoreSplit?, launch: Int
  ) throws(WorkloadError) -> DividedProduct {
    var divided = DividedProduct(split: split, parts: [])
    for (part, cores) in problem.parts(split) {
      let placed = try placed(layer, part, launch: launch)
      try requireDRAM(layer, placed.problem, patches: 0)
      divided.parts.append((placed, cores))
    }
    guard let split, split.dimension == .k else { return divided }
    let product = problem.product
    let shares = EvenSplit(product.batch * product.m * product.n, parts: split.cores)
    for (elements, cores) in [
      (shares.longest, shares.longerCount > 0 ? shares.longerCount : shares.count),
      (shares.shorter, shares.longerCount > 0 ? shares.count - shares.longerCount : 0),
    ] where cores > 0 {
      let pass = StreamedPass.sums(
        of: elements, parts: split.cores, type: problem.operandType,
        isResident: problem.resident.contains(.outputs), chip.architecture)
      guard let cycles = pass.cycles(launch: 0) else { throw tooSmall(layer, pass.smallestBytes) }
      divided.sums.append((pass, cycles, cores))
    }
    return divided
  }

  /// What all cores do.
  private func counts(of divided: DividedProduct) -> ActionCounts {
    var counts = ActionCounts()
    for (product, cores) in divided.parts {
      var one = ActionCounts()
      ProductSummary(chip: chip, problem: product.problem, plan: product.plan).count(in: &one)
      counts.add(one, times: cores)
    }
    for (pass, _, cores) in divided.sums {
      var one = ActionCounts()
      pass.count(in: &one, EnergyModel(chip: chip))
      counts.add(one, times: cores)
    }
    return counts
  }

  private func dramBytes(_ counts: ActionCounts) -> Int {
    let traffic = counts.traffic[MemoryLevel.offChip.index]
    return traffic.read.count + traffic.written.count
  }

  /// Counts and energy are those of all cores; cycles by unit and demands those of the core that has
  /// most to do, which is the first part's.
  private func estimate(of divided: DividedProduct, _ problem: ProductProblem) -> LayerEstimate {
    let architecture = chip.architecture
    let first = divided.parts[0].product
    let summary = ProductSummary(chip: chip, problem: first.problem, plan: first.plan)
    var own = ActionCounts()
    summary.count(in: &own)
    let total = divided.cycles
    var estimate = summary.estimate(
      first.result, cyclesBefore: total - first.result.cycles,
      vectorBefore: divided.sums.first?.pass.vectorCycles ?? 0,
      busBefore: divided.sums.first?.pass.busCycles ?? 0, counts: own)
    let counts = counts(of: divided)
    let product = problem.product
    estimate.resident = problem.resident
    estimate.batch = product.batch
    estimate.gemm = product.gemm
    estimate.macs = product.batch * product.gemm.macs
    estimate.traffic = counts.traffic
    let model = EnergyModel(chip: chip)
    estimate.energy = model.energy(of: counts)
    estimate.energy[.idle] = model.idleEnergy(cycles: options.cores * total)
    let rate = architecture.mxu.relativeRates[problem.operandType] ?? 1
    let possible =
      Double(total) * Double(architecture.mxu.macsPerCycle) * rate * Double(options.cores)
    estimate.utilization = Double(estimate.macs) / possible
    estimate.mappingEfficiency =
      divided.parts.reduce(0) { sum, part in
        let own = part.product.problem.product
        return sum + Double(part.cores * own.batch * own.gemm.macs)
          * architecture.mxu.mappingEfficiency(of: own.gemm)
      } / Double(max(1, estimate.macs))
    for (pass, _, _) in divided.sums.prefix(1) {
      estimate.mostContentionCycles += Cycles(
        pass.portDemand.mostContentionCycles(architecture.vmem))
    }
    return estimate
  }
}
