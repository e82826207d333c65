internal import GraphIR

/// The loss of a classifier: minus the logarithm of the probability given to the right class.
///
/// With `s = logits - max(logits)`, loss = `ln(sum(exp(s))) - s[label]`. The shift keeps `exp`
/// from overflowing; it cancels in the result, so derivatives hold it constant.
struct SoftmaxCrossEntropy {
  /// The loss of each example, f32 `[batch]`; meaningless where the label is no class.
  let losses: ValueID
  /// The value that differentiation holds constant.
  let shift: ValueID

  /// - Parameters:
  ///   - logits: f32 `[batch, classes]`
  ///   - labels: i32 `[batch]`
  init(
    logits: ValueID, labels: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) {
    let shape = builder.type(of: logits).shape
    shift = try builder.reduce(.maximum, logits, dimensions: [1])
    let shifted = try builder.subtract(
      logits, builder.broadcast(shift, to: shape, dimensions: [0]))
    let sum = try builder.reduce(
      .add, builder.unary(.exponential, shifted), dimensions: [1])
    let isLabel = try builder.compare(
      .eq, builder.iota(TensorType(shape, .i32), dimension: 1),
      builder.broadcast(labels, to: shape, dimensions: [0]))
    let atLabel = try builder.reduce(
      .add, builder.select(isLabel, shifted, builder.splat(0, like: shifted)), dimensions: [1])
    losses = try builder.subtract(builder.unary(.log, sum), atLabel)
  }
}
