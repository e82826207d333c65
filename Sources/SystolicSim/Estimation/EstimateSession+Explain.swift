internal import SystolicCompiler
internal import SystolicModel
internal import Units

/// What `--explain` adds.
extension EstimateSession {
  /// Schedules that are shown: the one taken, then the fastest of all others.
  static let schedulesShown = 5

  /// Faster schedules that a capacity forbids: the best of a search without that limit, where it takes
  /// fewer cycles than the best that fits.
  func forbidden(_ mapped: Mapped, vmemBytes: Int) -> [ForbiddenSchedule] {
    let ample = Int.max / 8
    let vmem = ForbiddenSchedule.Capacity.vmem
    let accumulators = ForbiddenSchedule.Capacity.accumulators
    let timing = ChipTiming(
      chip.architecture, launchCycles: mapped.mapper.timing.launchCycles, hasAmpleAccumulators: true
    )
    let wide = Mapper(chip: chip, timing: timing, objective: options.objective)
    let searches: [(capacities: [ForbiddenSchedule.Capacity], mapper: Mapper, vmemBytes: Int)] = [
      ([vmem], mapped.mapper, ample), ([accumulators], wide, vmemBytes),
      ([vmem, accumulators], wide, ample),
    ]
    let fastest = mapped.candidates.map(\.cycles).min() ?? mapped.cycles
    var found: [ForbiddenSchedule] = []
    for search in searches {
      guard
        let best = search.mapper.candidates(mapped.problem, vmemBytes: search.vmemBytes).first,
        best.cycles < fastest
      else { continue }
      // Both together only where they bring more than either alone.
      if search.capacities.count == 1
        || found.allSatisfy({ best.cycles < $0.schedule.simulatedCycles.count })
      {
        found.append(
          ForbiddenSchedule(
            schedule: choice(best, of: search.mapper), capacities: search.capacities,
            vmemBytesFree: vmemBytes))
      }
    }
    return found
  }

  /// A mapping with its figures and what limits it.
  func choice(_ candidate: Mapper.Candidate, of mapper: Mapper) -> ScheduleChoice {
    let score = mapper.score(candidate.program, cycles: candidate.cycles)
    let mapped = Mapped(
      problem: candidate.program.problem, best: candidate, candidates: [], mapper: mapper)
    let mxu = usage(of: mapped)[ProgramUnit.mxu.rawValue]
    let demands = demands([mapped], counts(of: mapped), mxu)
    return ScheduleChoice(
      candidate, score, bound: Bound.deciding(demands, total: Cycles(candidate.cycles)))
  }
}
