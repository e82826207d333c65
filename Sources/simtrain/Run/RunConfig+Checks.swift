internal import ConfigFiles
internal import Datasets
internal import GraphPasses
internal import Training

extension RunConfig {
  /// The run with everything decided: what was asked for, else what the checkpoint says, else the
  /// default.
  ///
  /// - Throws: where values contradict each other or the checkpoint.
  func settled(resuming saved: SavedRun? = nil) throws -> RunConfig {
    var config = saved?.config ?? RunConfig()
    if let saved { try requireSame(as: saved.config) }
    for field in Self.fields where origins[field.key] != nil { field.copy(self, &config) }
    config.origins = origins
    config.overrideOrigins = overrideOrigins
    try config.completeDevice()
    // A shard for each core.
    if config.device.cores > 1, origins["training.shards"] == nil, saved == nil {
      config.shards = config.device.cores
    }
    let decay = "optimizer.weightDecay"
    if origins[decay] == nil, saved?.config.origins[decay] == nil {
      config.recipe.weightDecay = config.optimizer.usualWeightDecay
    }
    try config.checkStep(isResumed: saved != nil)
    try config.check()
    return config
  }

  /// Takes the device's default architecture where none is named.
  ///
  /// - Throws: `CommandFailure.usage` for an unknown device, and for an architecture where the device
  ///   has none.
  mutating func completeDevice() throws {
    let key = ["device.config", "device.set"].first { origins[$0] != nil } ?? "device.name"
    let entry = try locating("device.name") { try DeviceCatalog.entry(named: device.name) }
    if device.cores > 1, !entry.hasCores {
      throw CommandFailure.usage(
        "\(name(of: "device.cores")) \(device.cores): the device '\(device.name)' has no cores to choose. "
          + "Leave it out, or use --device \(DeviceCatalog.simulatorName).")
    }
    device = try locating(key) { try device.completed(entry) }
  }

  private func requireSame(as saved: RunConfig) throws(CommandFailure) {
    for field in Self.fields where field.isKept {
      guard let origin = origins[field.key], saved.origins[field.key] != nil,
        field.save(self) != field.save(saved)
      else { continue }
      // Files are compared by what they hold, once they are read.
      if namesFile(field.key), saved.namesFile(field.key) { continue }
      let difference =
        if let otherwise = field.otherwise, field.save(saved) == .integer(0) {
          ": the checkpoint's run \(otherwise)"
        } else {
          " is \(field.text(self)), the checkpoint's is \(field.text(saved))"
        }
      throw .usage(
        name(of: field.key) + difference + ". Leave the \(origin.noun) out, "
          + "or start afresh without --resume.")
    }
  }

  /// Whether the value of `key` is the path of a file.
  private func namesFile(_ key: String) -> Bool {
    switch key {
    case "device.config": device.config.map(ConfigLibrary.isPath) ?? false
    case "model.name": ConfigLibrary.isPath(model.name)
    case "step.program", "step.state", "step.init", "step.predict": true
    case "data.name": if case .file = data.name { true } else { false }
    default: false
    }
  }

  /// Checks the values about the model against each other.
  func checkModel() throws(CommandFailure) {
    if let hidden = model.hidden, model.name != "mlp" {
      throw .usage(
        "\(name(of: "model.hidden")) \(hidden.map(String.init).joined(separator: ",")): only the "
          + "model 'mlp' takes it, and the model is '\(model.name)'. Leave one out.")
    }
  }

  /// Checks the shards against the batch that is cut in them, and the cores that have them.
  private func checkShards() throws(CommandFailure) {
    let cores = device.cores
    if shards % cores != 0 {
      throw .usage(
        "\(name(of: "training.shards")) \(shards): \(cores) cores cannot share them evenly. Use a "
          + "multiple of \(cores), or leave it out: then each core has one.")
    }
    if shards == 1 { return }
    let isOfCores = cores > 1 && origins["training.shards"] == nil
    let name = "\(name(of: isOfCores ? "device.cores" : "training.shards")) \(shards)"
    if shards & (shards - 1) != 0 || batchSize % shards != 0 {
      throw .usage(
        "\(name): must be a power of two that divides the batch of \(batchSize) images. Use "
          + "another number, or another --batch-size.")
    }
    if quantizeAware {
      throw .usage(
        "\(name): quantization-aware training takes its ranges from whole batches. Leave one out.")
    }
  }

  /// Checks values against each other.
  private func check() throws {
    try checkModel()
    try checkShards()
    let policy = precision.policy
    if precision.usesStochasticRounding, policy != .bf16 {
      throw CommandFailure.usage(
        "\(name(of: "precision.stochasticRounding")) needs weights in bf16, and --precision is "
          + "\(policy.rawValue). Use --precision bf16, or leave the option out.")
    }
    let scaling = Self.fields.map(\.key).first {
      $0.hasPrefix(Self.lossScaleKeys) && origins[$0] != nil
    }
    guard let scaling else { return }
    if !policy.needsLossScaling {
      throw CommandFailure.usage(
        "\(name(of: scaling)): --precision \(policy.rawValue) does not scale the loss. Use "
          + "--precision \(PrecisionPolicy.mixedFP16.rawValue), or leave the option out.")
    }
    try locating(scaling) { try precision.validate() }
  }

  /// What the keys about loss scaling begin with.
  static let lossScaleKeys = "precision.lossScale."

  /// The description without options of one precision, where it has another.
  func withoutForeignOptions(among precisions: [PrecisionPolicy]) -> RunConfig {
    var config = self
    if precisions.contains(.bf16), precision.policy != .bf16 {
      config.forget("precision.stochasticRounding")
    }
    if precisions.contains(where: \.needsLossScaling), !precision.policy.needsLossScaling {
      for field in Self.fields where field.key.hasPrefix(Self.lossScaleKeys) {
        config.forget(field.key)
      }
    }
    return config
  }
}
