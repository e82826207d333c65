public import DeviceAPI

/// A classifier of images: layers one after another.
public protocol Model: Sendable {
  /// The name by which it is asked for: `mlp`.
  var name: String { get }
  /// What identifies its shape, for reports and checkpoints: `784-128-10`.
  var summary: String { get }
  /// Height of the images.
  var rows: Int { get }
  /// Width of the images.
  var columns: Int { get }
  /// Number of classes, which is the width of the last layer.
  var classes: Int { get }
  /// The first takes f32 `[batch, rows, columns]`, the last gives f32 `[batch, classes]`.
  var layers: [any Layer] { get }
}

extension Model {
  /// What the model learns, in the order of the layers.
  public var parameters: [StateTensor] { layers.flatMap(\.parameters) }

  /// Adds the model to a graph, each layer in a scope of its name.
  ///
  /// - Parameters:
  ///   - images: f32 `[batch, rows, columns]`, 0...1.
  ///   - parameters: one value for each of `parameters`.
  /// - Returns: f32 `[batch, classes]`, the logits.
  /// - Throws: `GraphError` if the layers do not fit each other.
  public func logits(
    of images: ValueID, parameters: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    var value = images
    var remaining = parameters[...]
    for layer in layers {
      let own = Array(remaining.prefix(layer.parameters.count))
      remaining = remaining.dropFirst(own.count)
      let x = value
      value = try builder.withScope(layer.name) { (builder) throws(GraphError) in
        try layer.output(of: x, parameters: own, in: &builder)
      }
    }
    return value
  }
}
