package import ConfigFiles
package import GraphIR

/// Sets each element to zero with a probability `p` in training and divides the others by `1 - p`,
/// so that nothing need be scaled in evaluation, where it does nothing.
///
/// The device draws 32 bits an element; those below `p · 2^32` drop it, so that the probability is
/// right to 2^-32.
///
/// - Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from
///   overfitting", JMLR 15, 2014, section 10, the variant that scales in training.
package struct Dropout: Layer {
  package let name: String
  /// Of an element to become zero; 0 or more and less than 1.
  package let probability: Double
  package var parameters: [StateTensor] { [] }
  package var drawCount: Int { probability > 0 ? 1 : 0 }

  package init(name: String, probability: Double) {
    self.name = name
    self.probability = probability
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    guard context.phase == .training, probability > 0 else { return x }
    let bits = try context.randomBits(builder.type(of: x).shape, in: &builder)
    // The bits are compared as signed numbers, the least of which is -2^31.
    let least = (probability * 0x1p32).rounded() - 0x1p31
    let isKept = try builder.compare(.ge, bits, builder.splat(least, like: bits))
    return try builder.select(
      isKept, builder.times(1 / (1 - probability), x), builder.splat(0, like: x))
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
