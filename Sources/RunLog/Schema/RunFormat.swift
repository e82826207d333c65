/// What marks a run file, and the names of its parts. `Docs/run-file.md` is the description.
enum RunFormat {
  /// The root's attribute `format`.
  static let name = "simtrain run"
  /// The root's attribute `formatVersion`. It rises with every change that a reader of the version
  /// before would trip over: a part that is renamed, removed or means something else.
  ///
  /// Version 2 has the status `failed`.
  static let version = 2

  static let config = "config"
  static let configText = "config/text"
  static let hyperParameters = "hyperParameters"
  static let summary = "summary"
  static let epochs = "metrics/epoch"
  static let executables = "executables"
  static let deviations = "deviations"
  static let steps = "metrics/step"

  /// The group of the executable that is stored as `name`.
  static func executable(_ name: String) -> String { "\(executables)/\(name)" }
}

/// The columns of `metrics/step`, each a dataset of its own.
enum StepField {
  static let step = "\(RunFormat.steps)/step"
  static let loss = "\(RunFormat.steps)/loss"
  static let executable = "\(RunFormat.steps)/executable"
  static let startCycle = "\(RunFormat.steps)/startCycle"
  static let cycles = "\(RunFormat.steps)/cycles"
  static let energyPicojoules = "\(RunFormat.steps)/energyPicojoules"
  static let lossScale = "\(RunFormat.steps)/lossScale"
  static let skippedSteps = "\(RunFormat.steps)/skippedSteps"

  /// What `executable` holds in a step whose cost is not modelled.
  static let noExecutable = -1
}

/// The root's attributes.
enum RootAttribute {
  static let format = "format"
  static let formatVersion = "formatVersion"
  static let generator = "generator"
  static let commandLine = "commandLine"
  static let seed = "seed"
  static let device = "device"
  static let dataset = "dataset"
  static let model = "model"
  static let recipe = "recipe"
  static let configName = "configName"
  static let status = "status"
  /// Of a run whose status is `failed`: why.
  static let failure = "failure"
  static let continuesRun = "continuesRun"
  static let continuesCheckpoint = "continuesCheckpoint"
  static let continuesStep = "continuesStep"
}
