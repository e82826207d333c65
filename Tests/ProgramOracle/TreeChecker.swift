internal import DeviceAPI
package import SystolicCompiler
package import SystolicModel
internal import Units

extension ProgramTree {
  /// What is wrong with a tree's straight programs, each by itself, and with the sums over all of them;
  /// empty if nothing is.
  package func problems(on architecture: ChipArchitecture) -> [String] {
    var problems: [String] = []
    for program in programs {
      // The launch is the tree's.
      problems += ProgramChecker(
        compiled: program, architecture: architecture, launchCycles: 0
      ).problems().map { "\(program.graph.name): \($0)" }
    }
    // As often as some data might want, too.
    for cost in [cost(), cost { $0.count * 3 + $0[0] % 2 }] {
      problems += Self.problems(of: cost)
    }
    return problems
  }

  private static func problems(of cost: SimulatedCost) -> [String] {
    var problems: [String] = []
    for (name, schedule) in [("cold", cost.cold), ("steady", cost.steady)] {
      for unit in schedule.units where unit.busyCycles + unit.stallCycles != schedule.cycles {
        problems.append(
          "\(name): \(unit.name) has \(unit.busyCycles + unit.stallCycles) of \(schedule.cycles)")
      }
      let attributed = cost.attribution(of: schedule).reduce(.zero, +)
      if attributed != schedule.cycles {
        problems.append("\(name): \(attributed) of \(schedule.cycles) have a category")
      }
      var energy = EnergyBreakdown()
      for op in cost.ops { energy += op.energy }
      energy[.idle] = schedule.energy[.idle]
      if energy != schedule.energy { problems.append("\(name): energies do not add up") }
      for event in schedule.timeline.events
      where !cost.ops.indices.contains(event.op) || event.start >= event.end
        || event.end > schedule.cycles.count
          && cost.unitNames[event.unit] != ProgramUnit.hostOut.name
      {
        problems.append("\(name): the event \(event) is outside")
      }
      // In the steady state the link serves the executions before and after, too.
      var free = [Int](repeating: .min, count: cost.unitNames.count)
      for event in schedule.timeline.events {
        if event.start < free[event.unit] {
          problems.append(
            "\(name): \(cost.unitNames[event.unit]) does two things at \(event.start)")
        }
        free[event.unit] = event.end
      }
    }
    if cost.ops.count(where: { $0.kind == "launch" }) != 1 { problems.append("launched not once") }
    if let last = cost.occupancy.last, last.bytes != .zero { problems.append("VMEM is not empty") }
    return problems
  }
}
