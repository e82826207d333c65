internal import DeviceAPI
internal import SystolicCompiler
internal import SystolicModel
internal import Units

/// A chip made ready for many estimates. Not for several threads.
final class EstimateSession {
  let chip: Chip
  let options: EstimateOptions
  /// For what a program's launch comes before, and for what follows.
  private let launched: Mapper
  private let continued: Mapper

  init(chip: Chip, options: EstimateOptions) {
    self.chip = chip
    self.options = options
    launched = Mapper(
      chip: chip, timing: ChipTiming(chip.architecture), objective: options.objective)
    continued = Mapper(
      chip: chip, timing: ChipTiming(chip.architecture, launchCycles: 0),
      objective: options.objective)
  }

  /// A group under its best mapping, and what is known of it.
  struct Mapped {
    var problem: GroupProblem
    var best: Mapper.Candidate
    /// The best mapping and others that were put on the time axis.
    var candidates: [Mapper.Candidate]
    var mapper: Mapper
    /// What capacities forbid; empty unless asked for.
    var forbidden: [ForbiddenSchedule] = []

    var cycles: Int { best.cycles }
  }

  func mapper(isLaunched: Bool) -> Mapper { isLaunched ? launched : continued }

  /// The best mapping of a group beside operands that stay; `nil` if none fits.
  func mapped(_ problem: GroupProblem, residentBytes: Int, isLaunched: Bool) -> Mapped? {
    let mapper = mapper(isLaunched: isLaunched)
    let free = chip.architecture.vmem.capacityBytes - residentBytes
    let candidates = mapper.candidates(
      problem, vmemBytes: free, atLeast: options.explains ? Self.schedulesShown : 1)
    guard let best = candidates.first else { return nil }
    var mapped = Mapped(problem: problem, best: best, candidates: candidates, mapper: mapper)
    if options.explains { mapped.forbidden = forbidden(mapped, vmemBytes: free) }
    return mapped
  }

  /// A layer with a place for each operand, and its best mapping.
  struct PlacedLayer {
    var layer: LayerProduct
    var mapped: Mapped
  }

  /// The best mapping of a layer, its resident operands in VMEM or CMEM, whichever is fastest; of equals
  /// fewest in CMEM.
  func placed(
    _ name: String, _ layer: LayerProduct, isLaunched: Bool, keepsInputsInVMEM: Bool = false
  ) throws(WorkloadError) -> PlacedLayer {
    var best: PlacedLayer?
    for layer in layer.placements(cmemBytes: chip.architecture.cmemBytesPerCore) {
      if keepsInputsInVMEM && layer.inCMEM.contains(.inputs) { continue }
      guard
        let mapped = mapped(
          layer.problem, residentBytes: layer.residentBytes, isLaunched: isLaunched)
      else { continue }
      if mapped.cycles < best?.mapped.cycles ?? .max {
        best = PlacedLayer(layer: layer, mapped: mapped)
      }
    }
    if let best {
      try requireDRAM(name, best.layer, best.mapped.best.program)
      return best
    }
    throw tooSmall(name, layer.residentBytes + launched.leastBytes(layer.problem))
  }

  /// A layer under a mapping that was chosen before.
  func pinned(
    _ pin: LayerMapping, _ layer: LayerProduct, isLaunched: Bool
  ) throws(WorkloadError) -> PlacedLayer {
    let shape = layer.product
    let product = LayerMapping.Product(batch: shape.batch, m: shape.m, k: shape.k, n: shape.n)
    if pin.product != product {
      throw WorkloadError(
        pin.layer,
        "its mapping is of \(pin.product.batch) x \(pin.product.m) x \(pin.product.k) x "
          + "\(pin.product.n) (batch, m, k, n), the layer is \(product.batch) x \(product.m) x "
          + "\(product.k) x \(product.n). Write it anew with --dump-mapping.")
    }
    var layer = layer
    layer.resident = try pin.operands(pin.inVMEM)
    layer.inCMEM = try pin.operands(pin.inCMEM)
    let (inCMEM, cmem) = (layer.bytes(of: layer.inCMEM), chip.architecture.cmemBytesPerCore)
    if inCMEM > cmem {
      throw WorkloadError(
        pin.layer, "its mapping wants \(inCMEM) bytes of CMEM; a core has \(cmem).")
    }
    let mapper = mapper(isLaunched: isLaunched)
    let free = chip.architecture.vmem.capacityBytes - layer.residentBytes
    let candidate: Mapper.Candidate
    do {
      candidate = try mapper.pinned(pin.mapping, of: layer.problem, vmemBytes: free)
    } catch {
      throw WorkloadError(pin.layer, "its mapping \(error.reason).")
    }
    try requireDRAM(pin.layer, layer, candidate.program)
    return PlacedLayer(
      layer: layer,
      mapped: Mapped(
        problem: layer.problem, best: candidate, candidates: [candidate], mapper: mapper))
  }

  func tooSmall(_ name: String, _ wanted: Int) -> WorkloadError {
    let capacity = chip.architecture.vmem.capacityBytes
    let hint =
      options.resident?.isEmpty ?? true
      ? "Raise vmem.capacityMebibytes."
      : "Let fewer operands be resident, or raise "
        + "vmem.capacityMebibytes."
    let cmem = chip.architecture.cmemBytesPerCore
    return WorkloadError(
      name,
      "wants at least \(wanted) bytes of VMEM with the smallest tiles and the operands that are "
        + "to be resident; a core has \(capacity)"
        + (cmem > 0 ? ", and \(cmem) of CMEM" : "") + ". \(hint)")
  }

  private func requireDRAM(
    _ name: String, _ layer: LayerProduct, _ program: GroupProgram
  ) throws(WorkloadError) {
    let inDRAM = ResidentOperands([.inputs, .weights, .outputs])
      .subtracting(layer.resident).subtracting(layer.inCMEM)
    try requireDRAM(name, layer.bytes(of: inDRAM) + (program.spill?.dramBytes ?? 0))
  }

  func requireDRAM(_ name: String, _ wanted: Int) throws(WorkloadError) {
    let capacity = chip.architecture.dramBytesPerCore
    if wanted > capacity {
      throw WorkloadError(
        name,
        "wants \(wanted) bytes of DRAM for its operands; a core has \(capacity). Use a smaller "
          + "layer, or raise dram.capacityGibibytes.")
    }
  }

  // MARK: Figures

  /// What a group does.
  func counts(of mapped: Mapped) -> ActionCounts {
    var counts = ActionCounts()
    EnergyModel(chip: chip).count(mapped.best.program, mapped.mapper.timing, in: &counts)
    return counts
  }

  /// How the units spent the time of a group as a program of its own.
  func usage(of mapped: Mapped) -> [UnitUsage] {
    mapped.best.program.usage(cycles: mapped.cycles, chip: chip, mapped.mapper.timing)
  }

  /// The schedules of a group as a program of its own.
  func profile(of mapped: Mapped, name: String) -> ExecutionProfile {
    mapped.best.program.profile(name: name, chip: chip, mapped.mapper.timing)
  }

  /// Cycles of the paths that limit a group: the vector unit, CMEM, the DRAM's bus.
  func demands(of mapped: Mapped) -> (vector: Int, cmem: Int, bus: Int) {
    var demands = (vector: 0, cmem: 0, bus: 0)
    mapped.best.program.forEachDuration { duration, unit, count in
      switch unit {
      case .vpu: demands.vector += count * duration.occupied
      case .dmaCMEM: demands.cmem += count * duration.occupied
      case .dmaLoad, .dmaStore: demands.bus += count * duration.occupied
      default: break
      }
    }
    return demands
  }
}
