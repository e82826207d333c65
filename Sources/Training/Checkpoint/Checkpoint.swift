package import GraphIR

/// Everything that a run needs to continue bit for bit, as plain values.
///
/// What is in it is flat: named tensors and named settings, so that any file format with arrays
/// and attributes can hold it. A program may add entries of its own, which the loop does not read.
public struct Checkpoint: Hashable, Sendable {
  /// A tensor of the run's state.
  package struct Tensor: Hashable, Sendable {
    /// `dense1.weight`, `adam.biasCorrection1`, `dense1.weight.m`; without a slash.
    package var name: String
    package var type: TensorType
    /// Dense, row-major, little-endian.
    package var bytes: [UInt8]

    package init(name: String, type: TensorType, bytes: [UInt8]) {
      self.name = name
      self.type = type
      self.bytes = bytes
    }
  }

  /// The value of a setting.
  package enum Value: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case real(Double)
    case texts([String])
  }

  /// A setting or a counter of the run.
  package struct Entry: Hashable, Sendable {
    package var name: String
    package var value: Value

    package init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// In the order of `TrainingProgram.state`.
  package var tensors: [Tensor]
  /// In a fixed order; each name once.
  package var entries: [Entry]

  package init(tensors: [Tensor], entries: [Entry]) {
    self.tensors = tensors
    self.entries = entries
  }

  /// The setting called `name`.
  package subscript(name: String) -> Value? { entries.first { $0.name == name }?.value }

  /// Names of the entries that every checkpoint has.
  package enum Key {
    /// Integer: what the entries mean; see `Checkpoint.version`.
    package static let version = "version"
    /// Text: the model's name.
    package static let model = "model"
    /// Text: the model's summary, `784-128-10`.
    package static let modelSummary = "modelSummary"
    /// Text: the optimizer's name.
    package static let optimizer = "optimizer"
    /// Real: each hyper-parameter is called `optimizer.` and its name.
    package static let hyperparameterPrefix = "optimizer."
    /// Text: the `PrecisionPolicy`.
    package static let precision = "precision"
    /// Integer, 1: there are ranges in the state. Only of quantization-aware training.
    package static let quantizeAware = "quantizeAware"
    /// Integer, of `bf16`: 1 if new state is rounded by chance.
    package static let stochasticRounding = "stochasticRounding"
    /// Real, of policies that scale the loss: each setting is called `lossScale.` and its name.
    package static let lossScalePrefix = "lossScale."
    /// Text: the learning-rate schedule as it is asked for, `cosine`.
    package static let schedule = "schedule"
    /// Integer: all steps that the run was to have, on which a cosine schedule depends.
    package static let scheduleSteps = "scheduleSteps"
    /// Integer: steps in which the learning rate rises.
    package static let warmupSteps = "warmupSteps"
    /// Real: 0 for none.
    package static let weightDecay = "weightDecay"
    /// Real: the norm that gradients are clipped at; 0 for no clipping.
    package static let clipNorm = "clipNorm"
    /// Text: the type of pixels; where it is absent, `ui8`.
    package static let pixelType = "pixelType"
    /// Text: the data set's name.
    package static let dataset = "dataset"
    /// Integer, the bits of an unsigned one: `ImageDataset.contentHash` of the training images.
    package static let datasetHash = "datasetHash"
    /// Integer: training images.
    package static let sampleCount = "sampleCount"
    /// Integer: images in a step.
    package static let batchSize = "batchSize"
    /// Integer: parts that a step's batch is cut in; where it is absent, 1.
    package static let shards = "shards"
    /// Integer, the bits of an unsigned one: the seed of the run.
    package static let seed = "seed"
    /// Integer: epochs before the current one.
    package static let epoch = "epoch"
    /// Integer: steps done in the current epoch.
    package static let stepInEpoch = "stepInEpoch"
    /// Integer: steps since the first of all.
    package static let step = "step"
    /// Real: the sum of the current epoch's step losses.
    package static let epochLossSum = "epochLossSum"
    /// Integers, the bits of unsigned ones: the words of the generator at the start of the
    /// current epoch are called this and `0` to `3`.
    package static let generatorPrefix = "generator."
  }

  /// The version that this code writes and reads.
  public static let version: Int64 = 2
}
