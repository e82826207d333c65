package import ConfigFiles
package import GraphIR

/// Self-attention of several heads over a sequence `[batch, positions, features]`, without biases:
/// `softmax(Q Kᵀ / sqrt(headWidth)) V`, the heads joined by one more product.
///
/// - Source: Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.2.
package struct Attention: Layer {
  package let name: String
  package let parameters: [StateTensor]
  private let headWidth: Int
  /// A position sees itself and those before it only.
  private let isCausal: Bool

  /// - Parameter heads: a divisor of `features`.
  package init(name: String, features: Int, heads: Int, isCausal: Bool = false) {
    self.name = name
    self.isCausal = isCausal
    let headWidth = features / heads
    self.headWidth = headWidth
    let initializer = Initializer.glorotUniform(fanIn: features, fanOut: features)
    func tensor(_ part: String, _ shape: [Int]) -> StateTensor {
      StateTensor(
        name: "\(name).\(part)", type: TensorType(shape, .f32), initializer: initializer)
    }
    parameters =
      ["query", "key", "value"].map { tensor($0, [features, heads, headWidth]) }
      + [tensor("output", [heads, headWidth, features])]
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let weights = context.parameters
    let project = DotDimensions(lhsContracting: [2], rhsContracting: [0])
    let query = try builder.times(
      1 / Double(headWidth).squareRoot(), builder.dotGeneral(x, weights[0], project))
    let key = try builder.dotGeneral(x, weights[1], project)
    let value = try builder.dotGeneral(x, weights[2], project)
    // [batch, heads, the position that looks, the position that is seen]
    let seen = try builder.dotGeneral(
      query, key,
      DotDimensions(
        lhsBatching: [0, 2], rhsBatching: [0, 2], lhsContracting: [3], rhsContracting: [3]))
    let scores = isCausal ? try masked(seen, in: &builder) : seen
    let shares = try softmax(scores, &context, in: &builder)
    let mixed = try builder.dotGeneral(
      shares, value,
      DotDimensions(
        lhsBatching: [0, 1], rhsBatching: [0, 2], lhsContracting: [3], rhsContracting: [1]))
    return try builder.dotGeneral(
      mixed, weights[3], DotDimensions(lhsContracting: [1, 3], rhsContracting: [0, 1]))
  }

  private func masked(
    _ scores: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let type = TensorType(builder.type(of: scores).shape, .i32)
    let isSeen = try builder.compare(
      .ge, builder.iota(type, dimension: 2), builder.iota(type, dimension: 3))
    // So far below any score that nothing is left of it.
    return try builder.select(isSeen, scores, builder.splat(-1e9, like: scores))
  }

  /// Over the last dimension; the shift by the maximum cancels, so derivatives hold it constant.
  private func softmax(
    _ x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder.type(of: x).shape
    let outer = Array(0..<shape.count - 1)
    let shift = try builder.reduce(.maximum, x, dimensions: [shape.count - 1])
    context.holdConstant(shift)
    let powers = try builder.unary(
      .exponential,
      builder.subtract(x, builder.broadcast(shift, to: shape, dimensions: outer)))
    let sums = try builder.reduce(.add, powers, dimensions: [shape.count - 1])
    return try builder.divide(powers, builder.broadcast(sums, to: shape, dimensions: outer))
  }
}

/// Self-attention.
package struct AttentionDescription: Hashable, Sendable, Codable, LayerKeys {
  package var heads: Int
  /// A position sees itself and those before it only.
  package var causal: Bool

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("heads", heads, in: 1...1024)
  }

  package func add(to model: inout ModelAssembler, at path: String) throws(ConfigError) {
    let own = model.name("attention")
    try model.bringToSequence(own, at: path)
    let features = model.shape[1]
    guard features % heads == 0 else {
      throw model.failure(
        path + ".heads", "of \(own) is \(heads), and there are \(features) features. Use a divisor")
    }
    model.append(
      Attention(name: own, features: features, heads: heads, isCausal: causal),
      word: "attention\(heads)\(causal ? "causal" : "")")
  }
}
