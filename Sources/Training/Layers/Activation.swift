/// What follows the sum of a layer.
package enum Activation: String, CaseIterable, Codable, Sendable {
  case none, relu, tanh, sigmoid, gelu
}

extension Activation {
  /// Adds the function, if there is one, as part of the layer of that name.
  func add(to model: inout ModelAssembler, named name: String) {
    switch self {
    case .none: return
    case .relu: model.append(ReLU(name: name), word: rawValue)
    case .tanh: model.append(Squash(name: name, function: .tanh), word: rawValue)
    case .sigmoid: model.append(Squash(name: name, function: .logistic), word: rawValue)
    case .gelu: model.append(GELU(name: name), word: rawValue)
    }
  }
}

/// A function by itself.
package struct ActivationDescription: Hashable, Sendable, Codable, LayerKeys {
  package var function: Activation

  package func validate() {}

  package func add(to model: inout ModelAssembler, at path: String) {
    function.add(to: &model, named: model.name("activation"))
  }
}
