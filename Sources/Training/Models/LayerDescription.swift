package import ConfigFiles

/// One layer of a model as a file states it: a `type` and that type's keys, all of them.
package enum LayerDescription: Hashable, Sendable {
  case convolution(ConvolutionDescription)
  case dense(DenseDescription)
  case pool(Pool2D.Kind, PoolDescription)
  case globalPool(Pool2D.Kind)
  case batchNorm
  case layerNorm
  case activation(Activation)
  case dropout(DropoutDescription)
  case flatten
  case residual(ResidualDescription)
  case embedding(EmbeddingDescription)
  case positionEmbedding
  case attention(AttentionDescription)
}

/// What follows the sum of a layer.
package enum Activation: String, CaseIterable, Codable, Sendable {
  case none, relu, tanh, sigmoid, gelu
}

/// A convolution of `kernelSize` by `kernelSize`, with a bias.
package struct ConvolutionDescription: Hashable, Sendable, Codable, Validatable {
  /// Output features.
  package var outputs: Int
  package var kernelSize: Int
  package var stride: Int
  /// Zeros on each side of the image.
  package var padding: Int
  package var activation: Activation

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("outputs", outputs, in: 1...65_536)
    try ConfigIssue.require("kernelSize", kernelSize, in: 1...1024)
    try ConfigIssue.require("stride", stride, in: 1...1024)
    try ConfigIssue.require("padding", padding, in: 0...1024)
  }
}

/// A dense layer with a bias.
package struct DenseDescription: Hashable, Sendable, Codable, Validatable {
  package var outputs: Int
  package var activation: Activation

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("outputs", outputs, in: 1...1_048_576)
  }
}

/// Windows of `size` by `size` that lie wholly inside the image.
package struct PoolDescription: Hashable, Sendable, Codable, Validatable {
  package var size: Int
  /// From one window to the next.
  package var stride: Int

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("size", size, in: 1...1024)
    try ConfigIssue.require("stride", stride, in: 1...1024)
  }
}

/// Layers whose result is added to what went in.
package struct ResidualDescription: Hashable, Sendable, Decodable, Validatable {
  package var layers: [LayerDescription]
  /// What the input passes on its other way; nothing unless stated.
  package var shortcut: [LayerDescription]

  private enum CodingKeys: String, CodingKey { case layers, shortcut }

  package init(layers: [LayerDescription], shortcut: [LayerDescription] = []) {
    self.layers = layers
    self.shortcut = shortcut
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layers = try container.decode([LayerDescription].self, forKey: .layers)
    shortcut = try container.decodeIfPresent([LayerDescription].self, forKey: .shortcut) ?? []
  }

  package func validate() throws(ConfigIssue) {
    if layers.isEmpty { throw ConfigIssue("layers", "must list at least one layer") }
  }
}

/// A vector for each token.
package struct EmbeddingDescription: Hashable, Sendable, Codable, Validatable {
  /// Tokens there are, from 0 on.
  package var vocabulary: Int
  package var outputs: Int

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("vocabulary", vocabulary, in: 1...1_048_576)
    try ConfigIssue.require("outputs", outputs, in: 1...65_536)
  }
}

/// Self-attention.
package struct AttentionDescription: Hashable, Sendable, Codable, Validatable {
  package var heads: Int
  /// A position sees itself and those before it only.
  package var causal: Bool

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("heads", heads, in: 1...1024)
  }
}

/// Dropout in training.
package struct DropoutDescription: Hashable, Sendable, Codable, Validatable {
  /// Of an element to become zero.
  package var probability: Double

  package func validate() throws(ConfigIssue) {
    if !(0..<1).contains(probability) {
      throw ConfigIssue("probability", "must be 0 or more and less than 1; found \(probability)")
    }
  }
}

extension LayerDescription: Decodable, Validatable {
  private enum Key: String, CodingKey { case type, function }
  private enum Kind: String, CaseIterable, Decodable {
    case convolution, dense, maxPool, averagePool, globalMaxPool, globalAveragePool, batchNorm
    case layerNorm, activation, dropout, flatten, residual, embedding, positionEmbedding, attention
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(Kind.self, forKey: .type) {
    case .convolution: self = .convolution(try ConvolutionDescription(from: decoder))
    case .dense: self = .dense(try DenseDescription(from: decoder))
    case .maxPool: self = .pool(.maximum, try PoolDescription(from: decoder))
    case .averagePool: self = .pool(.average, try PoolDescription(from: decoder))
    case .globalMaxPool: self = .globalPool(.maximum)
    case .globalAveragePool: self = .globalPool(.average)
    case .batchNorm: self = .batchNorm
    case .layerNorm: self = .layerNorm
    case .activation: self = .activation(try container.decode(Activation.self, forKey: .function))
    case .dropout: self = .dropout(try DropoutDescription(from: decoder))
    case .flatten: self = .flatten
    case .residual: self = .residual(try ResidualDescription(from: decoder))
    case .embedding: self = .embedding(try EmbeddingDescription(from: decoder))
    case .positionEmbedding: self = .positionEmbedding
    case .attention: self = .attention(try AttentionDescription(from: decoder))
    }
  }

  package func validate() throws(ConfigIssue) {
    switch self {
    case .convolution(let layer): try layer.validate()
    case .dense(let layer): try layer.validate()
    case .pool(_, let layer): try layer.validate()
    case .dropout(let layer): try layer.validate()
    case .residual(let layer): try layer.validate()
    case .embedding(let layer): try layer.validate()
    case .attention(let layer): try layer.validate()
    case .globalPool, .batchNorm, .layerNorm, .activation, .flatten, .positionEmbedding: break
    }
  }
}
