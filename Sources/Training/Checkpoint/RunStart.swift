internal import Datasets
internal import GraphIR

/// Where a run begins: at the first step, or where a checkpoint was taken.
struct RunStart {
  let seed: UInt64
  let sampler: BatchSampler
  let stepsCompleted: Int
  let epochLossSum: Double
  /// One literal for each tensor of the program's state.
  let state: [Literal]

  init(
    program: TrainingProgram, trainingData: ImageDataset, seed: UInt64, checkpoint: Checkpoint?
  ) throws(TrainingError) {
    if let checkpoint {
      try self.init(program: program, trainingData: trainingData, checkpoint: checkpoint)
    } else {
      try self.init(program: program, trainingData: trainingData, seed: seed)
    }
  }

  /// A fresh run. Samples are drawn from the seed's sequence, initial values from another.
  private init(
    program: TrainingProgram, trainingData: ImageDataset, seed: UInt64
  ) throws(TrainingError) {
    self.seed = seed
    sampler = try training { () throws(DatasetError) in
      try BatchSampler(
        sampleCount: trainingData.count, batchSize: program.batchSize, seed: seed)
    }
    var generator = SeededGenerator(seed: seed).jumped()
    state = program.initialState(using: &generator)
    stepsCompleted = 0
    epochLossSum = 0
  }

  /// Continues; every setting on which the bits depend must be the checkpoint's.
  private init(
    program: TrainingProgram, trainingData: ImageDataset, checkpoint: Checkpoint
  ) throws(TrainingError) {
    typealias Key = Checkpoint.Key
    let version = try checkpoint.integer(Key.version)
    guard version == Checkpoint.version else {
      throw .checkpointDamaged(
        reason: "its version is \(version), this program reads \(Checkpoint.version)")
    }
    try checkpoint.requireSame(program.checkpointSettings)
    try checkpoint.requirePixels(of: program.model)
    try checkpoint.requireSame([
      Checkpoint.Entry(name: Key.sampleCount, value: .integer(Int64(trainingData.count)))
    ])
    try checkpoint.requireData(trainingData)
    var words: [UInt64] = []
    for index in 0..<4 {
      words.append(
        UInt64(bitPattern: try checkpoint.integer("\(Key.generatorPrefix)\(index)")))
    }
    let samplerState = BatchSampler.State(
      generator: words, epoch: Int(try checkpoint.integer(Key.epoch)),
      step: Int(try checkpoint.integer(Key.stepInEpoch)), sampleCount: trainingData.count,
      batchSize: program.batchSize)
    let sampler = try training { () throws(DatasetError) in
      try BatchSampler(state: samplerState)
    }
    let steps = try checkpoint.integer(Key.step)
    let (done, overflow) = sampler.epoch.multipliedReportingOverflow(by: sampler.stepsPerEpoch)
    let lossSum = try checkpoint.real(Key.epochLossSum)
    guard !overflow, steps - Int64(sampler.step) == Int64(done), lossSum.isFinite else {
      throw .checkpointDamaged(
        reason: "it counts \(steps) steps in all, \(sampler.step) of them in epoch "
          + "\(sampler.epoch + 1), and a loss of \(lossSum) in that epoch")
    }
    self.sampler = sampler
    stepsCompleted = Int(steps)
    epochLossSum = lossSum
    seed = UInt64(bitPattern: try checkpoint.integer(Key.seed))
    state = try checkpoint.literals(for: program.state)
  }
}

extension Checkpoint {
  func text(_ name: String) throws(TrainingError) -> String {
    guard case .text(let value) = self[name] else {
      throw .checkpointDamaged(reason: "it has no text called '\(name)'")
    }
    return value
  }

  func integer(_ name: String) throws(TrainingError) -> Int64 {
    guard case .integer(let value) = self[name] else {
      throw .checkpointDamaged(reason: "it has no whole number called '\(name)'")
    }
    return value
  }

  fileprivate func real(_ name: String) throws(TrainingError) -> Double {
    guard case .real(let value) = self[name] else {
      throw .checkpointDamaged(reason: "it has no real number called '\(name)'")
    }
    return value
  }

  /// Requires that `model` takes pixels as those that the checkpoint's learnt from.
  func requirePixels(of model: any Model) throws(TrainingError) {
    let saved = self[Key.pixelType] == nil ? DType.ui8.rawValue : try text(Key.pixelType)
    if saved != model.pixelType.rawValue {
      throw .otherPixels(checkpoint: saved, data: model.pixelType.rawValue)
    }
  }

  /// Requires the images and labels that the checkpoint's run had, wherever they lie now; of an older
  /// checkpoint, which does not know them, a data set of the same name.
  fileprivate func requireData(_ data: ImageDataset) throws(TrainingError) {
    guard self[Key.datasetHash] != nil else {
      return try requireSame([Entry(name: Key.dataset, value: .text(data.name))])
    }
    if UInt64(bitPattern: try integer(Key.datasetHash)) != data.contentHash {
      throw .otherData(checkpoint: try text(Key.dataset), run: data.name)
    }
  }

  fileprivate func requireSame(_ expected: [Entry]) throws(TrainingError) {
    for entry in expected {
      guard let value = self[entry.name] else {
        throw .checkpointDamaged(reason: "it does not say '\(entry.name)'")
      }
      if value != entry.value {
        throw .checkpointMismatch(
          what: entry.name, checkpoint: value.description, run: entry.value.description)
      }
    }
  }

  /// The tensors in the order of `state`: all of them, and no others.
  fileprivate func literals(for state: [StateTensor]) throws(TrainingError) -> [Literal] {
    if let unknown = tensors.first(where: { tensor in
      !state.contains { $0.name == tensor.name }
    }) {
      throw .checkpointDamaged(
        reason: "it has a tensor '\(unknown.name)' that this run does not know")
    }
    var literals: [Literal] = []
    for expected in state {
      let found = tensors.filter { $0.name == expected.name }
      if expected.name == StateLayout.drawKeyName && found.isEmpty {
        throw .checkpointMismatch(
          what: "source of dropout's masks", checkpoint: "the host, as older versions drew them",
          run: "the device")
      }
      guard found.count == 1 else {
        throw .checkpointDamaged(
          reason: "it has \(found.count) tensors called '\(expected.name)', expected 1")
      }
      guard found[0].type == expected.type else {
        throw .checkpointMismatch(
          what: "tensor '\(expected.name)'", checkpoint: "\(found[0].type)",
          run: "\(expected.type)")
      }
      guard found[0].bytes.count == expected.type.byteCount else {
        throw .checkpointDamaged(
          reason: "'\(expected.name)' has \(found[0].bytes.count) bytes, expected "
            + "\(expected.type.byteCount)")
      }
      literals.append(
        found[0].bytes.withUnsafeBytes { Literal(expected.type, bytes: $0) })
    }
    return literals
  }
}

extension Checkpoint.Value: CustomStringConvertible {
  package var description: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .texts(let texts): "[" + texts.joined(separator: ", ") + "]"
    }
  }
}
