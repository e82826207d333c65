public import ConfigFiles

/// A model as a file of `Configs/Models` states it: a name and layers, for images of any size.
public struct ModelDescription: Hashable, Sendable, Decodable, Validatable {
  package var name: String
  /// One line for people.
  package var description: String
  package var layers: [LayerDescription]

  package init(name: String, description: String, layers: [LayerDescription]) {
    self.name = name
    self.description = description
    self.layers = layers
  }

  /// The classic multilayer perceptron: flatten, dense layers with ReLU between them.
  ///
  /// - Parameters:
  ///   - hidden: the widths of the hidden layers; none makes a linear classifier.
  ///   - classes: the width of the last layer.
  package static func mlp(hidden: [Int], classes: Int) -> ModelDescription {
    ModelDescription(
      name: "mlp", description: "multilayer perceptron",
      layers: [LayerDescription(FlattenDescription())]
        + hidden.map { LayerDescription(DenseDescription(outputs: $0, activation: .relu)) }
        + [LayerDescription(DenseDescription(outputs: classes, activation: .none))])
  }

  /// At least one layer and at most 1000.
  public func validate() throws(ConfigIssue) {
    if layers.isEmpty { throw ConfigIssue("layers", "must list at least one layer") }
    if layers.count > 1000 {
      throw ConfigIssue("layers", "must list at most 1000 layers; found \(layers.count)")
    }
  }

  /// The model with as many outputs as there are classes, where its last layer is a dense one.
  package func settingClasses(_ classes: Int) -> ModelDescription {
    guard var last = layers.last?.keys as? DenseDescription else { return self }
    var result = self
    last.outputs = classes
    result.layers[layers.count - 1] = LayerDescription(last)
    return result
  }

  /// The model with another dropout probability.
  ///
  /// Every dropout layer gets it; in a model that has none, one follows each dense layer but the
  /// last.
  package func settingDropout(_ probability: Double) -> ModelDescription {
    let dropout = LayerDescription(DropoutDescription(probability: probability))
    var result = self
    if hasDropout {
      result.layers = Self.replacing(layers, dropout)
      return result
    }
    let denses = layers.indices.filter { layers[$0].keys is DenseDescription }
    for index in denses.dropLast().reversed() { result.layers.insert(dropout, at: index + 1) }
    return result
  }

  private static func replacing(
    _ layers: [LayerDescription], _ dropout: LayerDescription
  ) -> [LayerDescription] {
    layers.map { layer in
      if layer.keys is DropoutDescription { return dropout }
      guard let block = layer.keys as? ResidualDescription else { return layer }
      return LayerDescription(
        ResidualDescription(
          layers: replacing(block.layers, dropout), shortcut: replacing(block.shortcut, dropout)))
    }
  }

  /// Some layer is one of dropout.
  package var hasDropout: Bool { Self.hasDropout(layers) }

  private static func hasDropout(_ layers: [LayerDescription]) -> Bool {
    layers.contains { layer in
      if layer.keys is DropoutDescription { return true }
      guard let block = layer.keys as? ResidualDescription else { return false }
      return hasDropout(block.layers) || hasDropout(block.shortcut)
    }
  }
}
