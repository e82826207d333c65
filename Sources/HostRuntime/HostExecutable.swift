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
  private let modelled: SimulatedCost?
  private let device: String
  private let execution: Mutex<Execution>

  private struct Execution {
    let runner: ProgramRunner
    /// Time of the executions so far.
    var measured = MeasuredCost(executions: 0, totalSeconds: 0)
  }

  /// Compiles a graph that the device has verified.
  ///
  /// - Parameters:
  ///   - device: the name for error messages.
  ///   - modelled: what the device's model says about the graph, if it has one; if not, the
  ///     profile tells the measured time.
  package init(
    _ graph: Graph, device: String, engine: any ProductEngine, options: CompileOptions,
    modelled: SimulatedCost? = nil
  ) {
    self.graph = graph
    self.device = device
    self.modelled = modelled
    var compiler = HostCompiler(
      graph, engine: engine, fusion: options.fusion, threads: options.threads)
    execution = Mutex(
      Execution(runner: ProgramRunner(compiler.compile(), threads: options.threads)))
  }

  package var profile: ExecutionProfile? {
    if let modelled { return ExecutionProfile(name: graph.name, simulated: modelled) }
    let measured = execution.withLock { $0.measured }
    return ExecutionProfile(name: graph.name, measured: measured)
  }

  package func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
    try execution.withLock { (execution) throws(DeviceError) in
      try execution.runner.bind(inputs: inputs, outputs: outputs, of: device)
      let start = DispatchTime.now().uptimeNanoseconds
      execution.runner.runSteps()
      let nanoseconds = DispatchTime.now().uptimeNanoseconds - start
      execution.measured.executions += 1
      execution.measured.totalSeconds += Double(nanoseconds) * 1e-9
    }
  }
}
