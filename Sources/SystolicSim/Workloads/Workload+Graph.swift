public import DeviceAPI

extension Workload {
  /// The matrix products of a graph, in program order; convolutions and their gradients as the
  /// products that they are lowered to. Batched products become as many layers of one shape.
  ///
  /// - Validity: everything else in the graph (activations, loss, optimizer) is left out.
  public init(productsOf graph: Graph) {
    var layers: [Workload.Layer] = []
    for (index, instruction) in graph.instructions.enumerated() {
      guard let product = graph.productShape(of: ValueID(index)), product.gemm.macs > 0 else {
        continue
      }
      let scope = instruction.scope
      let name = scope.isEmpty ? "%\(index)" : scope
      if case .convolution = instruction.operation {
        let input = graph.type(of: instruction.operands[0]).elementCount
        layers.append(
          Workload.Layer(
            name: name,
            shape: .patches(
              PatchProduct(batch: product.batch, gemm: product.gemm, inputElements: input))))
      } else {
        layers.append(
          Workload.Layer(name: name, shape: .gemm(product.gemm), count: product.batch))
      }
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
      case .patches(var product):
        let gemm = product.gemm
        product.gemm = GEMMShape(
          m: gemm.m.multipliedReportingOverflow(by: count).partialValue, n: gemm.n, k: gemm.k)
        product.inputElements =
          product.inputElements.multipliedReportingOverflow(by: count)
          .partialValue
        workload.layers[index].shape = .patches(product)
      }
    }
    return workload
  }
}
