internal import SystolicModel
internal import Units

/// A tile of a group, and what its instructions cost in whatever order the tiles run. Mappings of a tile
/// share it: only copies of operands depend on the mapping.
///
/// Not for several threads: what only mappings on the time axis need is worked out for the first one.
final class TileCosts {
  let tile: Tile
  /// Tiles along each axis.
  let counts: Tile
  /// The tile at the end of each axis.
  let last: Tile
  /// Of a whole tile.
  let arrayCost: ArrayCost
  /// A whole tile on the arrays; and how many tiles are whole.
  let whole: InstructionDuration
  let wholeCount: Int
  /// How many tiles' sums the accumulators hold; 0 if not one.
  let tilesHeld: Int
  /// Each array holds one fold at most: results may stay in it from block to block of `k`.
  let staysInArray: Bool
  /// By kind of tile; empty if there is nothing to multiply.
  private(set) lazy var matmul =
    !hasProduct
    ? .empty
    : table(running: nest.all) {
      $0 == 0 ? whole : timing.matmul(problem.matmul(sizes, $0))
    }
  /// Cycles in which all tiles occupy the arrays, and for which they keep others out after that.
  private(set) lazy var arrayCycles: (occupied: Int, pauses: Int) = {
    var cycles = (occupied: 0, pauses: 0)
    if !hasProduct { return cycles }
    sizes.masks.forEachKind(nest, running: nest.all) { kind, count in
      cycles.occupied += count * matmul[kind].occupied
      cycles.pauses += count * matmul[kind].pause
    }
    return cycles
  }()
  /// Cycles of the vector unit to take the sums of a whole tile, and to put them back.
  private(set) lazy var spillCycles =
    timing.vector(problem.takingSums(sizes, 0)).occupied
    + timing.vector(problem.puttingSums(sizes, 0)).occupied
  /// What the vector unit does for a tile whose sums are complete, by kind.
  private(set) lazy var vector = table(running: results) {
    timing.vector(problem.vectorWork(sizes, $0))
  }
  /// Copies of each output, by kind.
  private(set) lazy var stores = problem.outputs.map { output in
    table(running: output.isWhole ? 0 : results) {
      timing.copy(
        problem.pattern(output, sizes, $0), on: output.storeUnit, isWrite: true)
    }
  }
  /// Bytes of products and results at VMEM's ports.
  private(set) lazy var ports = portBytes()

  /// Copies of parts of an input.
  struct PartCosts {
    let durations: DurationTable
    /// Of the greatest part.
    var bytes = 0
    var portWritten = 0
  }

  let hasProduct: Bool
  private var parts: [(input: Int, turns: Int, sizes: PieceSizes.Lengths, costs: PartCosts)] = []
  private let problem: GroupProblem
  private let timing: ChipTiming
  private lazy var nest: LoopNest = {
    var nest = LoopNest()
    for axis in LoopNest.Axis.allCases { nest.append(axis, counts[axis]) }
    return nest
  }()
  private lazy var sizes = PieceSizes(
    nest, tile: tile, extents: problem.extents, outside: nest.all)
  private var results: UInt8 { nest.all & ~nest.levels(.k) }

  init(_ problem: GroupProblem, _ tile: Tile, _ timing: ChipTiming) {
    (self.problem, self.tile, self.timing) = (problem, tile, timing)
    let extents = problem.extents
    counts = tile.counts(of: extents)
    last = tile.last(of: extents, counts)
    hasProduct = problem.product.map { $0.gemm.macs > 0 } ?? false
    wholeCount = LoopNest.Axis.allCases.reduce(1) { $0 * (extents[$1] / tile[$1]) }
    guard hasProduct else {
      (arrayCost, whole) = (.zero, InstructionDuration(kind: .compute))
      (tilesHeld, staysInArray) = (2, false)
      return
    }
    let matmul = problem.matmul(tile)
    arrayCost = timing.arrayCost(of: matmul)
    whole = timing.matmul(matmul, arrayCost)
    tilesHeld = timing.mxu.tilesHeld(arrayCost, type: problem.operandType)
    staysInArray = tile.batch == 1 && arrayCost.sumRows <= min(timing.mxu.rows, tile.m)
  }

  /// Copies of an input's parts from DRAM or CMEM; mappings that cut it alike share them.
  ///
  /// - Parameter running: the loops that run from part to part.
  func copies(
    of input: Int, _ nest: LoopNest, running: UInt8, _ sizes: PieceSizes
  ) -> PartCosts {
    let turns = nest.turns(running)
    for known in parts
    where known.input == input && known.turns == turns && known.sizes == sizes.lengths {
      return known.costs
    }
    let copied = problem.inputs[input]
    let unit: ProgramUnit = copied.place == .cmem ? .dmaCMEM : .dmaLoad
    let kinds = sizes.masks.kindCount(running: running)
    // The first parts of padded images are smaller than those that have no kind of their own.
    var bytes = kinds > 1 ? problem.pattern(copied, sizes, 0).bytes : 0
    var written = 0
    let durations = DurationTable(count: kinds) { base in
      sizes.masks.forEachKind(nest, running: running) { kind, count in
        let pattern = problem.pattern(copied, sizes, kind)
        bytes = max(bytes, pattern.bytes)
        base[kind] = timing.copy(pattern, on: unit, isWrite: false)
        written += count * base[kind].portWritten
      }
    }
    let costs = PartCosts(durations: durations, bytes: bytes, portWritten: written)
    parts.append((input, turns, sizes.lengths, costs))
    return costs
  }

  /// Of the tile that is the last along every axis.
  var lastMatmul: InstructionDuration { matmul[matmul.count - 1] }

  /// Calls `body` for each kind of instruction, copies of operands and sums that wait apart.
  func forEachInstruction(_ body: (InstructionWork, ProgramUnit, _ count: Int) -> Void) {
    problem.forEachInstruction(on: sizes, nest, body)
  }

  private func table(
    running: UInt8, _ duration: (Int) -> InstructionDuration
  ) -> DurationTable {
    sizes.masks.table(nest, running: running, duration)
  }

  private func portBytes() -> (read: Int, written: Int) {
    var ports = (read: 0, written: 0)
    func add(_ table: DurationTable, running: UInt8, times: Int = 1) {
      if table.isEmpty || times == 0 { return }
      sizes.masks.forEachKind(nest, running: running) { kind, count in
        ports.read += times * count * table[kind].portRead
        ports.written += times * count * table[kind].portWritten
      }
    }
    add(matmul, running: nest.all)
    add(vector, running: results)
    for (output, table) in zip(problem.outputs, stores) {
      add(table, running: output.isWhole ? 0 : results, times: output.stores)
    }
    return ports
  }
}

extension GroupProblem.Output {
  var storeUnit: ProgramUnit { storesToCMEM ? .dmaCMEM : .dmaStore }
}
