import Datasets
import DeviceAPI
import GraphIR
import TestSupport
import Synchronization
import Testing

@testable import Training

@Suite("The training loop")
struct TrainingLoopTests {
  @Test("it learns a toy problem", arguments: OptimizerCatalog.names)
  func learns(name: String) throws {
    let rate = name == "adam" ? 0.05 : name == "sgd" ? 1 : 0.2
    let program = try Fixtures.program(
      OptimizerCatalog.optimizer(named: name, learningRate: rate))
    let loop = try Fixtures.loop(program, epochs: 40)
    let before = try loop.evaluate()
    let summary = try loop.run()
    let last = try #require(summary.epochs.last)
    #expect(before.loss > 1)  // four classes by chance: ln 4 = 1.39
    #expect(last.trainLoss < 0.05)
    #expect(last.evaluation.loss < 0.1)
    #expect(last.evaluation.accuracy == 1)
  }

  @Test("steps, epochs and leftovers are counted")
  func counts() throws {
    let recorder = Recorder()
    let loop = try Fixtures.loop()
    #expect(loop.stepsPerEpoch == 4)  // 18 images in batches of 4, 2 sit out
    #expect(loop.totalSteps == 12)
    let summary = try loop.run(recorder.observer)
    #expect(recorder.steps.map(\.step) == Array(1...12))
    #expect(recorder.steps.map(\.epoch) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    #expect(recorder.epochs.map(\.epoch) == [1, 2, 3])
    #expect(recorder.epochs.map(\.step) == [4, 8, 12])
    #expect(summary.epochs == recorder.epochs)
    #expect(summary.stepsExecuted == 12)
    #expect(summary.samplesTrained == 48)
    #expect(!summary.isInterrupted)
    #expect(loop.epochsCompleted == 3)
    let mean = recorder.steps[4..<8].reduce(0) { $0 + Double($1.loss) } / 4
    #expect(recorder.epochs[1].trainLoss == mean)
  }

  @Test(
    "evaluation counts every test image once, whatever the batch size",
    arguments: [
      1, 4, 11, 16,
    ])
  func evaluation(batchSize: Int) throws {
    // 11 images. One at a time there is nothing to mask: that is the reference.
    let single = try Fixtures.loop(Fixtures.program(evaluationBatchSize: 1)).evaluate()
    let loop = try Fixtures.loop(Fixtures.program(evaluationBatchSize: batchSize))
    let result = try loop.evaluate()
    #expect(result.count == 11)
    #expect(result.correct == single.correct)
    // Sums of up to 11 losses of order 1 in f32.
    #expect(abs(result.loss - single.loss) < 11 * 0x1p-22)
    #expect(result.executions == (11 + batchSize - 1) / batchSize)
  }

  @Test("evaluation sees the parameters that training has reached")
  func evaluationAfterTraining() throws {
    let loop = try Fixtures.loop(epochs: 10)
    let before = try loop.evaluate()
    let summary = try loop.run()
    let after = try loop.evaluate()
    #expect(after.loss < before.loss)
    #expect(after == summary.epochs.last?.evaluation)
  }

  @Test("the same seed gives the same bits, another seed others")
  func determinism() throws {
    func checkpoint(seed: UInt64) throws -> Checkpoint {
      let loop = try Fixtures.loop(seed: seed)
      _ = try loop.run()
      return try loop.checkpoint()
    }
    let first = try checkpoint(seed: 7)
    #expect(try checkpoint(seed: 7) == first)
    #expect(try checkpoint(seed: 8).tensors[0] != first.tensors[0])
  }

  @Test("asked to stop, it stops after the step, and goes on when run again")
  func stop() throws {
    let whole = Recorder()
    _ = try Fixtures.loop().run(whole.observer)
    let parts = Recorder()
    let loop = try Fixtures.loop()
    parts.limit = 6
    let first = try loop.run(parts.observer)
    #expect(first.isInterrupted)
    #expect(first.stepsExecuted == 6)
    #expect(loop.stepsCompleted == 6)
    parts.limit = .max
    let second = try loop.run(parts.observer)
    #expect(!second.isInterrupted)
    #expect(second.stepsExecuted == 6)
    #expect(parts.steps == whole.steps)
    #expect(parts.epochs == whole.epochs)
    #expect(try loop.run().stepsExecuted == 0)
  }

  @Test("a stop after the last step of an epoch comes after its evaluation")
  func stopAtEndOfEpoch() throws {
    let recorder = Recorder()
    recorder.limit = 4
    let summary = try Fixtures.loop().run(recorder.observer)
    #expect(summary.isInterrupted)
    #expect(recorder.epochs.count == 1)
  }

  @Test("a loss that is no number ends the run with a hint")
  func divergence() throws {
    let recorder = Recorder()
    let loop = try Fixtures.loop(Fixtures.program(SGD(learningRate: 1e38)))
    let error = #expect(throws: TrainingError.self) { try loop.run(recorder.observer) }
    let last = try #require(recorder.steps.last)
    #expect(!last.loss.isFinite)
    #expect(recorder.steps.dropLast().allSatisfy { $0.loss.isFinite })
    #expect(
      error?.description
        == "The loss became \(last.loss) in step \(last.step) (epoch \(last.epoch)): "
        + "training diverged. Use a smaller learning rate.")
  }

  @Test("seconds come from the given clock: two readings a step, two an evaluation")
  func clock() throws {
    var now = 0.0
    let loop = try Fixtures.loop(epochs: 1) {
      now += 1
      return now
    }
    #expect(loop.stepCompileSeconds == 1)
    let summary = try loop.run()
    #expect(summary.trainSeconds == 4)
    #expect(summary.epochs[0].trainSeconds == 4)
    #expect(summary.epochs[0].evaluation.seconds == 1)
    #expect(now == 2 + 4 * 2 + 2)
  }

  @Test("a step moves its batch and four bytes, and makes no buffer")
  func transfers() throws {
    let device = CountingDevice()
    let loop = try Fixtures.loop(device: device, epochs: 1)
    // Parameters 9·5 + 5 + 5·4 + 4 = 74, each with m and v, and two scalars: 224 of 4 bytes, 896.
    #expect(loop.transfers == TransferCount(bytesToDevice: 896, bytesFromDevice: 0))
    let buffers = device.buffers
    _ = try loop.run()
    #expect(device.buffers == buffers)
    // Four batches of 4 (9 + 4 bytes an image), two evaluations of 8; a loss a step, 8 bytes each.
    #expect(loop.transfers.bytesToDevice - 896 == 4 * 4 * 13 + 2 * 8 * 13)
    #expect(loop.transfers.bytesFromDevice == 4 * 4 + 2 * 8)
  }

  @Test("data that do not fit are errors")
  func misfits() throws {
    func error(_ body: () throws -> TrainingLoop) -> String? {
      do { _ = try body() } catch { return "\(error)" }
      return nil
    }
    let large = ImageDataset(
      name: "large", images: [UInt8](repeating: 0, count: 16), labels: [0], rows: 4, columns: 4,
      classes: 4)
    #expect(
      error { try Fixtures.loop(train: large) }
        == "The data set 'large' has images of 4 x 4, the model takes 3 x 3. "
        + "Use a data set or a model that fits.")
    let many = ImageDataset(
      name: "many", images: [UInt8](repeating: 0, count: 9), labels: [0], rows: 3, columns: 3,
      classes: 5)
    #expect(
      error { try Fixtures.loop(test: many) }
        == "The data set 'many' has 5 classes, the model takes 4. "
        + "Use a data set or a model that fits.")
    #expect(
      error { try Fixtures.loop(test: Fixtures.corners(count: 0, seed: 1)) }
        == "The data set 'corners' has no images, the model takes at least one. "
        + "Use a data set or a model that fits.")
    #expect(
      error { try Fixtures.loop(epochs: 0) } == "The number of epochs is 0, expected 1 or more.")
    #expect(
      error { try Fixtures.loop(train: Fixtures.corners(count: 3, seed: 1)) }
        == "A batch of 4 cannot be made from 3 samples. Use a smaller batch size or more samples.")
  }

  @Test("what the device reports is passed on")
  func deviceFailure() throws {
    let device = EvaluatorDevice { (graph, inputs) throws(GraphError) in
      throw GraphError(place: graph.name, reason: "broke down")
    }
    let loop = try Fixtures.loop(device: device)
    let error = #expect(throws: TrainingError.self) { try loop.run() }
    #expect(error?.description == "evaluator: training_step: broke down")
  }
}

/// An evaluator that counts the buffers it is asked for.
private final class CountingDevice: Device {
  private let inner = EvaluatorDevice()
  private let count = Mutex(0)
  var buffers: Int { count.withLock { $0 } }
  var descriptor: DeviceDescriptor { inner.descriptor }

  func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    count.withLock { $0 += 1 }
    return inner.makeBuffer(type)
  }

  func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    try inner.compile(graph, options: options)
  }
}
