/// A layer with a place for each operand, and the best plan for it.
struct PlacedProduct {
  var problem: ProductProblem
  var plan: ProductPlan
  var result: ProductTimeline.Result
  /// The best plan and others that were looked at.
  var candidates: [ProductPlanner.Candidate]
}

/// Where operands lie, and whether they fit.
extension WorkloadEstimator {
  /// The best plan of a layer, its resident operands in VMEM or CMEM, whichever is fastest; of equals
  /// fewest in CMEM.
  func placed(
    _ layer: Workload.Layer, _ problem: ProductProblem, launch: Int
  ) throws(WorkloadError) -> PlacedProduct {
    var best: PlacedProduct?
    for problem in problem.placements(cmemBytes: chip.architecture.cmemBytesPerCore) {
      // Patches that are written first lie in VMEM.
      if layer.copiesPatches(options) && problem.inCMEM.contains(.inputs) { continue }
      let candidates = planner(problem, launch: launch)
        .candidates(atLeast: options.explains ? 5 : 1)
      guard let first = candidates.first, let result = first.result else { continue }
      if result.cycles < best?.result.cycles ?? .max {
        best = PlacedProduct(
          problem: problem, plan: first.plan, result: result, candidates: candidates)
      }
    }
    if let best { return best }
    throw tooSmall(layer, planner(problem, launch: launch).smallestBytes)
  }

  private func planner(_ problem: ProductProblem, launch: Int) -> ProductPlanner {
    ProductPlanner(problem: problem, architecture: chip.architecture, launch: launch)
  }

  func tooSmall(_ layer: Workload.Layer, _ wanted: Int) -> WorkloadError {
    let capacity = chip.architecture.vmem.capacityBytes
    let hint =
      options.resident?.isEmpty ?? true
      ? "Raise vmem.capacityMebibytes."
      : "Let fewer operands be resident, or raise "
        + "vmem.capacityMebibytes."
    let cmem = chip.architecture.cmemBytesPerCore
    return WorkloadError(
      layer.name,
      "wants at least \(wanted) bytes of VMEM with the smallest tiles and the operands that are "
        + "to be resident; a core has \(capacity)"
        + (cmem > 0 ? ", and \(cmem) of CMEM" : "") + ". \(hint)")
  }

  func requireDRAM(
    _ layer: Workload.Layer, _ problem: ProductProblem, patches: Int
  ) throws(WorkloadError) {
    let resident = problem.resident.union(problem.inCMEM)
    let wanted =
      (resident.contains(.inputs) ? 0 : problem.lhsBytes + patches)
      + (resident.contains(.weights) ? 0 : problem.rhsBytes)
      + (resident.contains(.outputs) ? 0 : problem.outputBytes)
    let capacity = chip.architecture.dramBytesPerCore
    if wanted > capacity {
      throw WorkloadError(
        layer.name,
        "wants \(wanted) bytes of DRAM for its operands; a core has \(capacity). Use a smaller "
          + "layer, or raise dram.capacityGibibytes.")
    }
  }
}
