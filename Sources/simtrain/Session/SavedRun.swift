internal import DeviceAPI
internal import RunLog
internal import Training

/// Names of what the command adds to a checkpoint's settings.
enum RunKey {
  static let device = "run.device"
  static let config = "run.config"
  static let overrides = "run.overrides"
  /// Every value of the architecture as `path=value`.
  static let architecture = "run.architecture"
  static let epochs = "run.epochs"
  /// Name or path by which the model was asked for.
  static let model = "run.model"
  /// Widths given with --hidden, with commas between them.
  static let hidden = "run.hidden"
  /// Probability given with --dropout.
  static let dropout = "run.dropout"
  static let testCount = "run.testCount"
  static let fusion = "run.fusion"
  /// The kernels that computed products, where the bits depend on them.
  static let productKernels = "run.productKernels"
  /// Path of the run file; absent where none was written.
  static let runFile = "run.file"
  static let prefix = "run."
}

/// A run as a checkpoint file holds it: the loop's own checkpoint, and the command's settings.
struct SavedRun {
  let path: String
  let contents: CheckpointContents

  /// Reads the checkpoint that `option` names, which `isVerified` says must have its checksum.
  init(path: String, isVerified: Bool, of option: String) throws {
    self.path = path
    contents = try InputKind.expecting(.checkpoint, name: path, of: option) {
      try CheckpointFile.read(UnverifiedFile.source(path, isVerified: isVerified))
    }
  }

  func text(_ name: String) -> String? {
    if case .text(let text) = value(name) { text } else { nil }
  }

  func texts(_ name: String) -> [String] {
    if case .texts(let texts) = value(name) { texts } else { [] }
  }

  func integer(_ name: String) -> Int? {
    if case .integer(let number) = value(name) { Int(number) } else { nil }
  }

  func real(_ name: String) -> Double? {
    if case .real(let number) = value(name) { number } else { nil }
  }

  /// A setting that is one of those that this program knows; `nil` where the checkpoint is silent.
  ///
  /// - Throws: `CommandFailure.usage` for a name that it does not know.
  func choice<Choice: RawRepresentable<String>>(
    _ name: String, _ what: String
  ) throws(CommandFailure) -> Choice? {
    guard let text = text(name) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    throw unknown(text, what)
  }

  /// The learning-rate schedule.
  ///
  /// - Throws: `CommandFailure.usage` for one that this program does not know.
  func schedule() throws(CommandFailure) -> LearningRateSchedule? {
    guard let text = text(Checkpoint.Key.schedule) else { return nil }
    do { return try LearningRateSchedule(parsing: text) } catch {
      throw unknown(text, "learning-rate schedule")
    }
  }

  private func unknown(_ name: String, _ what: String) -> CommandFailure {
    .usage(
      "\(path): the checkpoint names the \(what) '\(name)', which this simtrain does not know. "
        + "Use a newer simtrain, or another checkpoint.")
  }

  /// Widths of hidden layers in place of the model's own.
  var hidden: [Int]? { text(RunKey.hidden).flatMap(TrainRequest.widths(in:)) }

  private func value(_ name: String) -> RunValue? {
    contents.settings.first { $0.name == name }?.value
  }

  /// The loop's part.
  var checkpoint: Checkpoint {
    Checkpoint(
      tensors: contents.tensors.map {
        Checkpoint.Tensor(name: $0.name, type: $0.type, bytes: $0.bytes)
      },
      entries: contents.settings.compactMap { setting in
        guard !setting.name.hasPrefix(RunKey.prefix) else { return nil }
        switch setting.value {
        case .text(let value): return .init(name: setting.name, value: .text(value))
        case .integer(let value): return .init(name: setting.name, value: .integer(value))
        case .real(let value): return .init(name: setting.name, value: .real(value))
        default: return nil
        }
      })
  }

  /// What a checkpoint file holds for a loop's checkpoint and the command's settings.
  static func contents(
    _ checkpoint: Checkpoint, adding settings: [RunAttribute]
  ) -> CheckpointContents {
    CheckpointContents(
      tensors: checkpoint.tensors.map {
        CheckpointContents.Tensor(name: $0.name, type: $0.type, bytes: $0.bytes)
      },
      settings: checkpoint.entries.map { entry in
        switch entry.value {
        case .text(let value): RunAttribute(entry.name, .text(value))
        case .integer(let value): RunAttribute(entry.name, .integer(value))
        case .real(let value): RunAttribute(entry.name, .real(value))
        }
      } + settings)
  }
}
