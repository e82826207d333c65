package import DeviceAPI
internal import Dispatch
package import GraphIR
internal import Synchronization

/// A graph compiled for the host: steps, memory layout, constants.
struct HostProgram: Sendable {
  let graph: Graph
  let steps: [any Step]
  let arenaByteCount: Int
  let constants: [UInt8]
}

/// A compiled graph that computes its values on the host.
///
/// Devices differ in the engine that computes products; everything else is the same. All memory
/// is allocated here, once: an execution allocates nothing.
package final class HostExecutable: Executable {
  package let graph: Graph
  private let modelled: (@Sendable (RegionRuns?) -> SimulatedCost)?
  private let device: String
  private let execution: Mutex<Execution>

  private struct Execution {
    let runner: ProgramRunner
    let counters: RegionCounters
    /// Time of the executions so far.
    var measured = MeasuredCost(executions: 0, totalSeconds: 0)
    /// What was last said, and of how many runs.
    var modelled: (runs: RegionRuns?, cost: SimulatedCost)?

    /// `nil` before the first execution.
    var runs: RegionRuns? { measured.executions > 0 ? counters.runs : nil }
  }

  /// Compiles a graph that the device has verified.
  ///
  /// - Parameters:
  ///   - device: the name for error messages.
  ///   - modelled: what the device's model says about an execution in which regions ran so often,
  ///     `nil` before any, if it has one; if not, the profile tells the measured time.
  package init(
    _ graph: Graph, device: String, engine: any ProductEngine, options: CompileOptions,
    modelled: (@Sendable (RegionRuns?) -> SimulatedCost)? = nil
  ) {
    self.graph = graph
    self.device = device
    self.modelled = modelled
    let counters = RegionCounters()
    var compiler = HostCompiler(
      graph, engine: engine, fusion: options.fusion, threads: options.threads, counters: counters)
    execution = Mutex(
      Execution(
        runner: ProgramRunner(compiler.compile(), threads: options.threads), counters: counters))
  }

  package var profile: ExecutionProfile? {
    if let modelled {
      let cost = execution.withLock { execution in
        let runs = execution.runs
        if let known = execution.modelled, known.runs == runs { return known.cost }
        let cost = modelled(runs)
        execution.modelled = (runs, cost)
        return cost
      }
      return ExecutionProfile(name: graph.name, simulated: cost)
    }
    let measured = execution.withLock { $0.measured }
    return ExecutionProfile(name: graph.name, measured: measured)
  }

  package func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
    try execution.withLock { (execution) throws(DeviceError) in
      try execution.runner.bind(inputs: inputs, outputs: outputs, of: device)
      execution.counters.reset()
      let start = DispatchTime.now().uptimeNanoseconds
      execution.runner.runSteps()
      let nanoseconds = DispatchTime.now().uptimeNanoseconds - start
      execution.measured.executions += 1
      execution.measured.totalSeconds += Double(nanoseconds) * 1e-9
    }
  }
}
