internal import DeviceAPI
internal import Units

/// What a plan does and what that costs, time on the timeline apart.
struct ProductSummary {
  let chip: Chip
  let problem: ProductProblem
  let plan: ProductPlan
  let tiles: ProductTiles

  init(chip: Chip, problem: ProductProblem, plan: ProductPlan) {
    self.chip = chip
    self.problem = problem
    self.plan = plan
    tiles = ProductTiles(problem.product, plan.tiling)
  }

  /// Adds the actions of all instructions.
  func count(in counts: inout ActionCounts) {
    let model = EnergyModel(chip: chip)
    tiles.forEachKind { kind, count in
      var one = ActionCounts()
      model.count(.matmul(problem.matmul(tiles, kind)), in: &one)
      counts.add(one, times: count)
    }
    tiles.forEachKind(over: ProductProblem.outputMask) { kind, count in
      var one = ActionCounts()
      model.count(.vector(problem.vector(tiles, kind)), in: &one)
      counts.add(one, times: count)
    }
    countTransfers(in: &counts, model)
  }

  private func countTransfers(in counts: inout ActionCounts, _ model: EnergyModel) {
    func add(_ work: ProgramInstruction.Work, times: Int) {
      guard times > 0 else { return }
      var one = ActionCounts()
      model.count(work, in: &one)
      counts.add(one, times: times)
    }
    let lhsPasses = problem.lhsPasses(plan, tiles.grid)
    let rhsPasses = problem.rhsPasses(plan, tiles.grid)
    tiles.forEachKind(over: ProductProblem.lhsMask) { kind, count in
      add(problem.lhsLoad(tiles, kind), times: lhsPasses * count)
    }
    tiles.forEachKind(over: ProductProblem.rhsMask) { kind, count in
      add(problem.rhsLoad(tiles, kind), times: rhsPasses * count)
    }
    guard !problem.resident.contains(.outputs) else { return }
    tiles.forEachKind(over: ProductProblem.outputMask) { kind, count in
      add(problem.outputStore(tiles, kind), times: count)
    }
  }

  /// Bytes that loads bring from DRAM.
  private var loadedBytes: Int {
    var bytes = 0
    let lhsPasses = problem.lhsPasses(plan, tiles.grid)
    let rhsPasses = problem.rhsPasses(plan, tiles.grid)
    if !problem.inCMEM.contains(.inputs) {
      tiles.forEachKind(over: ProductProblem.lhsMask) { kind, count in
        bytes += lhsPasses * count * problem.lhsBytes(tiles, kind)
      }
    }
    if !problem.inCMEM.contains(.weights) {
      tiles.forEachKind(over: ProductProblem.rhsMask) { kind, count in
        bytes += rhsPasses * count * problem.rhsBytes(tiles, kind)
      }
    }
    return bytes
  }

  private var storedBytes: Int {
    problem.resident.union(problem.inCMEM).contains(.outputs) ? 0 : problem.outputBytes
  }

  var dramBytes: Int { loadedBytes + storedBytes }

  /// Puts the figures together; what ran before the product counts in total, demands and counts.
  func estimate(
    _ result: ProductTimeline.Result, cyclesBefore: Int, vectorBefore: Int, busBefore: Int,
    counts: ActionCounts
  ) -> LayerEstimate {
    let architecture = chip.architecture
    let total = cyclesBefore + result.cycles
    let costs = PlanCosts(problem, plan.tiling, architecture)
    let busy = busyCycles(result)
    let mxu = mxuUsage(result, busy, before: cyclesBefore)
    let onChip = counts.traffic[MemoryLevel.onChip.index]
    let ports = max(
      onChip.read.count.dividedRoundingUp(by: architecture.vmem.readBytesPerCycle),
      onChip.written.count.dividedRoundingUp(by: architecture.vmem.writeBytesPerCycle))
    let demands: [Bound: Cycles] = [
      .compute: busy[0] + busy[1] + busy[2],
      .onChipBandwidth: Cycles(
        max(ports, costs.vector + vectorBefore, costs.cmem(problem, plan))),
      .hbm: Cycles(costs.bus(problem, plan) + busBefore),
    ]
    let model = EnergyModel(chip: chip)
    var energy = model.energy(of: counts)
    energy[.idle] = model.idleEnergy(cycles: total)
    let rate = architecture.mxu.relativeRates[problem.operandType] ?? 1
    let product = problem.product
    let macs = Double(product.batch * product.gemm.macs)
    let possible = Double(total) * Double(architecture.mxu.macsPerCycle) * rate
    return LayerEstimate(
      name: "", count: 1, batch: product.batch, gemm: product.gemm,
      resident: problem.resident.union(problem.inCMEM), macs: product.batch * product.gemm.macs,
      computeCycles: architecture.mxu.cost(
        of: product.gemm, batch: product.batch, type: problem.operandType
      ).total,
      totalCycles: Cycles(total),
      microseconds: Double(total) / architecture.clockMegahertz,
      utilization: compatibleUtilization ?? (total == 0 ? 0 : macs / possible),
      mappingEfficiency: architecture.mxu.mappingEfficiency(of: product.gemm),
      bound: Bound.deciding(demands, total: Cycles(total)), inCMEM: problem.inCMEM, mxu: mxu,
      demands: demands,
      mostContentionCycles: Cycles(
        costs.portDemand(problem, plan).mostContentionCycles(architecture.vmem)),
      traffic: counts.traffic, energy: energy, split: nil, splits: [], schedules: [])
  }

  /// The utilisation that the simulator prints whose accounting the chip takes over; `nil` for a
  /// chip that stands for itself.
  private var compatibleUtilization: Double? {
    let mxu = chip.architecture.mxu
    guard mxu.compatibility == .scalesim, problem.product.batch == 1, mxu.count == 1,
      problem.product.gemm.macs > 0
    else { return nil }
    return mxu.array(for: problem.operandType).scaleSimReport(of: problem.product.gemm)
      .overallUtilizationPercent / 100
  }

  /// Cycles of the matrix unit: products enter, fill and drain, load of the stationary operand.
  private func busyCycles(_ result: ProductTimeline.Result) -> [Cycles] {
    var cycles = [0, result.exposed[1], result.exposed[0]]
    tiles.forEachKind { kind, count in
      let duration = chip.architecture.duration(of: .matmul(problem.matmul(tiles, kind)))
      cycles[0] += count * duration.work
      cycles[1] += count * duration.fillDrain
      cycles[2] += count * duration.weightLoad
    }
    return cycles.map { Cycles($0) }
  }

  private func mxuUsage(_ result: ProductTimeline.Result, _ cycles: [Cycles], before: Int)
    -> UnitUsage
  {
    var busy = [Cycles](repeating: .zero, count: BusyKind.allCases.count)
    busy[BusyKind.compute.index] = cycles[0]
    busy[BusyKind.fillDrain.index] = cycles[1]
    busy[BusyKind.weightLoad.index] = cycles[2]
    var stalls = StallCause.allCases.indices.map { Cycles(result.stalls[$0]) }
    // Patches are written while the arrays wait for the vector unit.
    stalls[StallCause.vectorUnit.index] += Cycles(before)
    return UnitUsage(name: ProgramUnit.mxu.name, busy: busy, stalls: stalls)
  }
}

extension Bound {
  /// The busiest of the units that can limit a layer; `latency` if it is idle for more than half of
  /// the time.
  static func deciding(_ demands: [Bound: Cycles], total: Cycles) -> Bound {
    var best = Bound.latency
    var most = Cycles.zero
    for bound in Bound.allCases {
      if let demand = demands[bound], demand > most { (best, most) = (bound, demand) }
    }
    return 2 * most < total ? .latency : best
  }
}

extension MXUParameters {
  /// Share of the processing elements that have work, averaged over the folds of a product.
  ///
  /// - Source: SCALE-Sim 3, "mapping efficiency".
  public func mappingEfficiency(of gemm: GEMMShape) -> Double {
    let mapping = dataflow.mapping(of: gemm)
    func share(_ extent: Int, _ side: Int) -> Double {
      Double(extent) / Double(extent.roundedUp(toMultipleOf: side))
    }
    return gemm.macs == 0 ? 0 : share(mapping.rows, rows) * share(mapping.columns, columns)
  }
}

extension ActionCounts {
  /// Adds another's counts several times.
  mutating func add(_ other: ActionCounts, times: Int) {
    macs += times * other.macs
    if other.macs > 0 { operandType = other.operandType }
    arrayHopBytes += times * other.arrayHopBytes
    vector = vector + times * other.vector
    shuffledElements += times * other.shuffledElements
    crossLaneElements += times * other.crossLaneElements
    dramActivations += times * other.dramActivations
    for level in traffic.indices {
      traffic[level].read += times * other.traffic[level].read
      traffic[level].written += times * other.traffic[level].written
    }
  }
}
