internal import Reports
internal import RunLog
internal import Training

extension EpochRecord {
  /// An epoch as run files and reports have it.
  ///
  /// - Parameter samples: images that this process trained with in the epoch.
  init(_ metrics: EpochMetrics, samples: Int) {
    self.init(
      epoch: metrics.epoch, trainLoss: metrics.trainLoss, testLoss: metrics.evaluation.loss,
      testAccuracy: metrics.evaluation.accuracy, seconds: metrics.trainSeconds,
      samplesPerSecond: Double(samples) / max(metrics.trainSeconds, 1e-9))
  }

  var json: JSONValue {
    .object([
      .init("epoch", .integer(epoch)), .init("trainLoss", .real(trainLoss)),
      .init("testLoss", .real(testLoss)), .init("testAccuracy", .real(testAccuracy)),
      .init("seconds", .real(seconds)), .init("samplesPerSecond", .real(samplesPerSecond)),
    ])
  }
}
