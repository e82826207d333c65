public import DeviceAPI

extension Workload {
  /// The matrix products of a graph, in program order; convolutions as the products that they are
  /// lowered to. Batched products become as many layers of one shape.
  ///
  /// - Validity: everything else in the graph (activations, loss, optimizer) is left out.
  public init(productsOf graph: Graph) {
    var layers: [Workload.Layer] = []
    for (index, instruction) in graph.instructions.enumerated() {
      guard let product = graph.productShape(of: ValueID(index)), product.gemm.macs > 0 else {
        continue
      }
      let scope = instruction.scope
      layers.append(
        Workload.Layer(
          name: scope.isEmpty ? "%\(index)" : scope, shape: .gemm(product.gemm),
          count: product.batch))
    }
    self.init(name: graph.name, layers: layers)
  }

  /// The same layers on `count` inputs at once: more output positions of a convolution, more rows
  /// of a product.
  public func batched(by count: Int) -> Workload {
    var workload = self
    for index in workload.layers.indices {
      switch layers[index].shape {
      case .gemm(let gemm):
        workload.layers[index].shape = .gemm(
          GEMMShape(
            m: gemm.m.multipliedReportingOverflow(by: count).partialValue, n: gemm.n, k: gemm.k))
      case .convolution(var shape):
        shape.batch = shape.batch.multipliedReportingOverflow(by: count).partialValue
        workload.layers[index].shape = .convolution(shape)
      }
    }
    return workload
  }
}
