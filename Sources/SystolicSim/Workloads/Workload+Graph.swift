public import GraphIR

extension Workload {
  /// The matrix products of a graph, in program order; convolutions and their gradients as the
  /// products that they are lowered to. Batched products become as many layers of one shape.
  ///
  /// - Validity: everything else in the graph (activations, loss, optimizer) is left out.
  public init(productsOf graph: Graph) {
    var layers: [Workload.Layer] = []
    for (index, instruction) in graph.instructions.enumerated() {
      guard let product = graph.productShape(of: ValueID(index)),
        min(product.m, product.k, product.n) > 0
      else { continue }
      let scope = instruction.scope
      let name = scope.isEmpty ? "%\(index)" : scope
      if case .convolution = instruction.operation {
        var geometry = graph.patchGeometry(of: ValueID(index))
        let elementBytes = graph.type(of: instruction.operands[0]).dtype.byteCount
        geometry?.placeBytes /= max(1, elementBytes)
        layers.append(
          Workload.Layer(
            name: name,
            shape: .patches(
              PatchProduct(batch: product.batch, gemm: product.gemm, geometry: geometry)),
            notes: graph.roundsStrideDown(ValueID(index)) ? [Self.rounding] : []))
      } else {
        layers.append(
          Workload.Layer(name: name, shape: .gemm(product.gemm), count: product.batch))
      }
    }
    self.init(name: graph.name, layers: layers)
  }

  private static let rounding =
    "the stride does not divide: the output is rounded down, as PyTorch and StableHLO do; a topology "
    + "file rounds up, as SCALE-Sim does"
}

extension Graph {
  /// A convolution whose last, partial stride is left out.
  fileprivate func roundsStrideDown(_ value: ValueID) -> Bool {
    let instruction = self[value]
    guard case .convolution(let convolution) = instruction.operation else { return false }
    let shape = type(of: instruction.operands[0]).shape
    return zip(convolution.window, convolution.dimensions.inputSpatial).contains { window, at in
      let reach = window.low + shape[at] + window.high - window.dilatedSize
      return window.stride > 1 && window.baseDilation == 1 && reach % window.stride != 0
    }
  }
}
