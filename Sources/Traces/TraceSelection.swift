package import DeviceAPI
package import RunLog
internal import Units

/// Which executions of a run are to be seen on a time axis.
package enum TraceSelection: Hashable, Sendable {
  /// One execution of the executable of that name; of the first one where none is named.
  case execution(of: String?, isCold: Bool)
  /// Steps of the run, by number, each where it ran.
  case steps(ClosedRange<Int>)
}

/// An execution with its place on the axis.
package struct TracedExecution: Sendable {
  /// The name of the executable.
  package let executable: String
  /// The step that it is; `nil` for an execution by itself.
  package let step: Int?
  package let cost: SimulatedCost
  package let schedule: Schedule
  /// Nothing came before it, so that what the cost says of memory in use holds.
  package let isCold: Bool
  /// The cycle of the axis that is its cycle 0.
  package let origin: Int

  package var clockMegahertz: Double { cost.clockMegahertz }

  /// Microseconds of a cycle of the execution.
  package func microseconds(_ cycle: Int) -> Double { Double(origin + cycle) / clockMegahertz }
}

extension TraceSelection {
  /// The executions of a run that are selected.
  ///
  /// The axis begins where the first of their instructions does: what was prefetched starts before its
  /// execution.
  ///
  /// - Throws: `TraceError` where the run has no such execution or no schedules.
  package func executions(
    _ executables: [ExecutionProfile], steps: [StepRecord], file: String
  ) throws(TraceError) -> [TracedExecution] {
    let simulated = executables.filter { $0.simulated != nil }
    if simulated.isEmpty {
      throw TraceError(
        "\(file): no schedule is in it, for the device measured and simulated nothing. Give a file that "
          + "--device tpu-sim wrote.")
    }
    for executable in simulated {
      if executable.simulated?.hasSoundEvents != true {
        throw TraceError(
          "\(file): the timeline of '\(executable.name)' names units, operations or tensors that are not "
            + "there. The file is damaged; write it again.")
      }
    }
    switch self {
    case .execution(let name, let isCold):
      guard
        let found = name.map({ name in simulated.first { $0.name == name } }) ?? simulated.first,
        let cost = found.simulated
      else {
        let names = simulated.map(\.name).joined(separator: ", ")
        throw TraceError(
          "\(file): there is no executable '\(name ?? "")'. Use one of: \(names).")
      }
      let schedule = isCold ? cost.cold : cost.steady
      let first = min(0, schedule.timeline.events.map(\.start).min() ?? 0)
      return [
        TracedExecution(
          executable: found.name, step: nil, cost: cost, schedule: schedule, isCold: isCold,
          origin: -first)
      ]
    case .steps(let range): return try executions(of: range, executables, steps, file)
    }
  }

  private func executions(
    of range: ClosedRange<Int>, _ executables: [ExecutionProfile], _ steps: [StepRecord],
    _ file: String
  ) throws(TraceError) -> [TracedExecution] {
    let chosen = steps.filter { range.contains($0.step) && $0.cost != nil }
    guard let first = steps.first?.step, let last = steps.last?.step, !chosen.isEmpty else {
      throw TraceError(
        "\(file): has "
          + (steps.isEmpty
            ? "no steps" : "steps \(steps[0].step) to \(steps[steps.count - 1].step)")
          + ", none of \(range.lowerBound)..\(range.upperBound) with a cost.")
    }
    guard range.lowerBound >= first, range.upperBound <= last else {
      throw TraceError(
        "\(file): has steps \(first) to \(last); found \(range.lowerBound)..\(range.upperBound).")
    }
    var made: [TracedExecution] = []
    let start = chosen[0].cost?.start.count ?? 0
    for step in chosen {
      guard let own = step.cost, executables.indices.contains(own.executable),
        let cost = executables[own.executable].simulated
      else { continue }
      // The first execution takes the cold schedule's cycles, later ones the steady one's.
      let isCold = step.step == first && own.cycles == cost.cold.cycles
      made.append(
        TracedExecution(
          executable: executables[own.executable].name, step: step.step, cost: cost,
          schedule: isCold ? cost.cold : cost.steady, isCold: isCold,
          origin: own.start.count - start))
    }
    let earliest = made.map { $0.origin + ($0.schedule.timeline.events.map(\.start).min() ?? 0) }
      .min()
    let shift = -min(0, earliest ?? 0)
    return made.map {
      TracedExecution(
        executable: $0.executable, step: $0.step, cost: $0.cost, schedule: $0.schedule,
        isCold: $0.isCold, origin: $0.origin + shift)
    }
  }
}

extension SimulatedCost {
  /// Whether what the events name is there.
  fileprivate var hasSoundEvents: Bool {
    [cold, steady].allSatisfy { schedule in
      schedule.timeline.events.allSatisfy {
        unitNames.indices.contains($0.unit) && ops.indices.contains($0.op)
          && ($0.tensor.map(tensors.indices.contains) ?? true) && $0.start <= $0.end
      }
    }
  }
}
