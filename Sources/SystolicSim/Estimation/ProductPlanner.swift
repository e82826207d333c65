internal import Units

/// Chooses tiles for one product: every way to divide it that fits, in the order of what a closed
/// formula says that it takes at least; each is put on the time axis until none is left that could
/// be faster.
///
/// The ways that there are depend on the array and on VMEM's capacity, not on any bandwidth, and
/// the formula never says too much. So the result is the fastest of all of them: more bandwidth or
/// more memory cannot make it slower.
///
/// A class, because closures would copy the architecture with it, for every tile that is tried.
final class ProductPlanner {
  let problem: ProductProblem
  let architecture: ChipArchitecture
  /// Cycles before the first instruction.
  let launch: Int

  init(problem: ProductProblem, architecture: ChipArchitecture, launch: Int) {
    self.problem = problem
    self.architecture = architecture
    self.launch = launch
  }

  /// A plan and what is known of it.
  struct Candidate {
    var plan: ProductPlan
    var bound: Int
    /// The cycle before which VMEM's ports cannot have moved all bytes.
    var portEnd: Int
    var result: ProductTimeline.Result?
  }

  /// The best plan first; the others that had to be looked at in the order of their bounds.
  ///
  /// - Parameter atLeast: keep so many plans, even those that are known to be slower than the best.
  func candidates(atLeast: Int = 1) -> [Candidate] {
    let undivided = atLeast > 1 ? nil : undivided()
    var limit = undivided?.result?.cycles ?? Int.max
    if atLeast == 1 { limit = min(limit, firstGuess() + 1) }
    var candidates: [Candidate] = []
    forEachPlan(below: limit) { plan, costs in
      let portEnd = costs.portEnd(problem, plan, architecture.vmem, launch: launch)
      let bound = max(portEnd, costs.bound(problem, plan, launch: launch))
      if bound < limit {
        candidates.append(Candidate(plan: plan, bound: bound, portEnd: portEnd))
      }
    }
    // Equal bounds: the larger tile, which was made first.
    let order = candidates.indices.sorted {
      (candidates[$0].bound, $0) < (candidates[$1].bound, $1)
    }
    var best: Int?
    for index in order {
      if candidates[index].bound >= limit { break }
      var timeline = ProductTimeline(
        problem, candidates[index].plan, architecture: architecture, launch: launch)
      let result = timeline.run().waiting(until: candidates[index].portEnd)
      candidates[index].result = result
      if result.cycles < limit { (best, limit) = (index, result.cycles) }
    }
    guard let best else { return undivided.map { [$0] } ?? [] }
    return [candidates[best]] + order.filter { $0 != best }.map { candidates[$0] }
  }

  /// The whole product in one tile, run; `nil` if it does not fit.
  private func undivided() -> Candidate? {
    let product = problem.product
    let tiling = Tiling(batch: product.batch, m: product.m, n: product.n, k: product.k)
    guard fits(tiling) else { return nil }
    let plan = ProductPlan(tiling: tiling, keepsLhs: false, keepsRhs: false)
    var timeline = ProductTimeline(problem, plan, architecture: architecture, launch: launch)
    let costs = PlanCosts(problem, tiling, architecture)
    let portEnd = costs.portEnd(problem, plan, architecture.vmem, launch: launch)
    return Candidate(
      plan: plan, bound: max(portEnd, costs.bound(problem, plan, launch: launch)),
      portEnd: portEnd, result: timeline.run().waiting(until: portEnd))
  }

  /// Cycles of the better of two plans that are often good, weights in two and in four parts; most
  /// others are then ruled out at once. Both are among the plans that there are.
  private func firstGuess() -> Int {
    var least = Int.max - 1
    let product = problem.product
    for n in ladder(product.n, unit: tileUnits.n, cutsUnits: true).dropFirst().prefix(2) {
      let tiling = Tiling(batch: 1, m: product.m, n: n, k: product.k)
      guard product.batch == 1, fits(tiling) else { continue }
      forEachOrder(tiling) { plan, costs in
        let portEnd = costs.portEnd(problem, plan, architecture.vmem, launch: launch)
        if max(portEnd, costs.bound(problem, plan, launch: launch)) >= least { return }
        var timeline = ProductTimeline(problem, plan, architecture: architecture, launch: launch)
        least = min(least, timeline.run().waiting(until: portEnd).cycles)
      }
    }
    return least
  }

  /// The best plan; `nil` if none fits.
  func best() -> (plan: ProductPlan, result: ProductTimeline.Result)? {
    candidates().first.flatMap { best in best.result.map { (best.plan, $0) } }
  }

  /// VMEM that the smallest tiles take.
  var smallestBytes: Int {
    let product = problem.product
    let k = architecture.mxu.dataflow == .outputStationary ? 1 : architecture.mxu.rows
    let tiling = Tiling(k: min(product.k, k))
    return problem.vmemBytes(
      ProductPlan(tiling: tiling, keepsLhs: false, keepsRhs: false), TileGrid(product, tiling))
  }

  // MARK: The plans that there are

  private func forEachPlan(below limit: Int, _ body: (ProductPlan, PlanCosts) -> Void) {
    let product = problem.product
    let mxu = architecture.mxu
    let units = tileUnits
    // Blocks of k are whole folds, so that tiles do not change the order of a sum.
    let cutsFolds = mxu.dataflow == .outputStationary
    let quick = QuickBound(problem, architecture, launch: launch)
    let (ms, ns, ks) = (
      ladder(product.m, unit: units.m, cutsUnits: true),
      ladder(product.n, unit: units.n, cutsUnits: true),
      ladder(product.k, unit: units.k, cutsUnits: cutsFolds)
    )
    for batch in ladder(product.batch, unit: 1, cutsUnits: false) {
      let isWhole = batch > 1
      for k in isWhole ? ks.prefix(1) : ks[...] {
        for m in isWhole ? ms.prefix(1) : ms[...] {
          for n in isWhole ? ns.prefix(1) : ns[...] {
            if k < product.k && !mxu.holdsSums(m: m, n: n) { continue }
            let tiling = Tiling(batch: batch, m: m, n: n, k: k)
            if quick.cycles(tiling, TileGrid(product, tiling)) >= limit { continue }
            if fits(tiling) { forEachOrder(tiling, body) }
          }
        }
      }
    }
  }

  /// Whether a tile fits VMEM with as few slots as there can be.
  private func fits(_ tiling: Tiling) -> Bool {
    let plan = ProductPlan(tiling: tiling, keepsLhs: false, keepsRhs: false)
    return problem.vmemBytes(plan, TileGrid(problem.product, tiling))
      <= architecture.vmem.capacityBytes
  }

  private func forEachOrder(_ tiling: Tiling, _ body: (ProductPlan, PlanCosts) -> Void) {
    let costs = PlanCosts(problem, tiling, architecture)
    let grid = costs.tiles.grid
    var orders = [true]
    if grid.rows > 1 && grid.columns > 1 { orders.append(false) }
    for isRowMajor in orders {
      var tiling = tiling
      tiling.isRowMajor = isRowMajor
      for (lhs, rhs) in kept(tiling, grid) {
        let plan = ProductPlan(tiling: tiling, keepsLhs: lhs, keepsRhs: rhs)
        body(plan, costs)
      }
    }
  }

  /// Which operands may stay: as many as fit, and only where that saves a load.
  private func kept(_ tiling: Tiling, _ grid: TileGrid) -> [(Bool, Bool)] {
    let none = ProductPlan(tiling: tiling, keepsLhs: false, keepsRhs: false)
    let lhsGains = grid.batches == 1 && problem.lhsPasses(none, grid) > 1
    let rhsGains = grid.batches == 1 && problem.rhsPasses(none, grid) > 1
    func fits(_ lhs: Bool, _ rhs: Bool) -> Bool {
      let plan = ProductPlan(tiling: tiling, keepsLhs: lhs, keepsRhs: rhs)
      return problem.vmemBytes(plan, grid) <= architecture.vmem.capacityBytes
    }
    if lhsGains && rhsGains && fits(true, true) { return [(true, true)] }
    var choices: [(Bool, Bool)] = []
    if lhsGains && fits(true, false) { choices.append((true, false)) }
    if rhsGains && fits(false, true) { choices.append((false, true)) }
    return choices.isEmpty ? [(false, false)] : choices
  }

  /// Extents that whole tiles are multiples of: the array's along dimensions in space, a vector
  /// register's rows in time.
  private var tileUnits: (m: Int, n: Int, k: Int) {
    let mxu = architecture.mxu
    let sublanes = architecture.vpu.sublanes
    return switch mxu.dataflow {
    case .weightStationary: (sublanes, mxu.columns, mxu.rows)
    case .inputStationary: (mxu.columns, sublanes, mxu.rows)
    case .outputStationary: (mxu.rows, mxu.columns, sublanes)
    }
  }

  /// The extent in 1, 2, 4, ... even parts, in whole units; and if even one unit is too much, fewer.
  private func ladder(_ extent: Int, unit: Int, cutsUnits: Bool) -> [Int] {
    var sizes = [extent]
    var parts = 2
    while let last = sizes.last, last > 1 {
      let even = extent.dividedRoundingUp(by: parts)
      let size = last > unit ? even.roundedUp(toMultipleOf: unit) : even
      if size < last { sizes.append(size) }
      if last <= unit && !(cutsUnits && needsSmallTiles) { break }
      parts *= 2
    }
    return sizes
  }

  /// A single unit in each dimension is too much for VMEM.
  private var needsSmallTiles: Bool {
    let units = tileUnits
    let product = problem.product
    let tiling = Tiling(
      batch: 1, m: min(units.m, product.m), n: min(units.n, product.n), k: min(units.k, product.k))
    return !fits(tiling)
  }
}

extension MXUParameters {
  /// Whether sums of a tile can wait in the accumulators for the next block of `k`, while the
  /// vector unit takes the tile before out of the other half. With results stationary they wait in
  /// the array, which holds one fold.
  func holdsSums(m: Int, n: Int) -> Bool {
    if dataflow == .outputStationary { return m <= rows && n <= columns }
    return 2 * 4 * m * n <= count * accumulatorBytes
  }

  /// Cycles of any product that are not those in which operands enter, at least.
  var leastOverhead: Int {
    rows + columns - 2 + (dataflow == .outputStationary ? 0 : rows)
  }

  /// Cycles in which operands of a product enter, at least: as if every element had work.
  func leastCompute(_ product: ProductShape, _ type: OperandType) -> Int {
    let perCycle = Double(macsPerCycle) * (relativeRates[type] ?? 1)
    return Int(Double(product.batch) * Double(product.gemm.macs) / perCycle * (1 - 1e-12))
  }
}
