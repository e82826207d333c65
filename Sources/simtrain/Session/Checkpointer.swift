internal import RunLog
internal import Training

/// Writes the checkpoints of one run to one file.
final class Checkpointer {
  let path: String
  private let settings: [RunAttribute]
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
    let checkpoint: Checkpoint
    do { checkpoint = try loop.checkpoint() } catch {
      throw .cannotWriteCheckpoint(path: path, reason: "\(error)")
    }
    try CheckpointFile.write(
      SavedRun.contents(checkpoint, adding: settings), to: path, replacesExisting: false)
  }

  /// Saves the run as it stands; on failure the checkpoint before stays, and training goes on.
  func save(_ loop: TrainingLoop) {
    do {
      let checkpoint = try loop.checkpoint()
      try CheckpointFile.write(SavedRun.contents(checkpoint, adding: settings), to: path)
      failure = nil
      hasSaved = true
    } catch { failure = "\(error)" }
  }
}
