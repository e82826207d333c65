internal import GraphIR

extension GraphBuilder {
  /// Scales tensors together so that their common norm is at most `limit`:
  /// `g ← g · min(1, limit / (|g| + 1e-6))`, `|g|` the root of the sum of all squares.
  ///
  /// - Source: Pascanu et al., "On the difficulty of training recurrent neural networks", ICML
  ///   2013, algorithm 1; one norm for all tensors and the 1e-6 as in PyTorch's
  ///   `clip_grad_norm_`.
  mutating func clippedByGlobalNorm(
    _ gradients: [ValueID], limit: Double
  ) throws(GraphError) -> [ValueID] {
    var sum: ValueID?
    for gradient in gradients {
      let squares = try reduce(
        .add, multiply(gradient, gradient), dimensions: Array(0..<type(of: gradient).rank))
      sum = if let sum { try add(sum, squares) } else { squares }
    }
    guard let sum else { return [] }
    let norm = try add(unary(.sqrt, sum), scalar(1e-6))
    let factor = try binary(.minimum, divide(scalar(limit), norm), scalar(1))
    var clipped: [ValueID] = []
    for gradient in gradients {
      clipped.append(try multiply(gradient, broadcastScalar(factor, like: gradient)))
    }
    return clipped
  }
}
