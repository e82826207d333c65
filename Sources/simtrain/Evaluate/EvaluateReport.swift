internal import DeviceAPI
internal import GraphPasses
internal import Training
internal import Units

/// What an evaluation came to.
struct EvaluateReport {
  let checkpoint: String
  let device: String
  let config: String?
  let model: String
  let dataset: String
  /// Training steps that made the model.
  let steps: Int
  let batchSize: Int
  let threads: Int
  /// `nil` if nothing was quantized.
  let quantization: QuantizationDescription?
  /// The model as it was trained, then what else was made of it.
  let rows: [EvaluationRow]
}

/// How the second row was quantized.
struct QuantizationDescription: Hashable {
  let mode: QuantizeChoice.Mode
  let weights: WeightScales
  let ranges: RangeSource

  /// Where the ranges of activations come from.
  enum RangeSource: Hashable {
    /// Each batch has its own.
    case batch
    case calibration(images: Int)
    /// Quantization-aware training kept them.
    case training

    /// In JSON and run files.
    var name: String {
      switch self {
      case .batch: "batch"
      case .calibration: "calibration"
      case .training: "training"
      }
    }

    /// Images that were calibrated with.
    var images: Int? {
      if case .calibration(let images) = self { images } else { nil }
    }
  }
}

/// One form of the model on the test set.
struct EvaluationRow {
  /// `fp32`, `int8-dynamic`.
  let name: String
  let metrics: EvaluationMetrics
  /// Bytes of the resident parameters.
  let modelBytes: Int
  let profile: ExecutionProfile?

  /// What an execution costs; `nil` where the device does not model it.
  var cost: SimulatedCost? { profile?.simulated }

  /// All executions.
  var total: (cycles: Cycles, energy: EnergyBreakdown)? {
    cost.map {
      ($0.cycles(executions: metrics.executions), $0.energy(executions: metrics.executions))
    }
  }
}
