internal import CKernels
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
  private let runner: Mutex<Runner>

  /// Compiles a verified graph.
  ///
  /// - Parameters:
  ///   - device: the name for error messages.
  ///   - modelled: what the device's model says about the graph, if it has one; if not, the
  ///     profile tells the measured time.
  /// - Throws: `DeviceError.Kind.invalidGraph`.
  package init(
    _ graph: Graph, device: String, engine: any ProductEngine, options: CompileOptions,
    modelled: SimulatedCost? = nil
  ) throws(DeviceError) {
    do throws(GraphError) { try graph.verify() } catch {
      throw DeviceError(.invalidGraph, device: device, reason: error.description)
    }
    self.graph = graph
    self.device = device
    self.modelled = modelled
    var compiler = HostCompiler(
      graph, engine: engine, fusion: options.fusion, threads: options.threads)
    runner = Mutex(Runner(compiler.compile(), threads: options.threads, device: device))
  }

  package var profile: ExecutionProfile? {
    if let modelled { return ExecutionProfile(name: graph.name, simulated: modelled) }
    let measured = runner.withLock { $0.measured }
    return ExecutionProfile(name: graph.name, measured: measured)
  }

  package func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
    try runner.withLock { (runner) throws(DeviceError) in
      try runner.bind(inputs: inputs, outputs: outputs)
      let start = DispatchTime.now().uptimeNanoseconds
      runner.runSteps()
      let nanoseconds = DispatchTime.now().uptimeNanoseconds - start
      runner.measured.executions += 1
      runner.measured.totalSeconds += Double(nanoseconds) * 1e-9
    }
  }
}

/// The memory of one executable, and the threads that it shares with others.
private final class Runner: PartRunner, @unchecked Sendable {
  private let program: HostProgram
  private let device: String
  private let pool: ThreadPool
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let arena: UnsafeMutableRawPointer
  private let constants: UnsafeMutableRawPointer
  /// One private piece a thread.
  private let scratch: UnsafeMutableRawPointer
  private let scratchStride: Int
  private let layout: TableLayout
  private var step: any Step = NoStep()
  /// Time of the executions so far.
  var measured = MeasuredCost(executions: 0, totalSeconds: 0)

  init(_ program: HostProgram, threads: Int, device: String) {
    self.program = program
    self.device = device
    layout = TableLayout(program.graph)
    pool = .shared(threadCount: threads)
    arena = .allocate(
      byteCount: program.arenaByteCount + hostSlack, alignment: hostAlignment)
    constants = .allocate(
      byteCount: program.constants.count + hostSlack, alignment: hostAlignment)
    UnsafeMutableRawBufferPointer(start: constants, count: program.constants.count)
      .copyBytes(from: program.constants)
    let perThread = program.steps.map(\.scratchByteCount).max() ?? 0
    scratchStride = (perThread / 4096 + 1) * 4096
    scratch = .allocate(byteCount: scratchStride * pool.threadCount, alignment: 4096)
    table = .allocate(capacity: layout.count)
    table.initialize(repeating: arena, count: layout.count)
    table[layout.constants] = constants
  }

  deinit {
    table.deallocate()
    scratch.deallocate()
    constants.deallocate()
    arena.deallocate()
  }

  func runSteps() {
    let mode = ck_enter_flush_to_zero()
    defer { ck_restore(mode) }
    for step in program.steps {
      let parts = step.partCount
      if parts == 1 || pool.threadCount == 1 {
        let memory = ProgramMemory(table: table)
        for part in 0..<parts { step.run(part: part, memory: memory, scratch: scratch) }
      } else {
        self.step = step
        pool.run(parts: parts, of: self)
      }
    }
  }

  func runPart(_ part: Int, thread: Int) {
    let mode = ck_enter_flush_to_zero()
    defer { ck_restore(mode) }
    step.run(
      part: part, memory: ProgramMemory(table: table), scratch: scratch + thread * scratchStride)
  }

  /// Checks the buffers and writes their addresses into the table.
  func bind(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
    let graph = program.graph
    guard inputs.count == layout.parameterCount, outputs.count == layout.resultCount else {
      throw DeviceError(
        .invalidBuffers, device: device,
        reason: "'\(graph.name)' takes \(layout.parameterCount) inputs and "
          + "\(layout.resultCount) outputs, not \(inputs.count) and \(outputs.count)")
    }
    for index in inputs.indices {
      let buffer = try hostBuffer(inputs[index], graph.parameters[index].type) {
        "input '\(graph.parameters[index].name)'"
      }
      table[layout.parameter(index)] = buffer
    }
    for index in outputs.indices {
      let result = graph.results[index]
      let buffer = try hostBuffer(outputs[index], graph.type(of: result.value)) {
        "output '\(result.name)'"
      }
      table[layout.result(index)] = buffer
      try requireDistinct(index, result, buffer)
    }
  }

  private func hostBuffer(
    _ buffer: any Buffer, _ expected: TensorType, _ place: () -> String
  ) throws(DeviceError) -> UnsafeMutableRawPointer {
    guard Swift.type(of: buffer) == HostBuffer.self else {
      throw DeviceError(
        .invalidBuffers, device: device,
        reason: "\(place()) of '\(program.graph.name)' is a buffer of another device; "
          + "make it with this device's makeBuffer")
    }
    let host = unsafeDowncast(buffer, to: HostBuffer.self)
    if host.type != expected || host.device != device {
      throw DeviceError(
        .invalidBuffers, device: device,
        reason: "\(place()) of '\(program.graph.name)' is \(host.type) on \(host.device), "
          + "expected \(expected) on \(device)")
    }
    return host.memory.baseAddress ?? arena
  }

  /// A donated parameter's result is in its own buffer; any other output is in none of the inputs.
  private func requireDistinct(
    _ index: Int, _ result: GraphResult, _ buffer: UnsafeMutableRawPointer
  ) throws(DeviceError) {
    var isSound = true
    if let donated = result.donatedParameter {
      isSound = buffer == table[layout.parameter(donated)]
    } else {
      for input in 0..<layout.parameterCount where table[layout.parameter(input)] == buffer {
        isSound = false
      }
    }
    for other in 0..<index where table[layout.result(other)] == buffer { isSound = false }
    if isSound { return }
    throw DeviceError(
      .invalidBuffers, device: device,
      reason: "output '\(result.name)' of '\(program.graph.name)' must be "
        + (result.donatedParameter.map {
          "the buffer of its donated input '\(program.graph.parameters[$0].name)'"
        } ?? "a buffer that is neither an input nor another output"))
  }
}

/// What a runner holds before its first step.
private struct NoStep: Step {
  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {}
}
