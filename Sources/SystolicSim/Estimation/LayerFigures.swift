internal import DeviceAPI
internal import GraphIR
package import SystolicModel
internal import Units

/// A layer's product, and what runs before or after it on the vector unit.
struct LayerParts {
  var layer: LayerProduct
  var product: EstimateSession.Mapped
  /// The copy of patches, the addition of partial sums.
  var others: [EstimateSession.Mapped] = []

  var cycles: Int { others.reduce(product.cycles) { $0 + $1.cycles } }
}

extension EstimateSession {
  func counts(of parts: LayerParts) -> ActionCounts {
    var counts = counts(of: parts.product)
    for other in parts.others { counts.add(self.counts(of: other), times: 1) }
    return counts
  }

  /// The figures of a layer on one core.
  func estimate(_ parts: LayerParts) -> LayerEstimate {
    let (architecture, layer) = (chip.architecture, parts.layer)
    let total = parts.cycles
    let counts = counts(of: parts)
    let usage = usage(of: parts.product)
    var mxu = usage[ProgramUnit.mxu.rawValue]
    // Patches are written, and partial sums added, while the arrays wait for the vector unit.
    mxu.stalls[StallCause.vectorUnit.index] += Cycles(total - parts.product.cycles)
    let contention = usage.reduce(Cycles.zero) {
      max($0, $1.stalls[StallCause.onChipPorts.index])
    }
    let energies = EnergyModel(chip: chip)
    var energy = energies.energy(of: counts)
    energy[.idle] = energies.idleEnergy(cycles: total)
    let rate = architecture.mxu.relativeRates[layer.operandType] ?? 1
    let product = layer.product
    let macs = product.batch * product.gemm.macs
    let possible = Double(total) * Double(architecture.mxu.macsPerCycle) * rate
    let demands = demands([parts.product] + parts.others, counts, mxu)
    return LayerEstimate(
      name: "", count: 1, batch: product.batch, gemm: product.gemm,
      resident: layer.resident.union(layer.inCMEM), macs: macs,
      computeCycles: architecture.mxu.cost(
        of: product.gemm, batch: product.batch, type: layer.operandType
      ).total,
      totalCycles: Cycles(total),
      microseconds: Double(total) / architecture.clockMegahertz,
      utilization: compatibleUtilization(layer)
        ?? (total == 0 ? 0 : Double(macs) / possible),
      mappingEfficiency: architecture.mxu.mappingEfficiency(of: product.gemm),
      bound: Bound.deciding(demands, total: Cycles(total)), inCMEM: layer.inCMEM, mxu: mxu,
      demands: demands, contentionCycles: contention, traffic: counts.traffic, energy: energy,
      split: nil, splits: [], schedules: [], forbidden: [])
  }

  /// Cycles in which the units were busy that can limit groups that run one after another.
  func demands(
    _ groups: [EstimateSession.Mapped], _ counts: ActionCounts, _ mxu: UnitUsage
  ) -> [Bound: Cycles] {
    let vmem = chip.architecture.vmem
    var (vector, cmem, bus) = (0, 0, 0)
    for other in groups {
      let more = demands(of: other)
      (vector, cmem, bus) = (vector + more.vector, cmem + more.cmem, bus + more.bus)
    }
    let onChip = counts.traffic[MemoryLevel.onChip.index]
    let ports = max(
      onChip.read.count.dividedRoundingUp(by: vmem.readBytesPerCycle),
      onChip.written.count.dividedRoundingUp(by: vmem.writeBytesPerCycle))
    return [
      .compute: mxu.busyCycles, .onChipBandwidth: Cycles(max(ports, vector, cmem)),
      .hbm: Cycles(bus),
    ]
  }

  /// The utilisation that the simulator prints whose accounting the chip takes over; `nil` for a
  /// chip that stands for itself.
  private func compatibleUtilization(_ layer: LayerProduct) -> Double? {
    let mxu = chip.architecture.mxu
    guard mxu.compatibility == .scalesim, layer.product.batch == 1, mxu.count == 1,
      layer.product.gemm.macs > 0
    else { return nil }
    return mxu.array(for: layer.operandType).scaleSimReport(of: layer.product.gemm)
      .overallUtilizationPercent / 100
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
  package func mappingEfficiency(of gemm: GEMMShape) -> Double {
    let mapping = dataflow.mapping(of: gemm)
    func share(_ extent: Int, _ side: Int) -> Double {
      Double(extent) / Double(extent.roundedUp(toMultipleOf: side))
    }
    return gemm.macs == 0 ? 0 : share(mapping.rows, rows) * share(mapping.columns, columns)
  }
}
