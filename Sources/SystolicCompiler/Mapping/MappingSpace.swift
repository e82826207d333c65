internal import SystolicModel
internal import Units

/// The mappings of a product that there are. Which they are depends on the array and on capacities,
/// not on any bandwidth, so that more bandwidth can only make the fastest of them faster; and more
/// memory only adds some.
///
/// A class, because closures would copy the problem with it, for every tile that is tried.
final class MappingSpace {
  let problem: GroupProblem
  let product: ProductShape
  let timing: ChipTiming
  /// VMEM for slots.
  let vmemBytes: Int
  private let extents: Tile
  private let mxu: MXUParameters
  /// Operands that pass through VMEM.
  private let lhs: GroupProblem.Input?
  private let rhs: GroupProblem.Input?

  init(_ problem: GroupProblem, _ product: ProductShape, _ timing: ChipTiming, vmemBytes: Int) {
    self.problem = problem
    self.product = product
    self.timing = timing
    self.vmemBytes = vmemBytes
    extents = problem.extents
    mxu = timing.mxu
    lhs = problem.streamed(.lhs)
    rhs = problem.streamed(.rhs)
  }

  // MARK: Tiles

  /// The tiles whose sums the accumulators hold.
  func tiles() -> [TileCosts] {
    let units = tileUnits
    let ks = ladder(extents.k, unit: units.k, below: mxu.dataflow == .outputStationary)
    let ns = ladder(extents.n, unit: units.n, below: true)
    let batches = ladder(extents.batch, unit: 1, below: false)
    let capacity = mxu.count * mxu.accumulatorBytes
    var tiles: [TileCosts] = []
    for shape in rowShapes(unit: units.m) {
      for batch in batches {
        let takesWhole = batch > 1
        if takesWhole && shape.m < product.m { continue }
        for n in takesWhole ? ns.prefix(1) : ns[...] {
          if 4 * batch * shape.m * n > capacity { continue }
          for k in takesWhole ? ks.prefix(1) : ks[...] {
            var tile = shape
            (tile.batch, tile.n, tile.k) = (batch, n, k)
            let costs = TileCosts(problem, tile, timing)
            if costs.tilesHeld > 0 { tiles.append(costs) }
          }
        }
      }
    }
    return tiles
  }

  /// The rows of the left operand in a tile: of a convolution whole images, or rows of one image, or
  /// parts of rows; an image's tiles read their halos.
  private func rowShapes(unit: Int) -> [Tile] {
    guard let geometry = problem.geometry else {
      return ladder(extents.images, unit: unit, below: true).map { Tile(images: $0) }
    }
    var shapes = ladder(extents.images, unit: 1, below: false).map {
      Tile(images: $0, rows: extents.rows, columns: extents.columns)
    }
    let rows = ladder(extents.rows, unit: 1, below: false)
    shapes += rows.dropFirst().map { Tile(rows: $0, columns: extents.columns) }
    // Parts of rows only where an image is large for one of the memories.
    let imageBytes = geometry.rows.input * geometry.columns.input * geometry.placeBytes
    if 4 * imageBytes > vmemBytes || !holdsImages {
      for columns in ladder(extents.columns, unit: 1, below: false).dropFirst() {
        shapes += rows.map { Tile(rows: $0, columns: columns) }
      }
    }
    return shapes
  }

  /// Whether the accumulators hold the sums of two images, of one column of the array each.
  private var holdsImages: Bool {
    let image = Tile(
      rows: extents.rows, columns: extents.columns, n: min(extents.n, tileUnits.n),
      k: min(extents.k, mxu.rows))
    return TileCosts(problem, image, timing).tilesHeld >= 2
  }

  /// Extents that whole tiles are multiples of: the array's along dimensions in space, a vector
  /// register's rows in time.
  private var tileUnits: (m: Int, n: Int, k: Int) {
    let sublanes = timing.architecture.vpu.sublanes
    return switch mxu.dataflow {
    case .weightStationary: (sublanes, mxu.columns, mxu.rows)
    case .inputStationary: (mxu.columns, sublanes, mxu.rows)
    case .outputStationary: (mxu.rows, mxu.columns, sublanes)
    }
  }

  /// The extent in 1, 2, 4, ... even parts, in whole units; and, where a unit is too much for some
  /// memory, fewer.
  private func ladder(_ extent: Int, unit: Int, below: Bool) -> [Int] {
    var sizes = [extent]
    var parts = 2
    while let last = sizes.last, last > 1 {
      if last <= unit && !(below && needsSmallTiles) { break }
      let even = extent.dividedRoundingUp(by: parts)
      let size = last > unit ? even.roundedUp(toMultipleOf: unit) : even
      if size < last { sizes.append(size) }
      parts *= 2
    }
    return sizes
  }

  /// A single unit in each dimension is too much for VMEM or for the accumulators.
  private lazy var needsSmallTiles: Bool = {
    let units = tileUnits
    let tile = Tile(
      images: problem.geometry == nil ? min(units.m, extents.images) : 1,
      n: min(units.n, extents.n), k: min(units.k, extents.k))
    let choice = TileCosts(problem, tile, timing)
    if choice.tilesHeld == 0 { return true }
    var nest = LoopNest()
    for axis in [LoopNest.Axis.batch, .image, .row, .column, .n, .k] {
      nest.append(axis, choice.counts[axis])
    }
    return fixedBytes(choice)
      + bytes(.lhs, nest, choice.tile, Mapping.Hold(outside: nest.all, keepsAll: false))
      + bytes(.rhs, nest, choice.tile, Mapping.Hold(outside: nest.all, keepsAll: false))
      > vmemBytes
  }()

  // MARK: Mappings

  /// How operands come to VMEM.
  struct OperandLoads {
    /// Bytes from DRAM, halos included.
    var bytes: Int
    /// Bytes from DRAM before the first product.
    var firstBytes: Int
    /// Copies from DRAM.
    var copies: Int
    /// Parts of the operand that has most of them pass through two slots, by turns; 0 if none does. Of
    /// operands from DRAM, and of those from CMEM.
    var turns: Int
    var turnsFromCMEM: Int
  }

  /// Calls `body` for each mapping of a tile that fits.
  func forEachMapping(_ choice: TileCosts, _ body: (Mapping, OperandLoads) -> Void) {
    let fixed = fixedBytes(choice)
    if fixed > vmemBytes { return }
    let counts = choice.counts
    func visit(_ nest: LoopNest, _ sums: Mapping.Sums) {
      forEachHold(choice, nest, sums, vmemBytes - fixed, body)
    }
    if counts.k == 1 || mxu.dataflow != .outputStationary || choice.staysInArray {
      forEachPlainOrder(counts) { visit($0, .accumulators) }
      forEachBlockedOrder(counts) { visit($0, .accumulators) }
    }
    if counts.k > 1 && choice.tile.batch == 1 { forEachOrderAcross(choice, visit) }
  }

  private func forEachHold(
    _ choice: TileCosts, _ nest: LoopNest, _ sums: Mapping.Sums, _ vmemBytes: Int,
    _ body: (Mapping, OperandLoads) -> Void
  ) {
    var mapping = Mapping(tile: choice.tile, nest: nest, sums: sums)
    mapping.hasTwoHalves = choice.tilesHeld >= 2
    var left = vmemBytes
    if sums != .accumulators {
      let slot = (4 * choice.tile.batch * choice.tile.m * choice.tile.n).alignedForVMEM
      left -= slot * (sums == .dram ? 4 : nest.turns(nest.insideBlocks))
      if left < 0 { return }
    }
    let lhs = holds(.lhs, nest, choice.tile)
    let rhs = holds(.rhs, nest, choice.tile)
    func turns(_ hold: Mapping.Hold, _ input: GroupProblem.Input?, from place: GroupProblem.Place)
      -> Int
    {
      hold.keepsAll || input?.place != place ? 0 : nest.turns(hold.outside)
    }
    for a in lhs where a.part.bytes <= left {
      for b in rhs where a.part.bytes + b.part.bytes <= left {
        mapping.lhs = a.hold
        mapping.rhs = b.hold
        body(
          mapping,
          OperandLoads(
            bytes: a.part.all + b.part.all, firstBytes: a.part.first + b.part.first,
            copies: a.part.copies + b.part.copies,
            turns: max(
              turns(a.hold, self.lhs, from: .dram), turns(b.hold, self.rhs, from: .dram)),
            turnsFromCMEM: max(
              turns(a.hold, self.lhs, from: .cmem), turns(b.hold, self.rhs, from: .cmem))))
      }
    }
  }

  /// VMEM that outputs and further inputs take.
  private func fixedBytes(_ choice: TileCosts) -> Int {
    let tile = choice.tile
    let parts =
      choice.counts.batch * choice.counts.m * choice.counts.n
    let slots = min(2, parts)
    let share = Share(part: tile.batch * tile.m * tile.n, whole: max(1, problem.elements))
    var bytes = 0
    for input in problem.inputs where input.place != .vmem {
      switch input.role {
      case .whole: bytes += input.bytes.alignedForVMEM
      case .tiled:
        bytes +=
          slots * share.of(bytes: input.bytes, elementBytes: input.elementBytes).alignedForVMEM
      case .lhs, .rhs: break
      }
    }
    for output in problem.outputs where output.place != .vmem {
      bytes +=
        output.isWhole
        ? output.bytes.alignedForVMEM
        : slots
          * share.of(bytes: output.bytes, elementBytes: output.bytes / max(1, problem.elements))
          .alignedForVMEM
    }
    return bytes
  }

  private func bytes(
    _ role: GroupInput.Role, _ nest: LoopNest, _ tile: Tile, _ hold: Mapping.Hold
  ) -> Int {
    part(role, nest, tile, hold).bytes
  }

  /// Bytes of an operand's slots; bytes of its first part and of all, and copies, if it comes from DRAM.
  private typealias Part = (bytes: Int, first: Int, all: Int, copies: Int)

  private func part(
    _ role: GroupInput.Role, _ nest: LoopNest, _ tile: Tile, _ hold: Mapping.Hold
  ) -> Part {
    guard let input = role == .lhs ? lhs : rhs else {
      return (0, 0, 0, 0)
    }
    let sizes = PieceSizes(
      nest, tile: tile, extents: extents, outside: hold.outside,
      geometry: role == .lhs ? problem.geometry : nil)
    let parts = nest.turns(hold.outside)
    let bytes = problem.pattern(input, sizes, 0).bytes
    let slots = (hold.keepsAll ? parts : min(2, parts)) * bytes.alignedForVMEM
    guard input.place == .dram else { return (slots, 0, 0, 0) }
    guard role == .lhs && problem.geometry != nil else {
      return (
        slots, bytes, parts / nest.turns(hold.outside & ~others(role, nest)) * input.bytes, parts
      )
    }
    // The parts of a padded image that come first are smaller.
    var all = 0
    sizes.masks.forEachKind(nest, running: hold.outside) { kind, count in
      all += count * problem.pattern(input, sizes, kind).bytes
    }
    return (slots, 0, all, parts)
  }

  /// The loops that an operand does not depend on.
  private func others(_ role: GroupInput.Role, _ nest: LoopNest) -> UInt8 {
    role == .lhs
      ? nest.levels(.n) : nest.levels(.image) | nest.levels(.row) | nest.levels(.column)
  }

  /// How an operand may pass through VMEM: the finest parts for each number of times that all of it
  /// is read.
  private func holds(
    _ role: GroupInput.Role, _ nest: LoopNest, _ tile: Tile
  ) -> [(hold: Mapping.Hold, passes: Int, part: Part)] {
    guard (role == .lhs ? lhs : rhs) != nil else {
      return [(Mapping.Hold(outside: 0, keepsAll: false), 0, (0, 0, 0, 0))]
    }
    let others = others(role, nest)
    let own = nest.all & ~others
    var holds: [(hold: Mapping.Hold, passes: Int, part: Part)] = []
    func add(_ hold: Mapping.Hold, _ passes: Int) {
      holds.append((hold, passes, part(role, nest, tile, hold)))
    }
    // Strips of an image read their halos anew, whole images do not.
    let strips =
      role == .lhs && problem.geometry != nil ? nest.levels(.row) | nest.levels(.column) : 0
    var level = nest.depth
    var passes = Int.max
    var isWhole = strips == 0
    while true {
      while level > 0 && others & (1 << UInt8(level - 1)) != 0 { level -= 1 }
      let outside = UInt8(truncatingIfNeeded: (1 << level) - 1)
      let now = nest.turns(outside & others)
      let joins = !isWhole && outside & strips == 0
      if (now < passes || joins) && (level > 0 || own == 0 || joins) {
        add(Mapping.Hold(outside: outside, keepsAll: false), now)
        passes = now
        if joins { isWhole = true }
      }
      if now == 1 && outside & strips == 0 || level == 0 { break }
      level -= 1
    }
    if holds.first?.passes ?? 2 > 1 {
      add(Mapping.Hold(outside: own, keepsAll: true), 1)
    }
    return holds
  }
}

extension GroupProblem {
  /// An operand, if it does not lie in VMEM.
  fileprivate func streamed(_ role: GroupInput.Role) -> Input? {
    inputs.first { $0.role == role && $0.place != .vmem }
  }
}
