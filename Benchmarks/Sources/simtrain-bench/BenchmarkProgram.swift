internal import ConfigFiles
internal import Foundation
internal import Training

/// What every figure is about: the MLP 784-128-10, batch 32, Adam with learning rate 0.001.
func benchmarkProgram() throws -> TrainingProgram {
  try TrainingProgram(model: MLP(), optimizer: Adam(learningRate: 0.001), batchSize: 32)
}

/// The configurations that simtrain would find from here, or those of a folder.
func configLibrary(_ folder: String?) throws -> ConfigLibrary {
  try ConfigLibrary(
    explicit: folder, environment: ProcessInfo.processInfo.environment,
    executable: CommandLine.arguments.first,
    currentDirectory: FileManager.default.currentDirectoryPath)
}
