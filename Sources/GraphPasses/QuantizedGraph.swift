package import GraphIR

/// A graph in int8, and what its parameters are made of.
package struct QuantizedGraph: Hashable, Sendable {
  /// What becomes of a weight.
  struct Weight: Hashable, Sendable {
    /// The dimensions along which scales differ.
    var channels: [Int]
    /// The scale of the other operand; `nil` if only the device knows it.
    var inputScale: Float?
  }

  package let graph: Graph
  /// One entry for each resident parameter of the graph that was quantized; `nil` if it is kept.
  let weights: [Weight?]

  /// The resident parameters of `graph` for those of the graph that was quantized.
  ///
  /// - Parameter state: the resident parameters in order, finite where they are weights.
  /// - Precondition: one literal a resident parameter.
  package func state(_ state: [Literal]) -> [Literal] {
    precondition(state.count == weights.count, "one literal a resident parameter")
    return zip(state, weights).flatMap { literal, weight in
      guard let weight else { return [literal] }
      let quantized = QuantizedWeight(literal, channels: weight.channels)
      let other = weight.inputScale ?? 1
      let scales = quantized.scales.elements.map { Double(Float($0) * other) }
      return [quantized.values, Literal(quantized.scales.type, scales)]
    }
  }
}
