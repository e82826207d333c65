package import ConfigFiles
package import GraphIR

/// One value for each feature: of all positions of an image `[batch, height, width, features]` or a
/// sequence `[batch, positions, features]`.
package struct GlobalPool: Layer {
  package let name: String
  package let kind: Pool2D.Kind
  package var parameters: [StateTensor] { [] }

  package init(name: String, kind: Pool2D.Kind) {
    self.name = name
    self.kind = kind
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder.type(of: x).shape
    let positions = Array(1..<shape.count - 1)
    switch kind {
    case .maximum: return try builder.reduce(.maximum, x, dimensions: positions)
    case .average:
      let count = positions.reduce(1) { $0 * shape[$1] }
      return try builder.times(
        1 / Double(max(1, count)), builder.reduce(.add, x, dimensions: positions))
    }
  }
}

/// Of all positions the greatest element or the mean.
package struct GlobalPoolDescription: LayerKeys {
  package let kind: Pool2D.Kind

  package func validate() {}

  package func add(to model: inout ModelAssembler, at path: String) throws(ConfigError) {
    let own = model.name("globalPool")
    if model.isFlat { throw model.misplaced(own, wants: "an image or a sequence", at: path) }
    model.bringToImage()
    model.append(
      GlobalPool(name: own, kind: kind), word: kind == .maximum ? "globalmax" : "globalmean",
      shape: model.shape.suffix(1))
  }
}
