import Datasets
import DeviceAPI
import TestSupport
import Testing

@testable import Training

@Suite("Evaluating a checkpoint")
struct EvaluationTests {
  static func checkpoint() throws -> Checkpoint {
    let loop = try Fixtures.loop(epochs: 1)
    _ = try loop.run()
    return try loop.checkpoint()
  }

  @Test("the evaluator gives what the loop's own evaluation gives, whatever the batch size")
  func evaluator() throws {
    let loop = try Fixtures.loop(epochs: 1)
    let expected = try #require(try loop.run().epochs.last).evaluation
    let trained = try TrainedModel(loop.checkpoint(), model: Fixtures.model)
    #expect(trained.steps == 4)
    for size in [1, 4, 11, 30] {
      let evaluator = try Evaluator(
        TrainingProgram.evaluationGraph(trained.model, batchSize: size), state: trained.state,
        device: EvaluatorDevice(), options: CompileOptions())
      let metrics = try evaluator.run(over: loop.testData) { 0 }
      #expect(metrics.correct == expected.correct)
      #expect(abs(metrics.loss - expected.loss) < 1e-6)
      #expect(metrics.executions == (11 + size - 1) / size)
    }
  }

  @Test(
    "calibration sees every image, and none that is not there, whatever the batch size",
    arguments: [1, 4, 7, 18, 100])
  func calibration(batchSize: Int) throws {
    let trained = try TrainedModel(Self.checkpoint(), model: Fixtures.model)
    // The brightest image is the last: a batch that leaves it out would not find its pixels.
    let dim = Fixtures.corners(count: 18, seed: 1)
    let pixels = dim.images.enumerated().map { $0 / 9 == 17 ? $1 : $1 / 2 }
    let images = ImageDataset(
      name: "dim", images: pixels, labels: dim.labels, rows: 3, columns: 3, classes: 4)
    let ranges = try Calibration.ranges(
      of: trained, over: images, on: EvaluatorDevice(), batchSize: batchSize)
    #expect(Set(ranges.keys) == ["dense1.weight", "dense2.weight"])
    #expect(ranges["dense1.weight"] == Float(pixels.max() ?? 0) * Float(1.0 / 255))
    var greatest = 0.0
    for image in 0..<18 {
      for unit in 0..<5 {
        var sum: Double = trained.state[1][unit]
        for pixel in 0..<9 {
          let value = Double(pixels[9 * image + pixel]) / 255
          sum += value * trained.state[0][5 * pixel + unit]
        }
        greatest = max(greatest, sum)
      }
    }
    let range = try #require(ranges["dense2.weight"])
    #expect(abs(Double(range) - greatest) < 1e-6)
  }

  @Test("images that the model does not take are an error")
  func misfit() throws {
    let trained = try TrainedModel(Self.checkpoint(), model: Fixtures.model)
    let images = ImageDataset(
      name: "wide", images: [0, 0, 0, 0], labels: [0], rows: 2, columns: 2, classes: 4)
    #expect(
      throws: TrainingError.dataMismatch(
        dataset: "wide", found: "images of 2 x 2", expected: "3 x 3")
    ) { try Calibration.ranges(of: trained, over: images, on: EvaluatorDevice()) }
  }

  @Test("a checkpoint is taken for another model only with the difference")
  func otherModel() throws {
    let checkpoint = try Self.checkpoint()
    func difference(_ model: any Model, _ checkpoint: Checkpoint) -> String? {
      do { _ = try TrainedModel(checkpoint, model: model) } catch {
        if case .otherModel(_, _, let difference) = error { return difference }
        return "\(error)"
      }
      return nil
    }
    #expect(difference(Fixtures.model, checkpoint) == nil)
    #expect(
      difference(MLP(hidden: [6], rows: 3, columns: 3, classes: 4), checkpoint)
        == "its tensor 'dense1.weight' is tensor<9x5xf32>, expected tensor<9x6xf32>")
    #expect(
      difference(MLP(hidden: [5, 4], rows: 3, columns: 3, classes: 4), checkpoint)
        == "it has no tensor 'dense3.weight'")
    var short = checkpoint
    short.tensors[0].bytes.removeLast()
    #expect(
      difference(Fixtures.model, short)
        == "The checkpoint cannot be taken up: 'dense1.weight' has 179 bytes, expected 180. "
        + "Use another checkpoint.")
    var nameless = checkpoint
    nameless.entries.removeAll { $0.name == Checkpoint.Key.model }
    #expect(
      difference(Fixtures.model, nameless)
        == "The checkpoint cannot be taken up: it has no text called 'model'. "
        + "Use another checkpoint.")
  }
}
