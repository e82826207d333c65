internal import Units

/// What any way to run tiles of some size takes at least, in few operations: most mappings are ruled out
/// by that, without working out what their instructions cost.
struct MappingBounds {
  private let problem: GroupProblem
  private let timing: ChipTiming
  /// Bytes a cycle that copies move at most; 0 where the DRAM's model says it by pattern.
  private let cyclesPerByte: Double
  private let launch: Int
  /// From a copy's issue to its data: DRAM, CMEM.
  private let lead: Int
  private let cmemLead: Int
  private let vectorLatency: Int
  /// Cycles of the vector unit for the results of all tiles, latencies apart.
  private let vectorWork: Int
  /// Cycles in which operands enter, as if every element had work.
  private let leastCompute: Int
  /// Bytes of operands that come from DRAM, and of outputs and further inputs.
  private let lhsBytes: Int
  private let rhsBytes: Int
  private let otherLoads: Int
  private let storedBytes: Int
  /// Copies from and to DRAM for each tile of results.
  private let tiledCopies: Int
  private let loadsFromCMEM: Bool
  private let storesToCMEM: Bool

  init(_ problem: GroupProblem, _ timing: ChipTiming) {
    self.problem = problem
    self.timing = timing
    let vmem = timing.vmem
    cyclesPerByte = timing.dramBytesPerCycle.map { (1 - 1e-9) / $0 } ?? 0
    launch = timing.launchCycles
    lead = timing.dramLeadCycles
    cmemLead =
      timing.architecture.dma.setupCycles + (timing.architecture.cmem?.latencyCycles ?? 0)
    vectorLatency = timing.architecture.vpu.latencyCycles + 2 * vmem.latencyCycles
    let arrays = timing.mxu
    vectorWork =
      timing.architecture.vpu.cycles(for: problem.work, vmem: vmem) - vectorLatency
    leastCompute = problem.product.map { arrays.leastCompute($0, problem.operandType) } ?? 0
    var (lhs, rhs, others, stored) = (0, 0, 0, 0)
    for input in problem.inputs where input.place == .dram {
      switch input.role {
      case .lhs: lhs = problem.geometry.map(problem.leastBytes) ?? input.bytes
      case .rhs: rhs = input.bytes
      case .tiled, .whole: others += input.bytes
      }
    }
    for output in problem.outputs where !output.storesToCMEM {
      stored += output.stores * output.bytes
    }
    (lhsBytes, rhsBytes, otherLoads, storedBytes) = (lhs, rhs, others, stored)
    tiledCopies =
      problem.inputs.reduce(0) { $1.role == .tiled && $1.place == .dram ? $0 + 1 : $0 }
      + problem.outputs.reduce(0) { $1.isWhole || $1.storesToCMEM ? $0 : $0 + $1.stores }
    loadsFromCMEM = problem.inputs.contains { $0.place == .cmem }
    storesToCMEM = problem.outputs.contains { $0.storesToCMEM && $0.stores > 0 }
  }

  private func bus(_ bytes: Int) -> Int {
    // Parts that overlap may add up to a few bytes less than the whole.
    max(0, Int(Double(bytes) * cyclesPerByte) - 1)
  }

  private var loadsOperands: Bool { lhsBytes + rhsBytes > 0 }
  private var stores: Bool { storedBytes > 0 }

  /// Before the first product: its operands arrive. After the last one: its result leaves.
  private func head(_ tile: Tile, _ counts: Tile) -> Int {
    var first = 0.0
    if problem.geometry == nil {
      first += Double(lhsBytes) / Double(counts.batch * counts.m * counts.k)
    }
    first += Double(rhsBytes) / Double(counts.batch * counts.n * counts.k)
    return max(
      (loadsOperands ? lead : 0) + bus(Int(first)), loadsFromCMEM ? cmemLead : 0)
  }

  /// Cycles at least of any mapping, for the DRAM's bus.
  var leastBus: Int {
    let loads = lhsBytes + rhsBytes + otherLoads
    return launch
      + max(
        (loads > 0 ? lead : 0) + bus(loads) + vectorLatency + (stores ? lead : 0),
        bus(loads + storedBytes))
  }

  /// Cycles at least with tiles of a size, whose arrays are busy for so long.
  func arrays(_ tile: MappingSpace.TileChoice, busy: Int) -> Int {
    let busy = max(leastCompute, busy - tile.lastDuration.pause)
    return launch + head(tile.tile, tile.counts)
      + max(tile.duration.lead + busy + tile.lastDuration.tail, turns(tile)) + tail(tile)
  }

  /// A tile begins when the vector unit has taken the sums of the tile before, or of the one before
  /// that if the accumulators hold two.
  private func turns(_ tile: MappingSpace.TileChoice) -> Int {
    let results = tile.counts.batch * tile.counts.m * tile.counts.n
    let last = tile.lastDuration
    let product =
      last.lead + tile.counts.k * last.occupied + last.tail
    return (results - 1) / min(2, tile.tilesHeld) * (product + lastVector(tile.last)) + product
  }

  /// Cycles of the vector unit for the results of a tile.
  private func lastVector(_ tile: Tile) -> Int {
    let elements = tile.batch * tile.m * tile.n
    return vectorLatency
      + Share(part: elements, whole: max(1, problem.elements)).of(vectorWork)
  }

  /// After the last product: the vector unit takes its sums, and its result leaves.
  private func tail(_ tile: MappingSpace.TileChoice) -> Int {
    let last = tile.last.batch * tile.last.m * tile.last.n
    let stored = Share(part: last, whole: max(1, problem.elements)).of(storedBytes)
    return max(vectorLatency, lastVector(tile.last) - 1) + (stores ? lead + bus(stored) : 0)
      + (!stores && storesToCMEM ? cmemLead : 0)
  }

  /// Cycles at least of a mapping, and its bytes over the DRAM's interface.
  func cycles(
    _ tile: MappingSpace.TileChoice, _ mapping: Mapping, _ loads: MappingSpace.OperandLoads
  ) -> (cycles: Int, dramBytes: Int) {
    let blocks = mapping.nest.turns(mapping.nest.levels(.k))
    let spilled = mapping.sums == .dram ? 4 * problem.elements * (blocks - 1) : 0
    let loaded = loads.bytes + otherLoads + spilled
    let all = loaded + storedBytes + spilled
    let results = tile.counts.batch * tile.counts.m * tile.counts.n
    let head = max(
      head(tile.tile, tile.counts), (loads.firstBytes > 0 ? lead : 0) + bus(loads.firstBytes))
    // So many copies may be in flight, each of which takes its lead and its data's time.
    let copies = loads.copies + results * tiledCopies
    let queued = (copies * lead + bus(all)) / timing.copiesInFlight
    let spills =
      mapping.sums == .accumulators ? 0 : max(0, spilledTiles(tile, blocks)) * tile.spillCycles
    let vectors = results * vectorLatency + vectorWork + spills
    let product =
      tile.lastDuration.lead + tile.lastDuration.occupied + tile.lastDuration.tail
    let last = product + tail(tile)
    // A part comes when the products that read the one before the last have ended.
    let uses = loads.turns > 0 ? mapping.nest.steps / loads.turns : 1
    let filled =
      max(0, loads.turns - 1) / 2 * (lead + product + (uses - 1) * tile.lastDuration.occupied)
    let cycles = max(
      tile.bound - self.head(tile.tile, tile.counts) + head + (tile.tilesHeld < 2 ? spills : 0),
      launch + (loads.bytes > 0 ? lead : 0) + bus(loads.bytes) + last, launch + bus(all),
      launch + queued, launch + head + vectors, launch + head + filled)
    return (cycles, all)
  }

  /// Elements whose sums are taken to VMEM and put back, once each.
  func spilledElements(_ mapping: Mapping) -> Int {
    mapping.sums == .accumulators
      ? 0 : problem.elements * (mapping.nest.turns(mapping.nest.levels(.k)) - 1)
  }

  /// Times that sums of whole tiles are taken and put back, less one of them at each end.
  private func spilledTiles(_ tile: MappingSpace.TileChoice, _ blocks: Int) -> Int {
    let extents = problem.extents
    return (blocks - 1) * (extents.batch / tile.tile.batch) * (extents.images / tile.tile.images)
      * (extents.rows / tile.tile.rows) * (extents.columns / tile.tile.columns)
      * (extents.n / tile.tile.n)
  }
}

extension GroupProblem {
  /// Bytes of the places of a convolution's input that some window reads.
  fileprivate func leastBytes(_ geometry: PatchGeometry) -> Int {
    (product?.batch ?? 1) * geometry.images
      * geometry.rows.needed(from: 0, count: geometry.rows.output)
      * geometry.columns.spanned(0, geometry.columns.output) * geometry.placeBytes
  }
}

extension MXUParameters {
  /// Cycles in which operands of a product enter, at least: as if every element had work.
  fileprivate func leastCompute(_ product: ProductShape, _ type: OperandType) -> Int {
    let perCycle = Double(macsPerCycle) * (relativeRates[type] ?? 1)
    return Int(Double(product.batch) * Double(product.gemm.macs) / perCycle * (1 - 1e-12))
  }
}
