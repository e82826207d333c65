internal import Units

/// What any plan with tiles of some size takes at least, in few operations: most of them are ruled
/// out by that, without working their costs out.
///
/// It never says more than `PlanCosts.bound`.
struct QuickBound {
  private let problem: ProductProblem
  private let mxu: MXUParameters
  /// Bytes a cycle that copies move at most; `nil` where the DRAM's model says it by pattern.
  private let busRate: Double?
  private let launch: Int
  /// From a copy's issue to its data: DRAM, CMEM; and of any instruction of the vector unit.
  private let lead: Int
  private let cmemLead: Int
  private let vectorLatency: Int
  /// Cycles in which operands enter, as if every element had work; and those around them.
  private let compute: Int
  private let overhead: Int

  init(_ problem: ProductProblem, _ architecture: ChipArchitecture, launch: Int) {
    self.problem = problem
    mxu = architecture.mxu
    let vmem = architecture.vmem
    let ports = Double(max(vmem.readBytesPerCycle, vmem.writeBytesPerCycle))
    busRate =
      architecture.dramModel == nil
      ? min(architecture.dramStreamBytesPerCyclePerCore, ports) : nil
    self.launch = launch
    lead = architecture.dma.setupCycles + architecture.dramLatencyCycles
    cmemLead = architecture.dma.setupCycles + (architecture.cmem?.latencyCycles ?? 0)
    vectorLatency = architecture.vpu.latencyCycles + 2 * vmem.latencyCycles
    compute = mxu.leastCompute(problem.product, problem.operandType)
    overhead = mxu.leastOverhead + vmem.latencyCycles
  }

  /// Cycles at least. Bytes from and to CMEM are left out, for they have a path of their own.
  func cycles(_ tiling: Tiling, _ grid: TileGrid) -> Int {
    let onChip = problem.resident.union(problem.inCMEM)
    let loadsInputs = !onChip.contains(.inputs)
    let loadsWeights = !onChip.contains(.weights)
    let stores = !onChip.contains(.outputs)
    let first =
      (loadsInputs ? problem.lhsShare(batch: tiling.batch, m: tiling.m, k: tiling.k) : 0)
      + (loadsWeights ? problem.rhsShare(batch: tiling.batch, k: tiling.k, n: tiling.n) : 0)
    let all =
      (loadsInputs ? problem.lhsBytes : 0) + (loadsWeights ? problem.rhsBytes : 0)
    let loadsFromCMEM = !problem.inCMEM.isDisjoint(with: [.inputs, .weights])
    let head = max(
      (loadsInputs || loadsWeights ? lead : 0) + bus(first), loadsFromCMEM ? cmemLead : 0)
    let storeLead = problem.inCMEM.contains(.outputs) ? cmemLead : 0
    let tail = vectorLatency + (stores ? lead : storeLead)
    return launch
      + max(
        head + arrays(grid) + tail, bus(all) + tail,
        bus(all + (stores ? problem.outputBytes : 0)), head + grid.outputTiles * vectorLatency)
  }

  private func bus(_ bytes: Int) -> Int {
    // Parts of operands that overlap may add up to a few bytes less than the whole.
    busRate.map { max(0, Int(Double(bytes) / $0 * (1 - 1e-9)) - 1) } ?? 0
  }

  /// Cycles of the arrays. Tiles that are not pipelined pay for filling and draining each; those that
  /// are stream no fold faster than the next one loads, or the last one leaves.
  private func arrays(_ grid: TileGrid) -> Int {
    guard mxu.overlap == .pipelined else { return max(compute, 0) + grid.matmuls * overhead }
    let product = problem.product
    func folds(_ extent: Int, _ side: Int, _ tiles: Int) -> Int {
      max(extent.dividedRoundingUp(by: side), tiles)
    }
    let spatial: Int =
      switch mxu.dataflow {
      case .weightStationary:
        folds(product.k, mxu.rows, grid.blocks) * folds(product.n, mxu.columns, grid.columns)
          * grid.rows
      case .inputStationary:
        folds(product.k, mxu.rows, grid.blocks) * folds(product.m, mxu.columns, grid.rows)
          * grid.columns
      case .outputStationary:
        folds(product.m, mxu.rows, grid.rows) * folds(product.n, mxu.columns, grid.columns)
          * grid.blocks
      }
    // The last fold of each array needs not wait for another.
    let streams = product.batch * spatial / mxu.count * mxu.rows - mxu.rows
    return max(compute, streams) + overhead
  }
}
