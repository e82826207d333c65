internal import ConfigFiles
internal import Foundation
internal import Training

/// What most figures are about: the MLP 784-128-10, batch 32, Adam with learning rate 0.001.
func benchmarkProgram() throws -> TrainingProgram {
  try TrainingProgram(model: MLP(), optimizer: Adam(learningRate: 0.001), batchSize: 32)
}

/// A model of `Configs/Models` for MNIST, with Adam and learning rate 0.001.
func benchmarkProgram(
  model: String, batchSize: Int, library: ConfigLibrary
) throws -> TrainingProgram {
  let document = try library.document(model, kind: "Models")
  let described = try document.decode(ModelDescription.self)
    .model(rows: 28, columns: 28, classes: 10, from: document)
  return try TrainingProgram(
    model: described, optimizer: Adam(learningRate: 0.001), batchSize: batchSize)
}

/// The configurations that simtrain would find from here, or those of a folder.
func configLibrary(_ folder: String?) throws -> ConfigLibrary {
  try ConfigLibrary(
    explicit: folder, environment: ProcessInfo.processInfo.environment,
    executable: CommandLine.arguments.first,
    currentDirectory: FileManager.default.currentDirectoryPath)
}
