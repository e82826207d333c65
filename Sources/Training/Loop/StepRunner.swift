internal import DeviceAPI
internal import GraphIR

/// Executes one compiled graph over and over on state that stays on the device.
///
/// It knows the executable, its state and its feeds, and nothing of what they mean. Resident
/// parameters of the graph are the state. The other parameters are fed: a buffer each, made here
/// once. Results in a donated parameter's memory are the new state; the others are values, which the
/// host reads back in the order of the executions. So that it need not do so at once, and a device
/// that works asynchronously stays busy, there are several sets of buffers for them.
final class StepRunner {
  let executable: any Executable
  /// One buffer for each resident parameter, in order.
  let state: [any Buffer]
  /// One buffer for each other parameter, in order.
  let feeds: [any Buffer]
  /// Executions that may wait for their values to be read.
  let depth: Int
  /// Executions whose values were not read yet.
  private(set) var pendingCount = 0
  private let inputs: [any Buffer]
  private let sets: [ResultBuffers]
  /// The set that the next execution fills.
  private var next = 0

  /// - Parameters:
  ///   - state: one buffer for each resident parameter, in order.
  ///   - depth: executions that may wait for their values to be read, 1 or more.
  init(
    _ executable: any Executable, state: [any Buffer], device: any Device, depth: Int = 1
  ) throws(DeviceError) {
    self.executable = executable
    self.state = state
    self.depth = depth
    let graph = executable.graph
    var inputs: [any Buffer] = []
    var feeds: [any Buffer] = []
    var resident = state.makeIterator()
    for parameter in graph.parameters {
      if parameter.role == .resident, let buffer = resident.next() {
        inputs.append(buffer)
      } else {
        feeds.append(try device.makeBuffer(parameter.type))
        inputs.append(feeds[feeds.count - 1])
      }
    }
    self.feeds = feeds
    self.inputs = inputs
    var sets: [ResultBuffers] = []
    for _ in 0..<depth {
      sets.append(try ResultBuffers(of: graph, inputs: inputs, device: device))
    }
    self.sets = sets
  }

  /// Executes the graph once with what the feeds hold. There must be room for its values.
  func execute() throws(DeviceError) {
    precondition(pendingCount < depth, "values have to be read first")
    try executable.execute(inputs: inputs, outputs: sets[next].all)
    next = (next + 1) % depth
    pendingCount += 1
  }

  /// Hands over the values of the oldest execution that was not read yet, in the order of the
  /// graph's results; waits for it if it is not over.
  func read(_ body: ([any Buffer]) throws(DeviceError) -> Void) throws(DeviceError) {
    precondition(pendingCount > 0, "there is nothing to read")
    let oldest = (next + depth - pendingCount) % depth
    try body(sets[oldest].values)
    pendingCount -= 1
  }
}

/// Where one execution's results go.
private struct ResultBuffers {
  /// In the order of the graph's results.
  let all: [any Buffer]
  /// Those that are not new state.
  let values: [any Buffer]

  init(of graph: Graph, inputs: [any Buffer], device: any Device) throws(DeviceError) {
    var all: [any Buffer] = []
    var values: [any Buffer] = []
    for result in graph.results {
      if let donated = result.donatedParameter {
        all.append(inputs[donated])
      } else {
        values.append(try device.makeBuffer(graph.type(of: result.value)))
        all.append(values[values.count - 1])
      }
    }
    self.all = all
    self.values = values
  }
}
