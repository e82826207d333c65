internal import DeviceAPI
internal import GraphIR
internal import SystolicCompiler
package import SystolicModel
internal import SystolicSim
internal import Units

/// A product of two bf16 matrices, once as a graph that is compiled and once as a layer that is
/// estimated.
package struct SingleProduct: Hashable, Sendable {
  package var shape: GEMMShape

  package init(_ shape: GEMMShape) { self.shape = shape }

  /// Shapes of all sizes up to a few thousand, each matrix of more than so many bytes.
  package static func some(_ count: Int, seed: UInt64, moreThan: Int = 0) -> [SingleProduct] {
    var state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    func extent(_ powers: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let power = (state >> 33) % powers
      return 1 << Int(power) + Int((state >> 40) % (1 << power))
    }
    var products: [SingleProduct] = []
    while products.count < count {
      let shape = GEMMShape(m: extent(12), n: extent(12), k: extent(12))
      let least = min(shape.m * shape.k, shape.k * shape.n, shape.m * shape.n)
      if 2 * least > moreThan { products.append(SingleProduct(shape)) }
    }
    return products
  }

  /// The product alone: operands in DRAM, the result in a parameter's place, nothing over the host link.
  private func graph() throws -> Graph {
    var builder = GraphBuilder(name: "product")
    let lhs = builder.parameter("lhs", TensorType([shape.m, shape.k], .bf16))
    let rhs = builder.parameter("rhs", TensorType([shape.k, shape.n], .bf16))
    let place = builder.parameter("result", TensorType([shape.m, shape.n], .bf16))
    builder.result("result", try builder.dotGeneral(lhs, rhs), donating: place)
    return try builder.build()
  }

  /// Where the compiled program and the estimate differ.
  package func problems(on chip: Chip) throws -> [String] {
    let name = "\(shape.m)x\(shape.k)x\(shape.n)"
    let layer = Workload.Layer(name: name, shape: .gemm(shape))
    let compiled: CompiledProgram
    do {
      compiled = try SystolicCompiler(chip: chip).compile(graph())
    } catch let error as DeviceError {
      guard ProgramSweep.saysWhy(error) else { return ["\(name): \(error)"] }
      let estimated = try? WorkloadEstimator(chip: chip).estimate(layer)
      return estimated == nil ? [] : ["\(name): estimated, but not compiled: \(error)"]
    }
    let estimate: LayerEstimate
    do { estimate = try WorkloadEstimator(chip: chip).estimate(layer) } catch {
      return ["\(name): compiled, but not estimated: \(error)"]
    }
    var problems: [String] = []
    func require(_ a: Double, _ b: Double, _ what: String, within: Double = 0) {
      if abs(a - b) > within { problems.append("\(name): \(what) compiled \(a), estimated \(b)") }
    }
    let cost = compiled.cost
    require(
      Double(cost.cold.cycles.count), Double(estimate.totalCycles.count), "cycles")
    for level in [MemoryLevel.offChip, .onChip, .accumulators, .cmem] {
      let traffic = cost.ops.reduce(into: MemoryTraffic()) { $0 += $1.traffic[level.index] }
      let other = estimate.traffic[level.index]
      require(Double(traffic.read.count), Double(other.read.count), "\(level) bytes read")
      require(Double(traffic.written.count), Double(other.written.count), "\(level) bytes written")
    }
    require(
      cost.cold.energy.total.value, estimate.energyPicojoules, "energy", within: 0.01)
    return problems
  }
}
