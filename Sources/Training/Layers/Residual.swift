package import ConfigFiles
package import GraphIR

/// `body(x) + shortcut(x)`, of one shape; without layers the shortcut is `x` itself.
///
/// - Source: He et al., "Deep residual learning for image recognition", CVPR 2016, equations 1 and 2.
package struct Residual: Layer {
  package let name: String
  package let body: [any Layer]
  package let shortcut: [any Layer]

  package init(name: String, body: [any Layer], shortcut: [any Layer] = []) {
    self.name = name
    self.body = body
    self.shortcut = shortcut
  }

  package var parameters: [StateTensor] { (body + shortcut).flatMap(\.parameters) }
  package var statistics: [StateTensor] { (body + shortcut).flatMap(\.statistics) }
  package var drawCount: Int { (body + shortcut).reduce(0) { $0 + $1.drawCount } }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    var parts = context.divided([body, shortcut])
    let sum = try body.output(of: x, &parts[0], in: &builder)
    let straight = try shortcut.output(of: x, &parts[1], in: &builder)
    context.take(parts)
    return try builder.add(sum, straight)
  }
}

/// Layers whose result is added to what went in.
package struct ResidualDescription: Hashable, Sendable, LayerKeys {
  package var layers: [LayerDescription]
  /// What the input passes on its other way; nothing unless stated.
  package var shortcut: [LayerDescription]

  package init(layers: [LayerDescription], shortcut: [LayerDescription] = []) {
    self.layers = layers
    self.shortcut = shortcut
  }

  package func validate() throws(ConfigIssue) {
    if layers.isEmpty { throw ConfigIssue("layers", "must list at least one layer") }
  }

  package func add(to model: inout ModelAssembler, at path: String) throws(ConfigError) {
    let own = model.name("residual")
    model.bringToImage()
    model.note("(")
    let body = try model.nested(layers, from: model.shape, at: path + ".layers")
    if !shortcut.isEmpty { model.note("|") }
    let straight = try model.nested(shortcut, from: model.shape, at: path + ".shortcut")
    model.note(")")
    if body.shape != straight.shape {
      throw model.failure(
        path,
        "(\(own)) adds \(ModelAssembler.text(body.shape)) to \(ModelAssembler.text(straight.shape)). "
          + "Use layers that keep the shape, or a shortcut that changes it alike")
    }
    model.append(
      Residual(name: own, body: body.layers, shortcut: straight.layers), shape: body.shape)
  }
}

extension ResidualDescription: Decodable {
  private enum CodingKeys: String, CodingKey { case layers, shortcut }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layers = try container.decode([LayerDescription].self, forKey: .layers)
    shortcut = try container.decodeIfPresent([LayerDescription].self, forKey: .shortcut) ?? []
  }
}
