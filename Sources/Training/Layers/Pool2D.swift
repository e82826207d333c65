package import ConfigFiles
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

/// Windows of `size` by `size` that lie wholly inside the image.
package struct PoolWindow: Hashable, Sendable, Codable, Validatable {
  package var size: Int
  /// From one window to the next.
  package var stride: Int

  package func validate() throws(ConfigIssue) {
    try ConfigIssue.require("size", size, in: 1...1024)
    try ConfigIssue.require("stride", stride, in: 1...1024)
  }
}

/// Of windows the greatest element or the mean.
package struct PoolDescription: LayerKeys {
  package let kind: Pool2D.Kind
  package let window: PoolWindow

  package init(_ kind: Pool2D.Kind, _ window: PoolWindow) {
    self.kind = kind
    self.window = window
  }

  package func validate() throws(ConfigIssue) { try window.validate() }

  package func add(to model: inout ModelAssembler, at path: String) throws(ConfigError) {
    let own = model.name("pool")
    let (size, stride) = (window.size, window.stride)
    try model.requireImage(own, at: path)
    try model.requireFit(size, 0, own, key: "size", at: path)
    model.bringToImage()
    let shape = model.shape
    model.append(
      Pool2D(name: own, kind: kind, size: size, stride: stride),
      word: "\(kind == .maximum ? "max" : "mean")\(size)s\(stride)",
      shape: [(shape[0] - size) / stride + 1, (shape[1] - size) / stride + 1, shape[2]])
  }
}
