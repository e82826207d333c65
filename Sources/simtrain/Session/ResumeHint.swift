/// What to say after an interruption.
struct ResumeHint {
  let request: TrainRequest
  let saved: Checkpointer?

  init(request: TrainRequest, saved: Checkpointer?) {
    self.request = request
    self.saved = saved
  }

  func write() {
    StandardStreams.note(text(program: CommandLine.arguments.first ?? "simtrain"))
  }

  /// The sentence, with the exact command that continues.
  func text(program: String) -> String {
    guard let saved, saved.hasSaved, saved.failure == nil else {
      return "Interrupted. Nothing to resume from: give --checkpoint FILE next time."
    }
    return "Interrupted. Continue with: " + command(program: program, checkpoint: saved.path)
  }

  /// The command that continues from `checkpoint`; what the checkpoint says is not repeated.
  func command(program: String, checkpoint: String) -> String {
    var words = [program, "--resume", checkpoint, "--checkpoint", checkpoint]
    if let folder = request.dataDirectory { words += ["--data-dir", folder] }
    if let epochs = request.asked.said("training.epochs", \.epochs), request.resume != nil {
      words += ["--epochs", "\(epochs)"]
    }
    if request.threads != 1 { words += ["--threads", "\(request.threads)"] }
    if request.log == .none { words.append("--no-log") }
    if request.printsJSON { words.append("--json") }
    if request.isQuiet { words.append("--quiet") }
    return words.map(Self.quoted).joined(separator: " ")
  }

  /// The word as a shell reads it back.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || "0123456789+-._/:=@%,".unicodeScalars.contains($0))
      }
    if isPlain { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
