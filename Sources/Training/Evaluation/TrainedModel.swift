package import GraphIR

/// A model with the parameters that a checkpoint holds.
package struct TrainedModel: Sendable {
  package let model: any Model
  /// The model's parameters and statistics in order, f32.
  package let state: [Literal]
  /// Training steps that made them.
  package let steps: Int
  /// After quantization-aware training, by the name of each weight the running range of what it is
  /// multiplied with; else `nil`.
  package let ranges: [String: Float]?

  /// Takes what belongs to `model` out of a checkpoint. Parameters that were stored in a narrower
  /// type are widened, which is exact.
  ///
  /// - Throws: `TrainingError.otherModel` if the checkpoint is not of this model,
  ///   `.checkpointDamaged` if it lacks what every checkpoint has.
  package init(_ checkpoint: Checkpoint, model: any Model) throws(TrainingError) {
    typealias Key = Checkpoint.Key
    let version = try checkpoint.integer(Key.version)
    guard version == Checkpoint.version else {
      throw .checkpointDamaged(
        reason: "its version is \(version), this program reads \(Checkpoint.version)")
    }
    self.model = model
    let name = "\(try checkpoint.text(Key.model)) \(try checkpoint.text(Key.modelSummary))"
    let own = "\(model.name) \(model.summary)"
    func other(_ difference: String) -> TrainingError {
      .otherModel(checkpoint: name, model: own, difference: difference)
    }
    var state: [Literal] = []
    for tensor in model.parameters + model.statistics {
      guard let found = checkpoint.tensors.first(where: { $0.name == tensor.name }) else {
        throw other("it has no tensor '\(tensor.name)'")
      }
      guard found.type.shape == tensor.type.shape, found.type.dtype.isFloatingPoint else {
        throw other("its tensor '\(tensor.name)' is \(found.type), expected \(tensor.type)")
      }
      guard found.bytes.count == found.type.byteCount else {
        throw .checkpointDamaged(
          reason: "'\(tensor.name)' has \(found.bytes.count) bytes, expected "
            + "\(found.type.byteCount)")
      }
      let stored = found.bytes.withUnsafeBytes { Literal(found.type, bytes: $0) }
      state.append(
        stored.type == tensor.type ? stored : Literal(tensor.type, stored.elements))
    }
    if name != own { throw other("their tensors are alike, their layers are not") }
    try checkpoint.requirePixels(of: model)
    self.state = state
    let steps = try checkpoint.integer(Key.step)
    guard (0...Int64(1) << 53).contains(steps) else {
      throw .checkpointDamaged(reason: "it counts \(steps) steps")
    }
    self.steps = Int(steps)
    ranges = checkpoint[Key.quantizeAware] == .integer(1) ? try checkpoint.ranges() : nil
  }
}

extension Checkpoint {
  /// What quantization-aware training has seen, by the name of the weight.
  fileprivate func ranges() throws(TrainingError) -> [String: Float] {
    var ranges: [String: Float] = [:]
    for tensor in tensors where tensor.name.hasSuffix(FakeQuantizer.rangeSuffix) {
      guard tensor.type == .scalar(.f32), tensor.bytes.count == 4 else {
        throw .checkpointDamaged(reason: "'\(tensor.name)' is \(tensor.type), expected a scalar")
      }
      let range = tensor.bytes.withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
      guard range >= 0, range.isFinite else {
        throw .checkpointDamaged(reason: "'\(tensor.name)' is \(range), which is no range")
      }
      ranges[String(tensor.name.dropLast(FakeQuantizer.rangeSuffix.count))] = range
    }
    return ranges
  }
}
