public import GraphIR
internal import GraphPasses
internal import SystolicCompiler

extension Workload {
  /// The matrix products of a graph, in program order; convolutions and their gradients as the
  /// products that they are lowered to. Batched products become as many layers of one shape.
  ///
  /// Products in loops count as often as the loop turns. Where that depends on data one turn counts, and
  /// of branches the one of most multiply-accumulates; notes say so.
  ///
  /// - Validity: everything else in the graph (activations, loss, optimizer) is left out.
  public init(productsOf graph: Graph) {
    self.init(name: graph.name, layers: [])
    add(graph, KnownValues(graph), times: 1, prefix: "")
  }

  private mutating func add(_ graph: Graph, _ known: KnownValues, times: Int, prefix: String) {
    for (index, instruction) in graph.instructions.enumerated() {
      let value = ValueID(index)
      let scope = instruction.scope
      switch instruction.operation {
      case .whileLoop, .branch:
        addRegions(
          of: value, graph, known, times: times,
          name: prefix + (scope.isEmpty ? "" : scope + "/"))
      default:
        guard let product = graph.productShape(of: value),
          min(product.m, product.k, product.n) > 0
        else { continue }
        layers.append(
          graph.layer(
            of: value, product, times: times, name: prefix + (scope.isEmpty ? "%\(index)" : scope)))
      }
    }
  }

  private mutating func addRegions(
    of value: ValueID, _ graph: Graph, _ known: KnownValues, times: Int, name: String
  ) {
    let inner = known.operands(of: value)
    func products(_ region: Graph, times: Int, _ prefix: String) -> Workload {
      var part = Workload(name: "", layers: [])
      part.add(region, KnownValues(region, parameters: inner), times: times, prefix: prefix)
      return part
    }
    var chosen: [Workload] = []
    var note: String?
    switch graph[value].operation {
    case .whileLoop(let condition, let body):
      let turns = known.turns(of: value)
      if turns == 0 { return }
      if turns == nil {
        chosen.append(products(condition, times: times.times(2), "\(name)while.condition/"))
        note = "\(name)while: its turns depend on data; one is counted"
      }
      chosen.append(products(body, times: times.times(turns ?? 1), "\(name)while.body/"))
    case .branch(let regions):
      let branches = regions.enumerated().map {
        products($1, times: times, "\(name)case.branch\($0)/")
      }
      let index = known.splat(graph[value].operands[0])?.splat.map { Int($0) }
      let taken = index.map { regions.indices.contains($0) ? $0 : regions.count - 1 }
      let work = branches.map { $0.layers.reduce(0.0) { $0 + $1.allMACs } }
      let greatest = work.indices.max { (work[$0], -$0) < (work[$1], -$1) } ?? 0
      chosen.append(branches[taken ?? greatest])
      if taken == nil {
        note = "\(name)case: its branch depends on data; branch \(greatest) is counted"
      }
    default: return
    }
    let added = chosen.flatMap(\.layers)
    layers += added
    notes += chosen.flatMap(\.notes)
    if let note, !added.isEmpty { notes.append(note + ".") }
  }
}

extension Int {
  /// A product of counts; beyond what a workload may have, some number beyond that.
  fileprivate func times(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? WorkSize.macs + 1 : Swift.min(product, WorkSize.macs + 1)
  }
}

extension Workload.Layer {
  /// Multiply-accumulates of all its times.
  fileprivate var allMACs: Double {
    let once: Double =
      switch shape {
      case .gemm(let gemm): Double(gemm.macs)
      case .patches(let patches): Double(patches.batch) * Double(patches.gemm.macs)
      case .convolution: 0
      }
    return Double(count) * once
  }
}

extension Graph {
  fileprivate func layer(
    of value: ValueID, _ product: ProductShape, times: Int, name: String
  ) -> Workload.Layer {
    guard case .convolution = self[value].operation else {
      return Workload.Layer(
        name: name, shape: .gemm(product.gemm), count: times.times(product.batch))
    }
    var geometry = patchGeometry(of: value)
    let elementBytes = type(of: self[value].operands[0]).dtype.byteCount
    geometry?.placeBytes /= max(1, elementBytes)
    return Workload.Layer(
      name: name,
      shape: .patches(
        Workload.PatchProduct(batch: product.batch, gemm: product.gemm, geometry: geometry)),
      count: times, notes: roundsStrideDown(value) ? [Self.rounding] : [])
  }

  private static let rounding =
    "the stride does not divide: the output is rounded down, as PyTorch and StableHLO do; a topology "
    + "file rounds up, as SCALE-Sim does"

  /// A convolution whose last, partial stride is left out.
  private func roundsStrideDown(_ value: ValueID) -> Bool {
    let instruction = self[value]
    guard case .convolution(let convolution) = instruction.operation else { return false }
    let shape = type(of: instruction.operands[0]).shape
    return zip(convolution.window, convolution.dimensions.inputSpatial).contains { window, at in
      let reach = window.low + shape[at] + window.high - window.dilatedSize
      return window.stride > 1 && window.baseDilation == 1 && reach % window.stride != 0
    }
  }
}
