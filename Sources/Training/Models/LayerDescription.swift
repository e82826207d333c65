package import ConfigFiles

/// One layer of a model as a file states it: a `type`, and that type's keys.
///
/// To add a layer: its file, with its keys and what they add to a model, and its word here.
package struct LayerDescription: Sendable {
  package let keys: any LayerKeys

  package init(_ keys: any LayerKeys) { self.keys = keys }

  /// The words of `type`.
  private enum Kind: String, CaseIterable, Decodable {
    case convolution, dense, maxPool, averagePool, globalMaxPool, globalAveragePool, batchNorm
    case layerNorm, activation, dropout, flatten, residual, embedding, positionEmbedding, attention

    func keys(from decoder: any Decoder) throws -> any LayerKeys {
      switch self {
      case .convolution: try ConvolutionDescription(from: decoder)
      case .dense: try DenseDescription(from: decoder)
      case .maxPool: PoolDescription(.maximum, try PoolWindow(from: decoder))
      case .averagePool: PoolDescription(.average, try PoolWindow(from: decoder))
      case .globalMaxPool: GlobalPoolDescription(kind: .maximum)
      case .globalAveragePool: GlobalPoolDescription(kind: .average)
      case .batchNorm: BatchNormDescription()
      case .layerNorm: LayerNormDescription()
      case .activation: try ActivationDescription(from: decoder)
      case .dropout: try DropoutDescription(from: decoder)
      case .flatten: FlattenDescription()
      case .residual: try ResidualDescription(from: decoder)
      case .embedding: try EmbeddingDescription(from: decoder)
      case .positionEmbedding: PositionEmbeddingDescription()
      case .attention: try AttentionDescription(from: decoder)
      }
    }
  }
}

/// The keys of one type of layer, and what they add to a model.
package protocol LayerKeys: Hashable, Sendable, Validatable {
  /// Adds the layer, and what stands around it, to a model.
  ///
  /// - Parameter path: of the layer in its file, `layers.3`.
  func add(to model: inout ModelAssembler, at path: String) throws(ConfigError)
}

extension LayerDescription: Decodable, Validatable {
  private enum Key: String, CodingKey { case type }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    keys = try container.decode(Kind.self, forKey: .type).keys(from: decoder)
  }

  package func validate() throws(ConfigIssue) { try keys.validate() }
}

extension LayerDescription: Hashable {
  /// The same type with the same keys.
  package static func == (a: LayerDescription, b: LayerDescription) -> Bool {
    AnyHashable(a.keys) == AnyHashable(b.keys)
  }

  /// Agrees with `==`.
  package func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(keys)) }
}
