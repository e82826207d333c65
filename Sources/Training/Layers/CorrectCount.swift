internal import GraphIR

extension GraphBuilder {
  /// How many examples have their greatest logit at their label, i32 scalar.
  ///
  /// Among equal logits the first counts. An example whose logits hold a NaN, or whose place is
  /// empty (label -1), is not correct.
  ///
  /// - Parameters:
  ///   - logits: f32 `[batch, classes]`
  ///   - labels: i32 `[batch]`, each a class or -1
  mutating func correctCount(
    logits: ValueID, labels: ValueID
  ) throws(GraphError) -> ValueID {
    let shape = type(of: logits).shape
    let greatest = try reduce(.maximum, logits, dimensions: [1])
    let isGreatest = try compare(
      .eq, logits, broadcast(greatest, to: shape, dimensions: [0]))
    let classIndex = try iota(TensorType(shape, .i32), dimension: 1)
    let beyond = try splat(Double(shape[1]), like: classIndex)
    let first = try reduce(
      .minimum, select(isGreatest, classIndex, beyond), dimensions: [1])
    let isCorrect = try compare(.eq, first, labels)
    return try reduce(.add, convert(isCorrect, to: .i32), dimensions: [0])
  }
}
