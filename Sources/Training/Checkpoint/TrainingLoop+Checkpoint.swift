internal import Datasets
internal import DeviceAPI

extension TrainingLoop {
  /// The run as it stands between two steps, of which every loss has been read: after `run`, and in
  /// the observer's `epochCompleted`.
  ///
  /// - Throws: `TrainingError.device` if the device cannot give its buffers' contents.
  public func checkpoint() throws(TrainingError) -> Checkpoint {
    var tensors: [Checkpoint.Tensor] = []
    for (tensor, buffer) in zip(program.state, runner.state) {
      let bytes = try training { () throws(DeviceError) in try buffer.bytes() }
      transfers.bytesFromDevice += bytes.count
      tensors.append(Checkpoint.Tensor(name: tensor.name, type: tensor.type, bytes: bytes))
    }
    return Checkpoint(tensors: tensors, entries: settings + progress)
  }

  private var settings: [Checkpoint.Entry] {
    typealias Key = Checkpoint.Key
    return [
      Checkpoint.Entry(name: Key.version, value: .integer(Checkpoint.version)),
      Checkpoint.Entry(name: Key.dataset, value: .text(trainingData.name)),
      Checkpoint.Entry(
        name: Key.datasetHash, value: .integer(Int64(bitPattern: trainingDataHash))),
      Checkpoint.Entry(name: Key.pixelType, value: .text(program.model.pixelType.rawValue)),
      Checkpoint.Entry(name: Key.seed, value: .integer(Int64(bitPattern: seed))),
    ] + program.checkpointSettings
  }

  private var progress: [Checkpoint.Entry] {
    typealias Key = Checkpoint.Key
    let state = sampler.state
    return [
      Checkpoint.Entry(name: Key.sampleCount, value: .integer(Int64(state.sampleCount))),
      Checkpoint.Entry(name: Key.epoch, value: .integer(Int64(state.epoch))),
      Checkpoint.Entry(name: Key.stepInEpoch, value: .integer(Int64(state.step))),
      Checkpoint.Entry(name: Key.step, value: .integer(Int64(stepsCompleted))),
      Checkpoint.Entry(name: Key.epochLossSum, value: .real(epochLossSum)),
      Checkpoint.Entry(name: Key.scheduleSteps, value: .integer(Int64(totalSteps))),
    ]
      + state.generator.enumerated().map { index, word in
        Checkpoint.Entry(
          name: "\(Key.generatorPrefix)\(index)", value: .integer(Int64(bitPattern: word)))
      }
  }
}

extension TrainingProgram {
  /// The settings that a checkpoint states and a resumed run must share.
  var checkpointSettings: [Checkpoint.Entry] {
    typealias Key = Checkpoint.Key
    let all = [
      Checkpoint.Entry(name: Key.model, value: .text(model.name)),
      Checkpoint.Entry(name: Key.modelSummary, value: .text(model.summary)),
      Checkpoint.Entry(name: Key.batchSize, value: .integer(Int64(batchSize))),
    ]
    if isImported { return all }
    return all
      + [Checkpoint.Entry(name: Key.optimizer, value: .text(optimizer.name))]
      + recipe.checkpointSettings
      + optimizer.hyperparameters.map {
        Checkpoint.Entry(name: Key.hyperparameterPrefix + $0.name, value: .real($0.value))
      } + precision.checkpointSettings
      + (quantizeAware ? [Checkpoint.Entry(name: Key.quantizeAware, value: .integer(1))] : [])
      + (shards > 1 ? [Checkpoint.Entry(name: Key.shards, value: .integer(Int64(shards)))] : [])
  }
}

extension Buffer {
  /// The contents, dense and row-major.
  fileprivate func bytes() throws(DeviceError) -> [UInt8] {
    let staging = UnsafeMutableRawBufferPointer.allocate(
      byteCount: type.byteCount, alignment: 16)
    defer { staging.deallocate() }
    try copyOut(into: staging)
    return Array(staging)
  }
}
