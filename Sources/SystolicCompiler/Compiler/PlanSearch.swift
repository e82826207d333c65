internal import DeviceAPI
internal import SystolicModel
internal import Units

/// The choice among plans of a program: they differ in the memory that they use, from a fixed ladder of
/// sizes. Which plans there are does not depend on the chip's bandwidths, and a larger memory only adds
/// plans.
struct PlanSearch {
  /// A program, when its executions run, and the memory that it was planned for.
  struct Plan {
    var program: Program
    var times: ExecutionTimes
    var budget: Int
    /// What was planned.
    var graph: LoweredGraph
  }

  /// The same graph, fused in different ways.
  let graphs: [LoweredGraph]
  let mapper: Mapper
  /// Bytes of VMEM that are others'.
  private let reserved: Int
  private var plans: [Plan] = []
  private(set) var failure: ProgramPlanner.Failure?

  init(_ graphs: [LoweredGraph], mapper: Mapper, reserved: Int = 0) {
    self.reserved = reserved
    self.graphs = graphs
    self.mapper = mapper
  }

  /// The best plan in the steady state; `nil` if none fits.
  mutating func run() -> Plan? {
    let architecture = mapper.timing.architecture
    let all = architecture.vmem.capacityBytes - reserved
    if all <= 0 { return nil }
    for graph in graphs { search(graph, all) }
    return best(plans[...])
  }

  /// Plans of one of the graphs in so many bytes of VMEM.
  private mutating func search(_ graph: LoweredGraph, _ all: Int) {
    let first = plans.count
    // With one group nothing waits for another: less memory only leaves mappings out.
    search(graph, graph.groups.count == 1 ? [all] : Self.budgets(upTo: all))
    let cmemBytes = mapper.timing.architecture.cmemBytesPerCore
    guard cmemBytes > 0, let inDRAM = best(plans[first...]) else { return }
    let families = CMEMFamily.all(of: graph, program: inDRAM.program)
    var tried: Set<[Bool]> = []
    for size in Self.budgets(upTo: cmemBytes) {
      guard let placed = graph.placing(families, capacity: size),
        tried.insert(placed.values.map(\.isInCMEM)).inserted
      else { continue }
      search(placed, [inDRAM.budget])
    }
  }

  /// Times plans for ever smaller budgets, until two in a row bring nothing.
  private mutating func search(_ graph: LoweredGraph, _ budgets: [Int]) {
    var inVain = 0
    var fastest = Int.max
    var used = Int.max
    let first = plans.count
    for budget in budgets where budget < used {
      var planner = ProgramPlanner(graph, mapper: mapper, budget: budget)
      do throws(ProgramPlanner.Failure) {
        let program = try planner.run()
        let engine = TimelineEngine(program, mapper.timing, recorder: NoRecorder())
        let times = engine.executionTimes()
        plans.append(Plan(program: program, times: times, budget: budget, graph: graph))
        inVain = times.period < fastest ? 0 : inVain + 1
        fastest = min(fastest, times.period)
        // A budget above what it took would bring the same.
        used = min(used, program.vmemBytes)
      } catch {
        if failure == nil { failure = error }
        inVain += 1
      }
      if inVain == 2 && plans.count > first { break }
    }
  }

  private func best(_ plans: ArraySlice<Plan>) -> Plan? {
    guard let fastest = plans.map(\.times.period).min() else { return nil }
    let limit =
      mapper.objective == .cycles ? MappingObjective.limit(fastest) : Int.max
    let close = plans.filter { $0.times.period <= limit }
    if close.count == 1 { return close[0] }
    let scored = close.map { ($0, mapper.score($0.program, cycles: $0.times.period)) }
    var best = scored[0]
    for other in scored.dropFirst() where other.1.precedes(best.1, by: mapper.objective) {
      best = other
    }
    return best.0
  }

  /// Memory sizes to plan for, descending: all of it, then powers of two and one and a half times them.
  static func budgets(upTo capacity: Int) -> [Int] {
    var budgets: [Int] = []
    var size = 1024
    while size < capacity {
      budgets.append(size)
      if size / 2 * 3 < capacity { budgets.append(size / 2 * 3) }
      size *= 2
    }
    return [capacity] + budgets.reversed()
  }
}

extension Mapper {
  /// Energy and DRAM traffic of a program, the host's apart.
  func score(_ program: Program, cycles: Int) -> MappingScore {
    let counts = CostBuilder.counts(of: program, chip: chip, timing)
    let energy = EnergyModel(chip: chip)
    return MappingScore(
      cycles: cycles,
      dramBytes: counts.reduce(0) { $0 + $1.traffic[MemoryLevel.offChip.index].total.count },
      picojoules: counts.reduce(energy.idleEnergy(cycles: cycles).value) {
        $0 + energy.energy(of: $1).total.value
      })
  }
}
