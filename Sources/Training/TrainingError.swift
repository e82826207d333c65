public import Datasets
public import DeviceAPI
public import GraphIR

/// Why a training run cannot start, continue or resume.
public enum TrainingError: Error, Hashable, Sendable {
  /// A model, a layer or an optimizer built a graph that breaks a rule of the IR.
  case graph(GraphError)
  /// The device could not compile, hold or run the program.
  case device(DeviceError)
  /// Batches cannot be made of the data set.
  case dataset(DatasetError)
  /// No optimizer of this name.
  case unknownOptimizer(name: String)
  /// A setting outside of what makes sense.
  case invalidSetting(name: String, value: String, expected: String)
  /// Images or classes of the data set are not what the model takes.
  case dataMismatch(dataset: String, found: String, expected: String)
  /// The loss is infinite or not a number, so the parameters are lost.
  case nonFiniteLoss(step: Int, epoch: Int, loss: Float)
  /// The checkpoint comes from a run with another setting.
  case checkpointMismatch(what: String, checkpoint: String, run: String)
  /// The data set holds other images or labels than the one that the checkpoint's run had.
  case otherData(checkpoint: String, run: String)
  /// The pixels of the data set are of another type than those of the checkpoint's run.
  case otherPixels(checkpoint: String, data: String)
  /// The checkpoint's tensors or layers are not those of the model.
  case otherModel(checkpoint: String, model: String, difference: String)
  /// The checkpoint lacks something, has too much, or holds what cannot be.
  case checkpointDamaged(reason: String)
  /// A program that another tool wrote cannot be trained with, for `reason`.
  case unusableProgram(name: String, reason: String)
  /// What a weight is multiplied with holds values that are no finite numbers.
  case nonFiniteRange(weight: String)
}

extension TrainingError: CustomStringConvertible {
  /// The error in one line, for the user.
  public var description: String {
    switch self {
    case .graph(let error): "The training graph is unsound: \(error)"
    case .device(let error): error.description
    case .dataset(let error): error.description
    case .unknownOptimizer(let name):
      "No optimizer is called '\(name)'. Use one of: "
        + OptimizerCatalog.names.joined(separator: ", ") + "."
    case .invalidSetting(let name, let value, let expected):
      "The \(name) is \(value), expected \(expected)."
    case .dataMismatch(let dataset, let found, let expected):
      "The data set '\(dataset)' has \(found), the model takes \(expected). "
        + "Use a data set or a model that fits."
    case .nonFiniteLoss(let step, let epoch, let loss):
      "The loss became \(loss) in step \(step) (epoch \(epoch)): training diverged. "
        + "Use a smaller learning rate."
    case .checkpointMismatch(let what, let checkpoint, let run):
      "The checkpoint's \(what) is \(checkpoint), this run's is \(run). "
        + "Resume with the settings of the checkpoint, or start afresh."
    case .otherData(let checkpoint, let run):
      "The data set '\(run)' does not hold the images and labels that the checkpoint's run learnt "
        + "from\(run == checkpoint ? "; its file has changed since" : ", '\(checkpoint)'"). Resume "
        + "with those, or start afresh."
    case .otherPixels(let checkpoint, let data):
      "The checkpoint's run learnt from pixels of type \(checkpoint), and those of the data set are "
        + "\(data), which a model sees otherwise. Use data of the same type."
    case .otherModel(let checkpoint, let model, let difference):
      "The checkpoint holds the model '\(checkpoint)', not '\(model)': \(difference). "
        + "Name the checkpoint's own model, or use a checkpoint of this one."
    case .nonFiniteRange(let weight):
      "What '\(weight)' is multiplied with is no finite number on some calibration image, so it "
        + "has no range to quantize. Use another checkpoint."
    case .unusableProgram(let name, let reason):
      "\(name): \(reason)."
    case .checkpointDamaged(let reason):
      "The checkpoint cannot be taken up: \(reason). Use another checkpoint."
    }
  }
}

/// Runs `body` and turns its error into this module's.
func training<T>(graph body: () throws(GraphError) -> T) throws(TrainingError) -> T {
  do { return try body() } catch { throw .graph(error) }
}

/// Runs `body` and turns its error into this module's.
func training<T>(device body: () throws(DeviceError) -> T) throws(TrainingError) -> T {
  do { return try body() } catch { throw .device(error) }
}

/// Runs `body` and turns its error into this module's.
func training<T>(dataset body: () throws(DatasetError) -> T) throws(TrainingError) -> T {
  do { return try body() } catch { throw .dataset(error) }
}
