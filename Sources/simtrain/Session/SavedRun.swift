internal import RunLog
internal import Training

/// Names of what the command adds to a checkpoint besides the values of `RunConfig`.
enum RunKey {
  /// Every value of the architecture as `path=value`.
  static let architecture = "run.architecture"
  /// The kernels that computed products, where the bits depend on them.
  static let productKernels = "run.productKernels"
  /// Path of the run file; absent where none was written.
  static let runFile = "run.file"
  /// What the names of the command's own settings begin with.
  static let prefix = "run."
}

/// A checkpoint with where it was read and the run that it belongs to.
struct SavedRun {
  let path: String
  let checkpoint: Checkpoint
  /// What the checkpoint says of its run.
  let config: RunConfig

  /// Reads the checkpoint that `option` names, which `isVerified` says must have its checksum.
  init(path: String, isVerified: Bool, of option: String) throws {
    self.path = path
    checkpoint = try InputKind.expecting(.checkpoint, name: path, of: option) {
      try CheckpointFile.read(UnverifiedFile.source(path, isVerified: isVerified))
    }
    config = try RunConfig(checkpoint, path: path)
  }

  /// Images that the run was tested with.
  var testCount: Int? { config.said("data.testLimit", \.data.testLimit) ?? nil }

  func text(_ name: String) -> String? {
    if case .text(let text) = checkpoint[name] { text } else { nil }
  }

  func texts(_ name: String) -> [String] {
    if case .texts(let texts) = checkpoint[name] { texts } else { [] }
  }

  /// Requires that the checkpoint says a value that every checkpoint has.
  ///
  /// - Throws: `CommandFailure.usage` if this one has not.
  func require(_ key: String) throws(CommandFailure) {
    guard config.origins[key] == nil,
      let field = RunConfig.fields.first(where: { $0.key == key })
    else { return }
    throw .usage(
      "\(path): the checkpoint is damaged: it does not say '\(field.setting)'. Use another "
        + "checkpoint.")
  }
}

extension RunConfig {
  /// What a checkpoint says of its run.
  ///
  /// - Throws: `CommandFailure.usage` for values that cannot be, or that this program does not know.
  init(_ checkpoint: Checkpoint, path: String) throws {
    self.init()
    for field in Self.fields {
      if let value = checkpoint[field.setting] {
        try field.load(value, path, &self)
      } else if ![Checkpoint.Key.quantizeAware, Checkpoint.Key.shards].contains(field.setting) {
        // Without these the run was not quantization-aware, in one shard; others are left open.
        continue
      }
      origins[field.key] = .place(.file(path))
    }
  }

  /// What the command adds to a checkpoint; the other values are the training loop's own.
  var checkpointEntries: [Checkpoint.Entry] {
    Self.fields.compactMap { field in
      guard field.setting.hasPrefix(RunKey.prefix), concernsStep(field.key),
        let value = field.save(self),
        value != .texts([])
      else { return nil }
      return Checkpoint.Entry(name: field.setting, value: value)
    }
  }
}
