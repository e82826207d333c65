internal import DeviceAPI

/// The choice among plans.
extension SystolicCompiler {
  /// The fastest program of all plans.
  func bestTimeline(
    _ graph: Graph, _ lowered: LoweredGraph
  ) throws(DeviceError) -> TimelineEngine {
    let capacity = chip.architecture.vmem.capacityBytes
    var best: (period: Int, engine: TimelineEngine, plan: MemoryPlan)?
    var inCMEM: (period: Int, engine: TimelineEngine)?
    var failure: PlanFailure?
    var seen = Set<MemoryPlan>()
    var roundsWithoutGain = 0
    for budget in Self.budgets(upTo: capacity) {
      var gained = false
      for options in Self.strategies(budget: budget) {
        var planner = MemoryPlanner(lowered, mxu: chip.architecture.mxu, options: options)
        do {
          let plan = try planner.run()
          guard plan.peakBytes <= capacity, seen.insert(plan).inserted else { continue }
          var emitter = Emitter(graph, lowered, plan)
          let engine = TimelineEngine(emitter.run(), architecture: chip.architecture)
          let period = engine.executionTimes().period
          if period < best?.period ?? .max {
            best = (period, engine, plan)
            gained = true
          }
          guard cmemCapacity > 0 else { continue }
          let all = CMEMFamily.all(of: lowered, graph, program: engine.program)
          if all.reduce(0, { $0 + $1.bytes }) <= cmemCapacity {
            keep(&inCMEM, graph, lowered.placing(all, capacity: cmemCapacity), plan)
          }
        } catch {
          if failure == nil || budget <= capacity { failure = error }
        }
      }
      roundsWithoutGain = best == nil || gained ? 0 : roundsWithoutGain + 1
      if roundsWithoutGain == Self.patience { break }
    }
    if let best {
      guard cmemCapacity > 0 else { return best.engine }
      let families = CMEMFamily.all(of: lowered, graph, program: best.engine.program)
      var tried: Set<[Bool]> = []
      for capacity in Self.budgets(upTo: cmemCapacity).dropFirst() {
        let placed = lowered.placing(families, capacity: capacity)
        if tried.insert(placed?.values.map(\.isInCMEM) ?? []).inserted {
          keep(&inCMEM, graph, placed, best.plan)
        }
      }
      guard let inCMEM, inCMEM.period < best.period else { return best.engine }
      return inCMEM.engine
    }
    throw tooSmall(lowered, failure, capacity: capacity)
  }

  private var cmemCapacity: Int { chip.architecture.cmemBytesPerCore }

  /// Times a plan with values in CMEM, and keeps it if it is the fastest so far.
  ///
  /// What is tried: for each plan all values in CMEM, if they fit; and for the plan that is best
  /// without CMEM as many as fit a ladder of sizes up to its capacity. So CMEM, and more of it, only
  /// adds programs to choose from.
  private func keep(
    _ best: inout (period: Int, engine: TimelineEngine)?, _ graph: Graph, _ placed: LoweredGraph?,
    _ plan: MemoryPlan
  ) {
    guard let placed else { return }
    var emitter = Emitter(graph, placed, plan)
    let engine = TimelineEngine(emitter.run(), architecture: chip.architecture)
    let period = engine.executionTimes().period
    if period < best?.period ?? .max { best = (period, engine) }
  }

  /// Rungs of the ladder that may bring nothing before the search stops.
  private static var patience: Int { 2 }

  /// Memory sizes to plan for, descending: without limit (such a plan may fit all the same), then
  /// powers of two and one and a half times them.
  static func budgets(upTo capacity: Int) -> [Int] {
    var budgets: [Int] = []
    var size = 1024
    while size <= capacity {
      budgets.append(size)
      if size / 2 * 3 <= capacity { budgets.append(size / 2 * 3) }
      size *= 2
    }
    return [Int.max / 4] + budgets.reversed()
  }

  static func strategies(budget: Int) -> [PlanOptions] {
    var strategies: [PlanOptions] = []
    for tiles in [1, 4, 16] {
      strategies.append(
        PlanOptions(budget: budget, minimumTiles: tiles, assumedBytesPerCycle: 64))
      if budget < Int.max / 4 {
        strategies.append(
          PlanOptions(budget: budget, minimumTiles: tiles, assumedBytesPerCycle: 1024))
      }
    }
    return strategies
  }

  private func tooSmall(
    _ lowered: LoweredGraph, _ failure: PlanFailure?, capacity: Int
  ) -> DeviceError {
    let group = failure.map { lowered.groups[$0.group] }
    let name = group.map { "'\($0.name)' (\($0.kind))" } ?? "the program"
    return DeviceError(
      .outOfMemory, device: deviceName,
      reason: "\(name) wants at least \(failure?.wantedBytes ?? 0) bytes of VMEM with the "
        + "smallest tiles that it can be divided into; a core has \(capacity). Raise "
        + "vmem.capacityMebibytes or use smaller tensors.")
  }
}
