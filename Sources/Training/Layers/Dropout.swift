package import ConfigFiles
package import GraphIR

/// Sets each element to zero with a probability `p` in training and divides the others by `1 - p`,
/// so that nothing need be scaled in evaluation, where it does nothing.
///
/// - Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from
///   overfitting", JMLR 15, 2014, section 10, the variant that scales in training.
package struct Dropout: Layer {
  package let name: String
  /// Of an element to become zero; 0 or more and less than 1.
  package let probability: Double
  package var parameters: [StateTensor] { [] }

  package init(name: String, probability: Double) {
    self.name = name
    self.probability = probability
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    guard context.phase == .training, probability > 0 else { return x }
    let mask = context.mask(
      name + ".mask", shape: builder.type(of: x).shape, dropProbability: probability,
      in: &builder)
    let kept = try builder.times(1 / (1 - probability), builder.convert(mask, to: .f32))
    return try builder.multiply(x, kept)
  }
}

/// Dropout in training.
package struct DropoutDescription: Hashable, Sendable, Codable, LayerKeys {
  /// Of an element to become zero.
  package var probability: Double

  package func validate() throws(ConfigIssue) {
    if !(0..<1).contains(probability) {
      throw ConfigIssue("probability", "must be 0 or more and less than 1; found \(probability)")
    }
  }

  package func add(to model: inout ModelAssembler, at path: String) {
    let own = model.name("dropout")
    if probability > 0 {
      model.append(Dropout(name: own, probability: probability), word: "drop\(probability)")
    }
  }
}
