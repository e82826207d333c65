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
