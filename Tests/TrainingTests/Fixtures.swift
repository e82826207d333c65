import Datasets
import DeviceAPI
import TestSupport

@testable import Training

/// A toy problem: 3 x 3 images of four classes, each with another bright corner, and noise.
enum Fixtures {
  static func corners(count: Int, seed: UInt64, name: String = "corners") -> ImageDataset {
    var random = TestRandom(seed: seed)
    var images: [UInt8] = []
    var labels: [Int32] = []
    for index in 0..<count {
      let label = index % 4
      labels.append(Int32(label))
      for pixel in 0..<9 {
        let isCorner = pixel == [0, 2, 6, 8][label]
        images.append(UInt8(random.value(in: isCorner ? 180...255 : 0...90)))
      }
    }
    return ImageDataset(name: name, images: images, labels: labels, rows: 3, columns: 3, classes: 4)
  }

  static let model = MLP(hidden: [5], rows: 3, columns: 3, classes: 4)

  static func program(
    _ optimizer: any Optimizer = Adam(learningRate: 0.02), batchSize: Int = 4,
    evaluationBatchSize: Int = 8
  ) throws -> TrainingProgram {
    try TrainingProgram(
      model: model, optimizer: optimizer, batchSize: batchSize,
      evaluationBatchSize: evaluationBatchSize)
  }

  /// 18 training images (four batches of 4 and 2 left over), 11 test images.
  static func loop(
    _ program: TrainingProgram? = nil, device: any Device = EvaluatorDevice(), epochs: Int = 3,
    seed: UInt64 = 7, train: ImageDataset? = nil, test: ImageDataset? = nil,
    resuming checkpoint: Checkpoint? = nil, clock: @escaping () -> Double = { 0 }
  ) throws -> TrainingLoop {
    try TrainingLoop(
      program: program ?? self.program(), device: device,
      trainingData: train ?? corners(count: 18, seed: 1),
      testData: test ?? corners(count: 11, seed: 2),
      options: TrainingOptions(epochs: epochs, seed: seed), resuming: checkpoint, clock: clock)
  }
}

/// What an observer was told.
final class Recorder {
  var steps: [StepMetrics] = []
  var epochs: [EpochMetrics] = []
  /// Stop when this many steps were recorded.
  var limit = Int.max

  var observer: TrainingObserver {
    TrainingObserver(
      stepCompleted: { self.steps.append($0) }, epochCompleted: { self.epochs.append($0) },
      shouldStop: { self.steps.count >= self.limit })
  }
}
