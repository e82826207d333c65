internal import RunLog
internal import Training

/// Writes the checkpoints of one run to one file.
final class Checkpointer {
  let path: String
  private let settings: [RunAttribute]
  /// Absolute path of the run's file, which checkpoints name; `nil` as long as there is none.
  var runFile: String?
  /// Why the last checkpoint was not written.
  private(set) var failure: String?
  /// Whether a checkpoint of this run is in the file.
  private(set) var hasSaved = false

  init(path: String, settings: [RunAttribute]) {
    self.path = path
    self.settings = settings
  }

  /// Takes the file's name before the first step, with the run as it begins.
  ///
  /// - Throws: `RunLogError`, where another run was first too.
  func begin(_ loop: TrainingLoop) throws(RunLogError) {
    let contents: CheckpointContents
    do { contents = try self.contents(loop) } catch {
      throw .cannotWriteCheckpoint(path: path, reason: "\(error)")
    }
    try CheckpointFile.write(contents, to: path, replacesExisting: false)
  }

  /// Saves the run as it stands; on failure the checkpoint before stays, and training goes on.
  func save(_ loop: TrainingLoop) {
    do {
      try CheckpointFile.write(contents(loop), to: path)
      failure = nil
      hasSaved = true
    } catch { failure = "\(error)" }
  }

  private func contents(_ loop: TrainingLoop) throws -> CheckpointContents {
    let file = runFile.map { RunAttribute(RunKey.runFile, .text($0)) }
    return SavedRun.contents(try loop.checkpoint(), adding: settings + [file].compactMap(\.self))
  }
}
