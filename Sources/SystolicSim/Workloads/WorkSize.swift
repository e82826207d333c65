internal import SystolicModel

/// How large layers may be, one by one and all together, so that no sum or product of their sizes
/// leaves 64 bits.
struct WorkSize {
  /// Multiply-accumulates at most.
  static let macs = 1 << 55
  /// Elements of an operand at most: more bytes than the largest DRAM of a chip holds.
  static let elements = 1 << 48

  private var total = 0

  /// What is too large about `times` products of one shape, as a sentence; `nil` if nothing is.
  ///
  /// - Parameter input: elements of the left operands together; `nil` if 64 bits do not hold them.
  static func problem(of gemm: GEMMShape, times: Int, input: Int?) -> String? {
    if Int.checkedProduct(times, gemm.m, gemm.k, gemm.n) ?? .max > macs {
      return "the layer must have at most 2^55 multiply-accumulates; found \(times) x "
        + "\(gemm.m) x \(gemm.k) x \(gemm.n)"
    }
    let operands: [(String, Int?)] = [
      ("input", input), ("weights", .checkedProduct(times, gemm.k, gemm.n)),
      ("output", .checkedProduct(times, gemm.m, gemm.n)),
    ]
    for (name, count) in operands where count ?? .max > elements {
      return "the \(name) must have at most 2^48 elements; found "
        + (count.map(String.init) ?? "more than 64 bits hold")
    }
    return nil
  }

  /// Adds a layer, which has no problem by itself.
  ///
  /// - Returns: a sentence where all layers together are too large; `nil` if they are not.
  mutating func add(_ layer: Workload.Layer) -> String? {
    let work = Int.checkedProduct(layer.count, layer.macs)
    guard let work, total.addChecked(work), total <= Self.macs else {
      return "with this layer, \(layer.count) x \(layer.macs) multiply-accumulates, the workload "
        + "has more than 2^55"
    }
    return nil
  }
}

extension Workload {
  /// The same layers on `count` inputs at once: more output positions of a convolution, more rows
  /// of a product.
  ///
  /// - Throws: `WorkloadError` for the first layer that is too large then.
  public func batched(by count: Int) throws(WorkloadError) -> Workload {
    var workload = self
    var size = WorkSize()
    for index in layers.indices {
      let layer = layers[index]
      guard let batched = layer.shape.batched(by: count) else {
        throw WorkloadError(layer.errorPlace, "a batch of \(count) makes it too large for 64 bits.")
      }
      workload.layers[index].shape = batched
      if let problem = batched.problem ?? size.add(workload.layers[index]) {
        throw WorkloadError(layer.errorPlace, "in a batch of \(count): \(problem).")
      }
    }
    return workload
  }
}

extension Workload {
  /// Multiply-accumulates of all layers, as often as each occurs; of a workload that was read from a
  /// file, which says so if they are too many.
  package var macs: Int { layers.reduce(0) { $0 + $1.count * $1.macs } }
}

extension Workload.Layer {
  /// The line of the file that it stands on, or else its name.
  var errorPlace: String { place ?? name }

  /// Multiply-accumulates of one time; the shape has no problem.
  var macs: Int {
    switch shape {
    case .gemm(let gemm): gemm.macs
    case .convolution(let shape): shape.groups * shape.groupGEMM.macs
    case .patches(let product): product.batch * product.gemm.macs
    }
  }
}

extension Workload.Layer.Shape {
  /// What makes no sense or is too large, as a sentence; `nil` if nothing is.
  var problem: String? {
    switch self {
    case .gemm(let gemm):
      gemm.problem ?? WorkSize.problem(of: gemm, times: 1, input: .checkedProduct(gemm.m, gemm.k))
    case .convolution(let shape): shape.problem
    case .patches(let product):
      product.gemm.problem
        ?? WorkSize.problem(
          of: product.gemm, times: product.batch, input: product.inputElements)
    }
  }

  /// The same on `count` inputs; `nil` where 64 bits do not hold it.
  fileprivate func batched(by count: Int) -> Workload.Layer.Shape? {
    switch self {
    case .gemm(let gemm):
      return Int.checkedProduct(gemm.m, count).map {
        .gemm(GEMMShape(m: $0, n: gemm.n, k: gemm.k))
      }
    case .convolution(var shape):
      guard let batch = Int.checkedProduct(shape.batch, count) else { return nil }
      shape.batch = batch
      return .convolution(shape)
    case .patches(var product):
      guard let m = Int.checkedProduct(product.gemm.m, count),
        Int.checkedProduct(product.inputElements, count) != nil
      else { return nil }
      product.gemm = GEMMShape(m: m, n: product.gemm.n, k: product.gemm.k)
      product.geometry?.images *= count
      return .patches(product)
    }
  }
}

extension WorkloadEstimator {
  /// Why a layer's cycles may leave 64 bits on this chip, as a sentence; `nil` if no plan's do.
  ///
  /// Bounds every plan from above: each multiply-accumulate loads its operands anew, and each cycle's
  /// worth of them waits for a copy.
  func timeProblem(of layer: Workload.Layer) -> String? {
    let architecture = chip.architecture
    let macs = Double(layer.macs)
    let bytes = 2 * macs * Double(options.operandType.byteCount)
    let copies = macs / Double(architecture.mxu.macsPerCycle) + 1
    let wait = Double(architecture.dramLatencyCycles + architecture.dma.setupCycles)
    let cycles = bytes / architecture.dramStreamBytesPerCyclePerCore + copies * wait
    guard cycles > 0x1p62 else { return nil }
    return
      "its cycles may leave 64 bits on this chip. Use a smaller layer, a faster DRAM, or a slower "
      + "clock"
  }

  /// Complains about layers whose figures, each as often as it occurs, may sum to more than 64 bits.
  func requireSums(_ layers: [LayerEstimate]) throws(WorkloadError) {
    var sum = 0
    for layer in layers {
      let cycles =
        layer.mxu.busy + layer.mxu.stalls + layer.demands.values
        + [layer.totalCycles, layer.computeCycles, layer.contentionCycles]
      let bytes = layer.traffic.flatMap { [$0.read.count, $0.written.count] }
      let largest = (cycles.map(\.count) + bytes).reduce(layer.macs, max)
      guard let all = Int.checkedProduct(layer.count, largest), sum.addChecked(all) else {
        throw WorkloadError(
          layer.name,
          "with this layer, \(layer.count) times, the workload's figures leave 64 bits. Use fewer or "
            + "smaller layers.")
      }
    }
  }
}
