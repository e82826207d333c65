package import Datasets
package import DeviceAPI
package import GraphIR

/// Runs an evaluation graph over a data set, each image exactly once.
///
/// The graph is `TrainingProgram.evaluationGraph` or what a pass made of it: resident parameters,
/// then images and labels from the host; results `correct` and `lossSum`, or `lossSum` alone: then
/// only full batches are looked at. The losses of a batch
/// are added up by the device in f32, the batches on the host.
package final class Evaluator {
  /// The compiled graph.
  package var executable: any Executable { runner.executable }
  /// Images in an execution.
  package let batchSize: Int
  /// Whether the graph says which images are classified correctly.
  private let countsCorrect: Bool
  private let runner: StepRunner
  private let feed: BatchFeed

  /// - Parameter state: the resident parameters on the device, in order.
  init(
    _ executable: any Executable, state: [any Buffer], device: any Device
  ) throws(DeviceError) {
    runner = try StepRunner(executable, state: state, device: device)
    feed = BatchFeed(runner.feeds)
    batchSize = feed.labels.type.elementCount
    countsCorrect = executable.graph.results.count > 1
  }

  /// Compiles the graph and brings the resident parameters to the device.
  ///
  /// - Parameter state: one literal for each resident parameter, in order.
  /// - Throws: `TrainingError.device` if the device cannot compile or hold the graph.
  package convenience init(
    _ graph: Graph, state: [Literal], device: any Device, options: CompileOptions
  ) throws(TrainingError) {
    let executable = try training { () throws(DeviceError) in
      try device.compile(graph, options: options)
    }
    let buffers = try training { () throws(DeviceError) in
      var buffers: [any Buffer] = []
      for literal in state { buffers.append(try device.makeBuffer(literal)) }
      return buffers
    }
    do { try self.init(executable, state: buffers, device: device) } catch { throw .device(error) }
  }

  /// Looks at every image of `data` once.
  ///
  /// - Parameter clock: seconds from any fixed moment; read twice.
  /// - Throws: `TrainingError.device` if the device fails.
  package func run(
    over data: ImageDataset, clock: () -> Double
  ) throws(TrainingError) -> EvaluationMetrics {
    let begin = clock()
    let count = countsCorrect ? data.count : data.count - data.count % batchSize
    var metrics = EvaluationMetrics(
      count: count, correct: 0, loss: 0, executions: 0, seconds: 0)
    metrics.countsCorrect = countsCorrect
    var lossSum = 0.0
    do {
      for start in stride(from: 0, to: count, by: batchSize) {
        try feed.send(start..<min(start + batchSize, count), of: data)
        try runner.execute()
        var correct: Int32 = 0
        var loss: Float = 0
        try runner.read { (values) throws(DeviceError) in
          if countsCorrect { try values[0].read(into: &correct) }
          try values[values.count - 1].read(into: &loss)
        }
        metrics.correct += Int(correct)
        lossSum += Double(loss)
        metrics.executions += 1
      }
    } catch {
      throw .device(error)
    }
    metrics.loss = lossSum / Double(count)
    metrics.seconds = clock() - begin
    return metrics
  }

  /// What crosses between host and device in an execution.
  var transfersPerExecution: TransferCount {
    TransferCount(
      bytesToDevice: feed.byteCount,
      bytesFromDevice: MemoryLayout<Int32>.size + MemoryLayout<Float>.size)
  }
}
