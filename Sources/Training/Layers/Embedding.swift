package import ConfigFiles
package import GraphIR

/// A learnt vector for each token: `[batch, …]` of whole numbers from 0 to `vocabulary - 1` becomes
/// `[batch, positions, outputs]`. A number outside that range becomes zeros.
///
/// The table is multiplied with a one-hot matrix, as TPUs do it: exact, and its cost is a product's.
package struct Embedding: Layer {
  package let name: String
  package let parameters: [StateTensor]

  package init(name: String, vocabulary: Int, outputs: Int) {
    self.name = name
    parameters = [
      StateTensor(
        name: name + ".table", type: TensorType([vocabulary, outputs], .f32),
        initializer: .normal(deviation: PositionEmbedding.deviation))
    ]
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder.type(of: x).shape
    let positions = shape.dropFirst().reduce(1, *)
    let table = context.parameters[0]
    let hotShape = [shape[0], positions, builder.type(of: table).shape[0]]
    let tokens = try builder.broadcast(
      builder.reshape(x, to: [shape[0], positions]), to: hotShape, dimensions: [0, 1])
    let isToken = try builder.compare(
      .eq, tokens, builder.iota(TensorType(hotShape, builder.type(of: x).dtype), dimension: 2))
    let hot = try builder.select(
      isToken, builder.splat(1, like: tokens), builder.splat(0, like: tokens))
    return try builder.dotGeneral(
      hot, table, DotDimensions(lhsContracting: [2], rhsContracting: [0]))
  }
}

/// Adds a learnt vector to each position of a sequence `[batch, positions, features]`.
package struct PositionEmbedding: Layer {
  package let name: String
  package let parameters: [StateTensor]

  /// - Source: Radford et al., "Language models are unsupervised multitask learners" (GPT-2), 2019: its
  ///   published code draws embeddings with this deviation.
  static let deviation = 0.02

  package init(name: String, positions: Int, features: Int) {
    self.name = name
    parameters = [
      StateTensor(
        name: name + ".table", type: TensorType([positions, features], .f32),
        initializer: .normal(deviation: Self.deviation))
    ]
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    try builder.add(
      x,
      builder.broadcast(
        context.parameters[0], to: builder.type(of: x).shape, dimensions: [1, 2]))
  }
}

/// A vector for each token.
package struct EmbeddingDescription: Hashable, Sendable, Codable, LayerKeys {
  /// Tokens there are, from 0 on.
  package var vocabulary: Int
  package var outputs: Int

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("vocabulary", vocabulary, in: 1...1_048_576)
    try ConfigIssue.require("outputs", outputs, in: 1...65_536)
  }

  package func add(to model: inout ModelAssembler, at path: String) throws(ConfigError) {
    let own = model.name("embedding")
    guard path == "layers.0" else {
      throw model.failure(
        path, "(\(own)) takes tokens, and those are the input only. Place it first")
    }
    model.takeTokens(
      Embedding(name: own, vocabulary: vocabulary, outputs: outputs), outputs: outputs,
      word: "embed\(vocabulary)x\(outputs)")
  }
}

/// A vector for each position; it has no keys.
package struct PositionEmbeddingDescription: LayerKeys {
  package func validate() {}

  package func add(to model: inout ModelAssembler, at path: String) throws(ConfigError) {
    let own = model.name("positions")
    try model.bringToSequence(own, at: path)
    let shape = model.shape
    model.append(
      PositionEmbedding(name: own, positions: shape[0], features: shape[1]), word: "positions")
  }
}
