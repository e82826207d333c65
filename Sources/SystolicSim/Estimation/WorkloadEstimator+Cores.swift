internal import DeviceAPI
internal import SystolicCompiler
internal import SystolicModel
internal import Units

/// Several cores that work on a layer together.
///
/// Each core is the one-core model with its share of the DRAM; they start together, and the layer ends
/// when the last of them has. Only sums that are divided make them meet before.
extension WorkloadEstimator {
  /// A layer divided over cores in one way.
  private struct DividedLayer {
    var split: CoreSplit?
    var parts: [(placed: EstimateSession.PlacedLayer, cores: Int)]
    /// The addition of partial sums: by the core that has most of them; then by the others.
    var sums: [(pass: EstimateSession.Mapped, cores: Int)] = []

    /// Cycles until every core has its own part; and until all have added their sums.
    var productCycles: Int { parts.reduce(0) { max($0, $1.placed.mapped.cycles) } }
    var cycles: Int { productCycles + sums.reduce(0) { max($0, $1.pass.cycles) } }
  }

  func estimateOnCores(
    _ layer: Workload.Layer, resident: ResidentOperands, isLaunched: Bool,
    _ session: EstimateSession
  ) throws(WorkloadError) -> LayerEstimate {
    if layer.copiesPatches(options) {
      throw WorkloadError(
        layer.name, "explicit convolutions run on one core. Use implicit ones, or --cores 1.")
    }
    let product = try product(of: layer, resident: resident)
    var best: DividedLayer?
    var choices: [CoreSplitChoice] = []
    var failure: WorkloadError?
    for split in product.splits(cores: options.cores) {
      do {
        let divided = try divided(layer.name, product, split, isLaunched: isLaunched, session)
        let traffic = counts(of: divided, session).traffic[MemoryLevel.offChip.index]
        choices.append(
          CoreSplitChoice(
            split: split, cycles: Cycles(divided.cycles), dramBytes: traffic.total.count))
        if divided.cycles < best?.cycles ?? .max { best = divided }
      } catch {
        if failure == nil { failure = error }
      }
    }
    guard let best else { throw failure ?? session.tooSmall(layer.name, 0) }
    var estimate = self.estimate(of: best, product, session)
    estimate.split = best.split
    if options.explains {
      estimate.splits = choices.enumerated().sorted {
        ($0.element.cycles, $0.offset) < ($1.element.cycles, $1.offset)
      }.map(\.element)
    }
    return finished(estimate, layer, best.parts[0].placed.mapped, session)
  }

  private func divided(
    _ name: String, _ product: LayerProduct, _ split: CoreSplit?, isLaunched: Bool,
    _ session: EstimateSession
  ) throws(WorkloadError) -> DividedLayer {
    var divided = DividedLayer(split: split, parts: [])
    for (part, cores) in product.parts(split) {
      divided.parts.append((try session.placed(name, part, isLaunched: isLaunched), cores))
    }
    guard let split, split.dimension == .k else { return divided }
    let shape = product.product
    let shares = EvenSplit(shape.batch * shape.m * shape.n, parts: split.cores)
    for (elements, cores) in [
      (shares.longest, shares.longerCount > 0 ? shares.longerCount : shares.count),
      (shares.shorter, shares.longerCount > 0 ? shares.count - shares.longerCount : 0),
    ] where cores > 0 {
      let pass = GroupProblem.sums(
        of: elements, parts: split.cores, type: product.operandType,
        isResident: product.resident.contains(.outputs))
      let residentBytes =
        product.resident.contains(.outputs) ? pass.outputs[0].bytes.alignedForVMEM : 0
      guard
        let mapped = session.mapped(pass, residentBytes: residentBytes, isLaunched: false)
      else {
        throw session.tooSmall(
          name, session.mapper(isLaunched: false).leastBytes(pass) + residentBytes)
      }
      divided.sums.append((mapped, cores))
    }
    return divided
  }

  /// What all cores do.
  private func counts(of divided: DividedLayer, _ session: EstimateSession) -> ActionCounts {
    var counts = ActionCounts()
    for (placed, cores) in divided.parts {
      counts.add(session.counts(of: placed.mapped), times: cores)
    }
    for (pass, cores) in divided.sums { counts.add(session.counts(of: pass), times: cores) }
    return counts
  }

  /// Counts and energy are those of all cores; cycles by unit and demands those of the core that has
  /// most to do, which is the first part's.
  private func estimate(
    of divided: DividedLayer, _ whole: LayerProduct, _ session: EstimateSession
  ) -> LayerEstimate {
    let architecture = chip.architecture
    let first = divided.parts[0].placed
    let total = divided.cycles
    var estimate = session.estimate(
      LayerParts(
        layer: first.layer, product: first.mapped, others: divided.sums.prefix(1).map(\.pass)))
    let product = whole.product
    estimate.totalCycles = Cycles(total)
    estimate.microseconds = Double(total) / architecture.clockMegahertz
    estimate.bound = Bound.deciding(estimate.demands, total: Cycles(total))
    estimate.resident = whole.resident
    estimate.batch = product.batch
    estimate.gemm = product.gemm
    estimate.macs = product.batch * product.gemm.macs
    let counts = counts(of: divided, session)
    estimate.traffic = counts.traffic
    let model = EnergyModel(chip: chip)
    estimate.energy = model.energy(of: counts)
    estimate.energy[.idle] = model.idleEnergy(cycles: options.cores * total)
    let rate = architecture.mxu.relativeRates[whole.operandType] ?? 1
    let possible =
      Double(total) * Double(architecture.mxu.macsPerCycle) * rate * Double(options.cores)
    estimate.utilization = Double(estimate.macs) / possible
    estimate.mappingEfficiency =
      divided.parts.reduce(0) { sum, part in
        let own = part.placed.layer.product
        return sum + Double(part.cores * own.batch * own.gemm.macs)
          * architecture.mxu.mappingEfficiency(of: own.gemm)
      } / Double(max(1, estimate.macs))
    return estimate
  }
}
