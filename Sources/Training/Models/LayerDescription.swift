package import ConfigFiles

/// One layer of a model as a file states it: a `type`, and that type's keys, all of them.
///
/// To add a layer: its file, with its keys and what they add to a model, and its word here.
package struct LayerDescription: Sendable {
  package let keys: any LayerKeys

  package init(_ keys: any LayerKeys) { self.keys = keys }

  /// The words of `type`.
  private enum Kind: String, CaseIterable, Decodable {
    case convolution, dense, maxPool, averagePool, batchNorm, activation, dropout, flatten

    func keys(from decoder: any Decoder) throws -> any LayerKeys {
      switch self {
      case .convolution: try ConvolutionDescription(from: decoder)
      case .dense: try DenseDescription(from: decoder)
      case .maxPool: PoolDescription(.maximum, try PoolWindow(from: decoder))
      case .averagePool: PoolDescription(.average, try PoolWindow(from: decoder))
      case .batchNorm: BatchNormDescription()
      case .activation: try ActivationDescription(from: decoder)
      case .dropout: try DropoutDescription(from: decoder)
      case .flatten: FlattenDescription()
      }
    }
  }
}

/// The keys of one type of layer, and what they add to a model.
package protocol LayerKeys: Hashable, Sendable, Validatable {
  /// Adds the layer, and what stands around it, to a model.
  ///
  /// - Parameter index: its place among the layers of the description.
  func add(to model: inout ModelAssembler, at index: Int) throws(ConfigError)
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
