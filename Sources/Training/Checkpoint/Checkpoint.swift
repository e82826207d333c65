public import GraphIR

/// Everything that a run needs to continue bit for bit, as plain values.
///
/// What is in it is flat: named tensors and named settings, so that any file format with arrays
/// and attributes can hold it. A program may add entries of its own, which the loop does not read.
public struct Checkpoint: Hashable, Sendable {
  /// A tensor of the run's state.
  public struct Tensor: Hashable, Sendable {
    /// `dense1.weight`, `adam.biasCorrection1`, `dense1.weight.m`; without a slash.
    public var name: String
    public var type: TensorType
    /// Dense, row-major, little-endian.
    public var bytes: [UInt8]

    public init(name: String, type: TensorType, bytes: [UInt8]) {
      self.name = name
      self.type = type
      self.bytes = bytes
    }
  }

  /// The value of a setting.
  public enum Value: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case real(Double)
    case texts([String])
  }

  /// A setting or a counter of the run.
  public struct Entry: Hashable, Sendable {
    public var name: String
    public var value: Value

    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// In the order of `TrainingProgram.state`.
  public var tensors: [Tensor]
  /// In a fixed order; each name once.
  public var entries: [Entry]

  public init(tensors: [Tensor], entries: [Entry]) {
    self.tensors = tensors
    self.entries = entries
  }

  /// The setting called `name`.
  public subscript(name: String) -> Value? { entries.first { $0.name == name }?.value }

  /// Names of the entries that every checkpoint has.
  public enum Key {
    /// Integer: what the entries mean; see `Checkpoint.version`.
    public static let version = "version"
    /// Text: the model's name.
    public static let model = "model"
    /// Text: the model's summary, `784-128-10`.
    public static let modelSummary = "modelSummary"
    /// Text: the optimizer's name.
    public static let optimizer = "optimizer"
    /// Real: each hyper-parameter is called `optimizer.` and its name.
    public static let hyperparameterPrefix = "optimizer."
    /// Text: the `PrecisionPolicy`.
    public static let precision = "precision"
    /// Integer, 1: there are ranges in the state. Only of quantization-aware training.
    public static let quantizeAware = "quantizeAware"
    /// Integer, of `bf16`: 1 if new state is rounded by chance.
    public static let stochasticRounding = "stochasticRounding"
    /// Real, of policies that scale the loss: each setting is called `lossScale.` and its name.
    public static let lossScalePrefix = "lossScale."
    /// Text: the learning-rate schedule as it is asked for, `cosine`.
    public static let schedule = "schedule"
    /// Integer: all steps that the run was to have, on which a cosine schedule depends.
    public static let scheduleSteps = "scheduleSteps"
    /// Integer: steps in which the learning rate rises.
    public static let warmupSteps = "warmupSteps"
    /// Real: 0 for none.
    public static let weightDecay = "weightDecay"
    /// Real: the norm that gradients are clipped at; 0 for no clipping.
    public static let clipNorm = "clipNorm"
    /// Text: the data set's name.
    public static let dataset = "dataset"
    /// Integer: training images.
    public static let sampleCount = "sampleCount"
    /// Integer: images in a step.
    public static let batchSize = "batchSize"
    /// Integer, the bits of an unsigned one: the seed of the run.
    public static let seed = "seed"
    /// Integer: epochs before the current one.
    public static let epoch = "epoch"
    /// Integer: steps done in the current epoch.
    public static let stepInEpoch = "stepInEpoch"
    /// Integer: steps since the first of all.
    public static let step = "step"
    /// Real: the sum of the current epoch's step losses.
    public static let epochLossSum = "epochLossSum"
    /// Integers, the bits of unsigned ones: the words of the generator at the start of the
    /// current epoch are called this and `0` to `3`.
    public static let generatorPrefix = "generator."
  }

  /// The version that this code writes and reads.
  public static let version: Int64 = 2
}
