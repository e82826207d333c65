package import GraphIR

/// `x/2 · (1 + tanh(sqrt(2/π) · (x + 0.044715 x³)))`, element by element.
///
/// - Source: Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", 2016, section 2; the default
///   of `jax.nn.gelu`.
package struct GELU: Layer {
  package let name: String
  package var parameters: [StateTensor] { [] }

  package init(name: String) { self.name = name }

  package func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let cube = try builder.multiply(builder.multiply(x, x), x)
    let inner = try builder.add(x, builder.times(0.044715, cube))
    let gate = try builder.unary(.tanh, builder.times((2 / Double.pi).squareRoot(), inner))
    return try builder.multiply(
      builder.times(0.5, x), builder.add(gate, builder.splat(1, like: gate)))
  }
}
