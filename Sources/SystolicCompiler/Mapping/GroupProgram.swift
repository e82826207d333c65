package import SystolicModel
internal import Units

/// A group under a mapping: what each instruction of its tiles does and how long it takes, by kind of
/// tile. The timeline runs it in loops; nothing in it grows with the number of tiles.
package final class GroupProgram: Sendable {
  /// An input whose parts pass through slots.
  package struct Stream: Sendable {
    /// Its place among the group's inputs.
    package var input: Int
    /// Read by the arrays; otherwise by the vector unit.
    package var isOperand: Bool
    package var unit: ProgramUnit
    /// Slots that are filled by turns: one, or two so that a copy works beside the computation; as
    /// many as parts if all stay.
    package var slots: Int
    package var keepsAll: Bool
    /// Bytes of a slot.
    package var slotBytes: Int
    /// A part is loaded for a tile whose edges have all of these bits.
    var loadEdges: LoopEdges
    /// The loops that run from load to load.
    var running: UInt8
    var sizes: PieceSizes
    /// By kind.
    let durations: DurationTable
    var ports = (read: 0, written: 0)
  }

  /// An output whose parts pass through slots, or are copied from where they stay.
  package struct Store: Sendable {
    package var output: Int
    package var unit: ProgramUnit
    package var copies: Int
    /// 0 if the output stays.
    package var slots: Int
    package var slotBytes: Int
    package var isWhole: Bool
    let durations: DurationTable
  }

  /// The way of sums to VMEM and back, and on to DRAM.
  package struct Spill: Sendable {
    var take = DurationTable.empty
    var put = DurationTable.empty
    var store = DurationTable.empty
    var load = DurationTable.empty
    /// In VMEM: one for each tile whose sums wait; in DRAM: the slots on the way there and back.
    package var slots: Int
    package var slotBytes: Int
    package var isInDRAM: Bool
    /// Bytes of DRAM that waiting sums take.
    package var dramBytes = 0
    var ports = (read: 0, written: 0)
  }

  package let problem: GroupProblem
  package let mapping: Mapping
  package let nest: LoopNest
  /// The sizes of tiles.
  let tiles: PieceSizes
  /// The edges of tiles that complete their sums, and of those that begin them.
  let lastBlock: LoopEdges
  let firstBlock: LoopEdges
  package let streams: [Stream]
  package let stores: [Store]
  package let spill: Spill?
  /// By kind of tile.
  let matmul: DurationTable
  /// What the vector unit does for a tile whose sums are complete.
  let vector: DurationTable
  /// Sums of a whole tile below the column that has most of them.
  package let sumRows: Int
  /// There is something to multiply.
  package let hasProduct: Bool

  /// Bytes for which the group takes VMEM's ports.
  let ports: (read: Int, written: Int)

  /// - Parameter costs: those of the mapping's tile, where they are known.
  init(
    _ problem: GroupProblem, _ mapping: Mapping, _ timing: ChipTiming, _ costs: TileCosts? = nil
  ) {
    let costs = costs ?? TileCosts(problem, mapping.tile, timing)
    self.problem = problem
    self.mapping = mapping
    let nest = mapping.nest
    self.nest = nest
    let extents = problem.extents
    let tiles = PieceSizes(nest, tile: mapping.tile, extents: extents, outside: nest.all)
    self.tiles = tiles
    let blocks = nest.levels(.k)
    (lastBlock, firstBlock) = (LoopEdges(blocks), LoopEdges(blocks) << 8)
    streams = Self.streams(problem, mapping, extents, costs)
    stores = Self.stores(problem, nest, tiles, costs)
    spill =
      mapping.sums == .accumulators ? nil : Self.spill(problem, mapping, tiles, timing)
    hasProduct = costs.hasProduct
    matmul = costs.matmul
    sumRows = costs.arrayCost.sumRows
    vector = costs.vector
    var ports = costs.ports
    for stream in streams {
      ports.read += stream.ports.read
      ports.written += stream.ports.written
    }
    if let spill {
      ports.read += spill.ports.read
      ports.written += spill.ports.written
    }
    self.ports = ports
  }

  /// VMEM that slots take.
  package var vmemBytes: Int {
    var bytes = 0
    for stream in streams { bytes += stream.slots * stream.slotBytes }
    for store in stores { bytes += store.slots * store.slotBytes }
    if let spill { bytes += spill.slots * spill.slotBytes }
    return bytes
  }

  // MARK: What passes through

  private static func streams(
    _ problem: GroupProblem, _ mapping: Mapping, _ extents: Tile, _ costs: TileCosts
  ) -> [Stream] {
    let nest = mapping.nest
    let blocks = nest.levels(.k)
    var streams: [Stream] = []
    for (index, input) in problem.inputs.enumerated() where input.place != .vmem {
      var outside = nest.all
      var keepsAll = false
      var loadEdges: LoopEdges = 0
      switch input.role {
      case .lhs, .rhs:
        let hold = input.role == .lhs ? mapping.lhs : mapping.rhs
        (outside, keepsAll) = (hold.outside, hold.keepsAll)
        loadEdges = LoopEdges(nest.all & ~outside) << 8
      case .tiled:
        outside &= ~blocks
        // Where sums wait elsewhere, it is wanted in the last block only.
        loadEdges = mapping.sums == .accumulators ? LoopEdges(blocks) << 8 : LoopEdges(blocks)
      case .whole:
        outside = 0
        loadEdges = LoopEdges(nest.all) << 8
      }
      let sizes = PieceSizes(
        nest, tile: mapping.tile, extents: extents, outside: outside,
        geometry: input.role == .lhs ? problem.geometry : nil)
      let parts = nest.turns(outside)
      let copies = costs.copies(of: index, nest, running: outside, sizes)
      streams.append(
        Stream(
          input: index, isOperand: input.role == .lhs || input.role == .rhs,
          unit: input.place == .cmem ? .dmaCMEM : .dmaLoad,
          slots: keepsAll ? parts : min(2, parts), keepsAll: keepsAll,
          slotBytes: copies.bytes.alignedForVMEM, loadEdges: loadEdges, running: outside,
          sizes: sizes, durations: copies.durations, ports: (0, copies.portWritten)))
    }
    return streams
  }

  private static func stores(
    _ problem: GroupProblem, _ nest: LoopNest, _ tiles: PieceSizes, _ costs: TileCosts
  ) -> [Store] {
    let parts = nest.turns(nest.all & ~nest.levels(.k))
    var stores: [Store] = []
    for (index, output) in problem.outputs.enumerated() {
      let streams = output.place != .vmem
      if !streams && output.stores == 0 { continue }
      stores.append(
        Store(
          output: index, unit: output.storeUnit, copies: output.stores,
          slots: streams ? (output.isWhole ? 1 : min(2, parts)) : 0,
          slotBytes: problem.outputBytes(output, tiles, 0).alignedForVMEM,
          isWhole: output.isWhole, durations: costs.stores[index]))
    }
    return stores
  }

  private static func spill(
    _ problem: GroupProblem, _ mapping: Mapping, _ tiles: PieceSizes, _ timing: ChipTiming
  ) -> Spill {
    let nest = mapping.nest
    let results = nest.all & ~nest.levels(.k)
    let waiting = nest.turns(nest.insideBlocks)
    let bytes = (4 * tiles.elements(0)).alignedForVMEM
    let isInDRAM = mapping.sums == .dram
    var spill = Spill(
      slots: isInDRAM ? 4 : waiting, slotBytes: bytes, isInDRAM: isInDRAM,
      dramBytes: isInDRAM ? waiting * bytes : 0)
    spill.take = tiles.masks.table(nest, running: results) {
      timing.vector(problem.takingSums(tiles, $0))
    }
    spill.put = tiles.masks.table(nest, running: results) {
      timing.vector(problem.puttingSums(tiles, $0))
    }
    if isInDRAM {
      func copies(_ unit: ProgramUnit, isWrite: Bool) -> DurationTable {
        tiles.masks.table(nest, running: results) {
          timing.copy(TransferPattern(bytes: 4 * tiles.elements($0)), on: unit, isWrite: isWrite)
        }
      }
      spill.store = copies(.dmaStore, isWrite: true)
      spill.load = copies(.dmaLoad, isWrite: false)
    }
    let times = nest.turns(nest.levels(.k)) - 1
    let tables = [spill.take, spill.put, spill.store, spill.load]
    tiles.masks.forEachKind(nest, running: results) { kind, count in
      for table in tables where !table.isEmpty {
        spill.ports.read += times * count * table[kind].portRead
        spill.ports.written += times * count * table[kind].portWritten
      }
    }
    return spill
  }
}

extension GroupProgram {
  /// Calls `body` for each kind of instruction, with how often it occurs.
  package func forEachDuration(_ body: (InstructionDuration, ProgramUnit, _ count: Int) -> Void) {
    let results = nest.all & ~nest.levels(.k)
    for stream in streams {
      stream.sizes.masks.forEachKind(nest, running: stream.running) { kind, count in
        body(stream.durations[kind], stream.unit, count)
      }
    }
    if hasProduct {
      tiles.masks.forEachKind(nest, running: nest.all) { kind, count in
        body(matmul[kind], .mxu, count)
      }
    }
    tiles.masks.forEachKind(nest, running: results) { kind, count in
      body(vector[kind], .vpu, count)
    }
    for store in stores where store.copies > 0 {
      tiles.masks.forEachKind(nest, running: store.isWhole ? 0 : results) { kind, count in
        body(store.durations[kind], store.unit, count * store.copies)
      }
    }
    guard let spill else { return }
    let times = nest.turns(nest.levels(.k)) - 1
    tiles.masks.forEachKind(nest, running: results) { kind, count in
      body(spill.take[kind], .vpu, count * times)
      body(spill.put[kind], .vpu, count * times)
      guard spill.isInDRAM else { return }
      body(spill.store[kind], .dmaStore, count * times)
      body(spill.load[kind], .dmaLoad, count * times)
    }
  }

  /// The kind of a tile when its sums are complete: they do not depend on the block of `k`.
  static let withoutBlock = ~KindMasks.k

  /// Calls `body` for each kind of instruction, with how often it occurs.
  func forEachInstruction(_ body: (InstructionWork, ProgramUnit, _ count: Int) -> Void) {
    let results = nest.all & ~nest.levels(.k)
    for stream in streams {
      let input = problem.inputs[stream.input]
      stream.sizes.masks.forEachKind(nest, running: stream.running) { kind, count in
        body(
          .copy(problem.pattern(input, stream.sizes, kind), isWrite: false), stream.unit, count)
      }
    }
    problem.forEachInstruction(on: tiles, nest, body)
    guard let spill else { return }
    let times = nest.turns(nest.levels(.k)) - 1
    tiles.masks.forEachKind(nest, running: results) { kind, count in
      body(.vector(problem.takingSums(tiles, kind)), .vpu, count * times)
      body(.vector(problem.puttingSums(tiles, kind)), .vpu, count * times)
      guard spill.isInDRAM else { return }
      let pattern = TransferPattern(bytes: 4 * tiles.elements(kind))
      body(.copy(pattern, isWrite: true), .dmaStore, count * times)
      body(.copy(pattern, isWrite: false), .dmaLoad, count * times)
    }
  }
}

extension LoopNest {
  /// The loops inside the one over `k`.
  var insideBlocks: UInt8 {
    let blocks = levels(.k)
    if blocks == 0 { return 0 }
    let outermost = blocks.trailingZeroBitCount
    return all & ~UInt8(truncatingIfNeeded: (1 << (outermost + 1)) - 1)
  }
}
