internal import GraphPasses
internal import RunLog
internal import Training

/// What a training run came to.
struct TrainReport {
  var device: String
  var config: String?
  var model: String
  var dataset: String
  var optimizer: String
  var precision: PrecisionSettings
  var quantizeAware: Bool
  var fusion: FusionMode
  /// Where loss scaling stands; `nil` where the loss is not scaled.
  var lossScale: LossScaleStatus?
  var batchSize: Int
  var shards: Int
  /// Cores that trained together; `nil` for a device that has none to choose.
  var cores: Int?
  var seed: UInt64
  var epochs: Int
  var epochsCompleted: Int
  /// Steps since the first of all.
  var stepsCompleted: Int
  var threads: Int
  var summary: TrainingSummary
  /// The epochs that this process ended.
  var history: [EpochRecord]
  /// The last step's loss.
  var lastLoss: Double?
  /// `nil` where the device does not model its costs.
  var cost: CostReport?
  var compileSeconds: Double
  /// Host time of training, evaluation and logging.
  var hostSeconds: Double
  var peakMemoryBytes: Int
  var runFile: String?
  var runFileBytes: Int?
  var loggingSeconds: Double?
  var checkpoint: String?

  var lastEpoch: EpochMetrics? { summary.epochs.last }

  var samplesPerSecond: Double {
    Double(summary.samplesTrained) / max(summary.trainSeconds, 1e-9)
  }

  /// Host time of the steps for each second that the simulated chip would take.
  var slowdown: Double? {
    cost.map { summary.trainSeconds / max($0.simulatedSeconds, 1e-15) }
  }
}
