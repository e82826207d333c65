internal import RunLog
internal import Training

/// Writes the checkpoints of one run to one file.
final class Checkpointer {
  let path: String
  private let entries: [Checkpoint.Entry]
  /// Absolute path of the run's file, which checkpoints name; `nil` as long as there is none.
  var runFile: String?
  /// Why the last checkpoint was not written.
  private(set) var failure: String?
  /// Whether a checkpoint of this run is in the file.
  private(set) var hasSaved = false

  /// - Parameter entries: what is added to the training loop's own.
  init(path: String, entries: [Checkpoint.Entry]) {
    self.path = path
    self.entries = entries
  }

  /// Takes the file's name before the first step, with the run as it begins.
  ///
  /// - Throws: `RunLogError`, where another run was first too.
  func begin(_ loop: TrainingLoop) throws(RunLogError) {
    let checkpoint: Checkpoint
    do { checkpoint = try self.checkpoint(loop) } catch {
      throw .cannotWriteCheckpoint(path: path, reason: "\(error)")
    }
    try CheckpointFile.write(checkpoint, to: path, replacesExisting: false)
  }

  /// Saves the run as it stands; on failure the checkpoint before stays, and training goes on.
  func save(_ loop: TrainingLoop) {
    do {
      try CheckpointFile.write(checkpoint(loop), to: path)
      failure = nil
      hasSaved = true
    } catch { failure = "\(error)" }
  }

  private func checkpoint(_ loop: TrainingLoop) throws -> Checkpoint {
    var checkpoint = try loop.checkpoint()
    checkpoint.entries += entries
    if let runFile {
      checkpoint.entries.append(Checkpoint.Entry(name: RunKey.runFile, value: .text(runFile)))
    }
    return checkpoint
  }
}
