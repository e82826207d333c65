internal import SystolicModel
internal import Units

/// What any way to run tiles of some size takes at least, in few operations: most mappings are ruled out
/// by that, without working out what their instructions cost.
///
/// A class: the search hands it on for every tile.
final class MappingBounds {
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
  /// Bytes of results that each tile copies to DRAM its part of.
  private let tiledBytes: Int
  /// Results pass through two slots by turns.
  private let resultsPassSlots: Bool
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
    var (others, stored) = (0, 0)
    for input in problem.inputs where input.place == .dram {
      if input.role == .tiled || input.role == .whole { others += input.bytes }
    }
    for output in problem.outputs where !output.storesToCMEM {
      stored += output.stores * output.bytes
    }
    (lhsBytes, rhsBytes) = (problem.leastBytes(.lhs), problem.leastBytes(.rhs))
    (otherLoads, storedBytes) = (others, stored)
    tiledCopies =
      problem.inputs.reduce(0) { $1.role == .tiled && $1.place == .dram ? $0 + 1 : $0 }
      + problem.outputs.reduce(0) { $1.isWhole || $1.storesToCMEM ? $0 : $0 + $1.stores }
    let tiled = problem.outputs.filter { !$0.storesToCMEM && !$0.isWhole && $0.stores > 0 }
    tiledBytes = tiled.reduce(0) { $0 + $1.bytes }
    resultsPassSlots = tiled.contains { $0.place != .vmem && $0.bytes > 0 }
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

  /// Cycles at least with tiles of a size, by those that are whole.
  func quick(_ tile: TileCosts) -> Int {
    let whole = tile.whole
    var busy = (whole.occupied + whole.pause) * tile.wholeCount - whole.pause
    if tile.wholeCount == 1 && tile.last == tile.tile { busy += whole.tail }
    return launch + head(tile.tile, tile.counts) + whole.lead + max(leastCompute, busy) + tail(tile)
  }

  /// Cycles that mappings of a tile may be expected to take beyond their bounds: a copy's lead for every
  /// other tile. Only says which are looked at first.
  func exposed(_ tile: TileCosts) -> Int {
    let counts = tile.counts
    return (counts.batch * counts.m * counts.n * counts.k - 1) / 2 * lead
  }

  /// Cycles at least with tiles of a size.
  func arrays(_ tile: TileCosts) -> Int {
    let (occupied, pauses) = tile.arrayCycles
    let busy = max(leastCompute, occupied + pauses - tile.lastMatmul.pause)
    let results = tile.counts.batch * tile.counts.m * tile.counts.n
    // A tile begins when the vector unit has taken the sums of the tile before, or of the one before that
    // if the accumulators hold two.
    let sums =
      occupied + results * (tile.lastMatmul.lead + tile.lastMatmul.tail + vectorLatency)
      + vectorWork
    // A result is written when the copy of the one before the last has left its slot.
    let copied = resultsPassSlots ? chain(tile, links: (results - 1) / 2, withProducts: false) : 0
    return launch + head(tile.tile, tile.counts)
      + max(
        tile.whole.lead + busy + tile.lastMatmul.tail,
        sums / min(2, tile.tilesHeld) - cyclesOfVector(tile.tile), copied)
      + tail(tile)
  }

  /// From the first product's begin to the end of the last one, if so many results before it are computed
  /// and copied one after another, and none is computed while another is copied; and no product runs
  /// meanwhile, either, if the operands come after the copy.
  private func chain(_ tile: TileCosts, links: Int, withProducts: Bool) -> Int {
    let last = tile.last.batch * tile.last.m * tile.last.n
    let duration = tile.lastMatmul
    let product = duration.lead + duration.occupied + duration.tail
    let copied = lead + bus(Share(part: last, whole: max(1, problem.elements)).of(tiledBytes))
    return product
      + links
      * (cyclesOfVector(tile.last) + (withProducts ? copied + product : max(copied, product)))
  }

  /// Copies are served in program order, each tile's loads before the results of the tile before: so what
  /// a tile brings comes after the results of the second tile before it; in later blocks of a sum, after
  /// those of the tile before.
  private func linksBehindStores(_ mapping: Mapping) -> Int {
    guard tiledBytes > 0 else { return 0 }
    let nest = mapping.nest
    let blocks = nest.levels(.k)
    // Tiles that bring a part of an operand; of each of their blocks, or of the first of them only.
    func tiles(inEachBlock: Bool) -> Int {
      var masks: (UInt8?, UInt8?) = (nil, nil)
      if lhsBytes > 0 && (!inEachBlock || mapping.lhs.outside & blocks != 0) {
        masks.0 = mapping.lhs.outside & ~blocks
      }
      if rhsBytes > 0 && (!inEachBlock || mapping.rhs.outside & blocks != 0) {
        masks.1 = mapping.rhs.outside & ~blocks
      }
      switch masks {
      case (let lhs?, let rhs?):
        return nest.turns(lhs) + nest.turns(rhs) - nest.turns(lhs & rhs)
      case (let one?, nil), (nil, let one?): return nest.turns(one)
      case (nil, nil): return 0
      }
    }
    if blocks == 0 { return (tiles(inEachBlock: false) - 1) / 2 }
    let each = tiles(inEachBlock: true)
    if mapping.sums != .accumulators { return (each - 1) / 2 }
    return max(each - 1, (tiles(inEachBlock: false) - 1) / 2)
  }

  /// Cycles of the vector unit for the results of a tile.
  private func cyclesOfVector(_ tile: Tile) -> Int {
    let elements = tile.batch * tile.m * tile.n
    return vectorLatency
      + Share(part: elements, whole: max(1, problem.elements)).of(vectorWork)
  }

  /// After the last product: the vector unit takes its sums, and its result leaves.
  private func tail(_ tile: TileCosts) -> Int {
    let last = tile.last.batch * tile.last.m * tile.last.n
    let stored = Share(part: last, whole: max(1, problem.elements)).of(storedBytes)
    return max(vectorLatency, cyclesOfVector(tile.last) - 1) + (stores ? lead + bus(stored) : 0)
      + (!stores && storesToCMEM ? cmemLead : 0)
  }

  /// Cycles at least of a mapping, and its bytes over the DRAM's interface.
  func cycles(
    _ tile: TileCosts, _ tileBound: Int, _ mapping: Mapping, _ loads: MappingSpace.OperandLoads
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
      tile.lastMatmul.lead + tile.lastMatmul.occupied + tile.lastMatmul.tail
    let last = product + tail(tile)
    // A part comes when the products that read the one before the last have ended.
    func filled(_ turns: Int, _ lead: Int) -> Int {
      if turns < 3 { return 0 }
      let uses = mapping.nest.steps / turns
      return (turns - 1) / 2 * (lead + product + (uses - 1) * tile.lastMatmul.occupied)
    }
    let cycles = max(
      tileBound - self.head(tile.tile, tile.counts) + head + (tile.tilesHeld < 2 ? spills : 0),
      launch + (loads.bytes > 0 ? lead : 0) + bus(loads.bytes) + last, launch + bus(all),
      launch + queued, launch + head + vectors,
      launch + head + max(filled(loads.turns, lead), filled(loads.turnsFromCMEM, cmemLead)) + last,
      launch + head + chain(tile, links: linksBehindStores(mapping), withProducts: true)
        + tail(tile))
    return (cycles, all)
  }

  /// Elements whose sums are taken to VMEM and put back, once each.
  func spilledElements(_ mapping: Mapping) -> Int {
    mapping.sums == .accumulators
      ? 0 : problem.elements * (mapping.nest.turns(mapping.nest.levels(.k)) - 1)
  }

  /// Times that sums of whole tiles are taken and put back, less one of them at each end.
  private func spilledTiles(_ tile: TileCosts, _ blocks: Int) -> Int {
    let extents = problem.extents
    return (blocks - 1) * (extents.batch / tile.tile.batch) * (extents.images / tile.tile.images)
      * (extents.rows / tile.tile.rows) * (extents.columns / tile.tile.columns)
      * (extents.n / tile.tile.n)
  }
}

extension GroupProblem {
  /// Bytes of an operand that comes from DRAM, once each; of a convolution's input those that some
  /// window reads.
  func leastBytes(_ role: GroupInput.Role) -> Int {
    guard let input = inputs.first(where: { $0.role == role }), input.place == .dram else {
      return 0
    }
    guard role == .lhs, let geometry else { return input.bytes }
    return (product?.batch ?? 1) * geometry.images
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
