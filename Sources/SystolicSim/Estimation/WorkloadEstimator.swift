internal import SystolicCompiler
public import SystolicModel
internal import Units

/// Estimates time and energy of layers on a chip, without any data.
///
/// A pure function of chip, layer and options.
public struct WorkloadEstimator: Sendable {
  /// The chip that runs the layers.
  public let chip: Chip
  /// How they are estimated.
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
    let session = EstimateSession(chip: chip, options: options)
    if let mapping = options.mapping { try mapping.require(workload) }
    var known: [Workload.Layer.Shape: LayerEstimate] = [:]
    var layers: [LayerEstimate] = []
    layers.reserveCapacity(workload.layers.count)
    let launched = workload.launched
    // The first layer may be there twice.
    let repeated = launched.count - workload.layers.count
    for layer in launched {
      if layer.count < 1 {
        throw WorkloadError(layer.name, "its count must be at least 1; found \(layer.count).")
      }
      let isFirst = layers.isEmpty
      var estimate: LayerEstimate
      if let same = known[layer.shape] {
        estimate = same
      } else {
        estimate = try self.estimate(
          layer, pin: options.mapping?.layers[max(0, layers.count - repeated)],
          isLaunched: isLaunched && (isFirst || !workload.isOneProgram), session)
        if !(workload.isOneProgram && isFirst) && options.mapping == nil {
          known[layer.shape] = estimate
        }
      }
      estimate.name = layer.name
      estimate.mapping?.layer = layer.name
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
    try estimate(
      layer, pin: options.mapping?.layers.first, isLaunched: isLaunched,
      EstimateSession(chip: chip, options: options))
  }

  private func estimate(
    _ layer: Workload.Layer, pin: LayerMapping?, isLaunched: Bool, _ session: EstimateSession
  ) throws(WorkloadError) -> LayerEstimate {
    if let pin {
      let placed = try session.pinned(
        pin, try product(of: layer, resident: []), isLaunched: isLaunched)
      return finished(
        session.estimate(LayerParts(layer: placed.layer, product: placed.mapped)), layer,
        placed, session)
    }
    var best: LayerEstimate?
    var failure: WorkloadError?
    for resident in residencies {
      do throws(WorkloadError) {
        let estimate = try estimate(layer, resident: resident, isLaunched: isLaunched, session)
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
    _ layer: Workload.Layer, resident: ResidentOperands, isLaunched: Bool,
    _ session: EstimateSession
  ) throws(WorkloadError) -> LayerEstimate {
    if options.cores > 1 {
      return try estimateOnCores(layer, resident: resident, isLaunched: isLaunched, session)
    }
    let product = try product(of: layer, resident: resident)
    if layer.copiesPatches(options) {
      return try estimateExplicitly(layer, product, isLaunched: isLaunched, session)
    }
    let placed = try session.placed(layer.name, product, isLaunched: isLaunched)
    return finished(
      session.estimate(LayerParts(layer: placed.layer, product: placed.mapped)), layer,
      placed, session)
  }

  /// A convolution whose patches are written first.
  private func estimateExplicitly(
    _ layer: Workload.Layer, _ implicit: LayerProduct, isLaunched: Bool, _ session: EstimateSession
  ) throws(WorkloadError) -> LayerEstimate {
    let patches = GroupProblem.patches(implicit)
    let isResident = implicit.resident.contains(.inputs)
    let residentBytes =
      isResident
      ? implicit.lhsBytes.alignedForVMEM + patches.outputs[0].bytes.alignedForVMEM : 0
    guard
      let copied = session.mapped(patches, residentBytes: residentBytes, isLaunched: isLaunched)
    else {
      throw session.tooSmall(
        layer.name, residentBytes + session.mapper(isLaunched: isLaunched).leastBytes(patches))
    }
    var product = implicit
    product.geometry = nil
    let placed = try session.placed(
      layer.name, product, isLaunched: false, keepsInputsInVMEM: true)
    if !isResident {
      try session.requireDRAM(
        layer.name,
        implicit.lhsBytes + product.bytes(of: [.inputs, .weights, .outputs]))
    }
    return finished(
      session.estimate(
        LayerParts(layer: placed.layer, product: placed.mapped, others: [copied])), layer,
      placed.mapped, session)
  }

  /// With the layer's name, its mapping, and the mappings that were looked at.
  private func finished(
    _ estimate: LayerEstimate, _ layer: Workload.Layer, _ placed: EstimateSession.PlacedLayer,
    _ session: EstimateSession
  ) -> LayerEstimate {
    var estimate = finished(estimate, layer, placed.mapped, session)
    estimate.mapping = LayerMapping(placed.layer, placed.mapped.best.program, name: layer.name)
    return estimate
  }

  /// With the layer's name, and the mappings that were looked at.
  func finished(
    _ estimate: LayerEstimate, _ layer: Workload.Layer, _ mapped: EstimateSession.Mapped,
    _ session: EstimateSession
  ) -> LayerEstimate {
    var estimate = estimate
    estimate.name = layer.name
    estimate.count = layer.count
    if options.explains {
      estimate.schedules = mapped.candidates.prefix(EstimateSession.schedulesShown).map {
        session.choice($0, of: mapped.mapper)
      }
      estimate.forbidden = mapped.forbidden
    }
    return estimate
  }

  /// A single execution starts with the launch of its program; repeats of one do not.
  private var isLaunched: Bool { options.repeats == 1 }

  func product(
    of layer: Workload.Layer, resident: ResidentOperands
  ) throws(WorkloadError) -> LayerProduct {
    if let problem = layer.shape.problem ?? timeProblem(of: layer) {
      throw WorkloadError(layer.name, problem + ".")
    }
    var (batch, geometry): (Int, PatchGeometry?) = (1, nil)
    let gemm: GEMMShape
    switch layer.shape {
    case .gemm(let shape):
      gemm = shape
    case .convolution(let shape):
      (gemm, batch) = (shape.groupGEMM, shape.groups)
      geometry = shape.geometry(elementBytes: options.operandType.byteCount)
    case .patches(let shape):
      (gemm, batch, geometry) = (shape.gemm, shape.batch, shape.geometry)
      geometry?.placeBytes *= options.operandType.byteCount
    }
    return LayerProduct(
      product: ProductShape(batch: batch, m: gemm.m, k: gemm.k, n: gemm.n), geometry: geometry,
      operandType: options.operandType, resident: resident)
  }
}

extension ScheduleChoice {
  init(_ candidate: Mapper.Candidate, _ score: MappingScore, bound: Bound) {
    let mapping = candidate.program.mapping
    let nest = mapping.nest
    let (rows, columns) = (nest.levels(.image) | nest.levels(.row), nest.levels(.n))
    self.init(
      tile: GEMMShape(m: mapping.tile.m, n: mapping.tile.n, k: mapping.tile.k),
      isRowMajor: columns == 0
        || rows != 0
          && rows.trailingZeroBitCount < columns.trailingZeroBitCount,
      loops: (0..<nest.depth).map { "\(nest.axis($0).name) x \(nest.counts[$0])" },
      sumsIn: mapping.sums.rawValue,
      keepsInputs: mapping.lhs.keepsAll, keepsWeights: mapping.rhs.keepsAll,
      vmemBytes: candidate.program.vmemBytes, dramBytes: score.dramBytes,
      boundCycles: Cycles(candidate.bound), simulatedCycles: Cycles(candidate.cycles),
      bound: bound)
  }
}
