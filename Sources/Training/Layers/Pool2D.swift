package import GraphIR

/// One value for each window of an image `[batch, height, width, channels]`.
package struct Pool2D: Layer {
  /// What is taken of a window.
  package enum Kind: String, Hashable, Sendable {
    case maximum, average
  }

  package let name: String
  package let kind: Kind
  /// Height and width of a window.
  package let size: Int
  /// From one window to the next.
  package let stride: Int
  package var parameters: [StateTensor] { [] }

  /// Windows that lie wholly inside the image; `stride` is `size` unless given.
  package init(name: String, kind: Kind, size: Int, stride: Int? = nil) {
    self.name = name
    self.kind = kind
    self.size = size
    self.stride = stride ?? size
  }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let spatial = WindowDimension(size: size, stride: stride)
    let window = WindowAttributes([
      WindowDimension(size: 1), spatial, spatial, WindowDimension(size: 1),
    ])
    switch kind {
    case .maximum: return try builder.reduceWindow(.maximum, x, window)
    case .average:
      let sum = try builder.reduceWindow(.add, x, window)
      return try builder.multiply(sum, builder.splat(1 / Double(size * size), like: sum))
    }
  }
}
