internal import Units

/// The kinds of tiles of a plan: whole ones, and those at the ends of each dimension.
///
/// Bits of a kind say which extents are those of the last tile: 8 batch, 4 m, 2 n, 1 k. Costs do
/// not depend on where a tile is, only on its kind.
struct ProductTiles {
  static let batchBit = 8
  static let rowBit = 4
  static let columnBit = 2
  static let blockBit = 1

  let grid: TileGrid
  /// Extents of whole tiles, and of the last one where that is smaller, else 0.
  private let batch: SIMD2<Int>
  private let m: SIMD2<Int>
  private let n: SIMD2<Int>
  private let k: SIMD2<Int>

  init(_ product: ProductShape, _ tiling: Tiling) {
    let grid = TileGrid(product, tiling)
    func extents(_ whole: Int, _ tile: Int, _ count: Int) -> SIMD2<Int> {
      let last = whole - (count - 1) * tile
      return SIMD2(tile, last == tile ? 0 : last)
    }
    self.grid = grid
    batch = extents(product.batch, tiling.batch, grid.batches)
    m = extents(product.m, tiling.m, grid.rows)
    n = extents(product.n, tiling.n, grid.columns)
    k = extents(product.k, tiling.k, grid.blocks)
  }

  /// The bit of the tile at a place along a dimension: 0, or `bit` for a smaller last one.
  func batchKind(_ index: Int) -> Int {
    batch[1] > 0 && index == grid.batches - 1 ? Self.batchBit : 0
  }
  func rowKind(_ index: Int) -> Int { m[1] > 0 && index == grid.rows - 1 ? Self.rowBit : 0 }
  func columnKind(_ index: Int) -> Int {
    n[1] > 0 && index == grid.columns - 1 ? Self.columnBit : 0
  }
  func blockKind(_ index: Int) -> Int { k[1] > 0 && index == grid.blocks - 1 ? Self.blockBit : 0 }

  func batch(_ kind: Int) -> Int { batch[kind & Self.batchBit == 0 ? 0 : 1] }
  func m(_ kind: Int) -> Int { m[kind & Self.rowBit == 0 ? 0 : 1] }
  func n(_ kind: Int) -> Int { n[kind & Self.columnBit == 0 ? 0 : 1] }
  func k(_ kind: Int) -> Int { k[kind & Self.blockBit == 0 ? 0 : 1] }

  /// The dimensions whose last tile is smaller than the others.
  private var unevenBits: Int {
    (batch[1] > 0 ? Self.batchBit : 0) | (m[1] > 0 ? Self.rowBit : 0)
      | (n[1] > 0 ? Self.columnBit : 0) | (k[1] > 0 ? Self.blockBit : 0)
  }

  /// Calls `body` for each kind of tile that occurs along the dimensions in `mask`, with the number
  /// of such tiles.
  @inline(__always)
  func forEachKind(over mask: Int = 15, _ body: (_ kind: Int, _ count: Int) -> Void) {
    let uneven = unevenBits & mask
    var kind = uneven
    // All subsets of `uneven`, the whole set first.
    while true {
      var count = 1
      if mask & ~kind & Self.batchBit != 0 { count *= grid.batches - (batch[1] > 0 ? 1 : 0) }
      if mask & ~kind & Self.rowBit != 0 { count *= grid.rows - (m[1] > 0 ? 1 : 0) }
      if mask & ~kind & Self.columnBit != 0 { count *= grid.columns - (n[1] > 0 ? 1 : 0) }
      if mask & ~kind & Self.blockBit != 0 { count *= grid.blocks - (k[1] > 0 ? 1 : 0) }
      if count > 0 { body(kind, count) }
      if kind == 0 { break }
      kind = (kind - 1) & uneven
    }
  }
}

extension ProductProblem {
  static let lhsMask = ProductTiles.batchBit | ProductTiles.rowBit | ProductTiles.blockBit
  static let rhsMask = ProductTiles.batchBit | ProductTiles.columnBit | ProductTiles.blockBit
  static let outputMask = ProductTiles.batchBit | ProductTiles.rowBit | ProductTiles.columnBit

  /// The instruction of the array for a tile of a kind.
  func matmul(_ tiles: ProductTiles, _ kind: Int) -> MatmulTile {
    MatmulTile(
      batch: tiles.batch(kind),
      shape: GEMMShape(m: tiles.m(kind), n: tiles.n(kind), k: tiles.k(kind)),
      lhsElementBytes: operandType.byteCount, rhsElementBytes: operandType.byteCount,
      operandType: operandType)
  }

  /// The vector unit takes a tile's sums, converts them to the operands' type (int8: scales them
  /// first) and writes them to VMEM.
  func vector(_ tiles: ProductTiles, _ kind: Int) -> VectorWork {
    var work = VectorWork()
    let elements = tiles.batch(kind) * tiles.m(kind) * tiles.n(kind)
    work.accumulatorReads = elements
    if operandType != .fp32 && !leavesSums { work.operations.compare = elements }
    if operandType == .int8 && !leavesSums { work.operations.multiply = elements }
    work.writtenBytes = outputBytes(tiles, kind)
    return work
  }

  func lhsBytes(_ tiles: ProductTiles, _ kind: Int) -> Int {
    lhsShare(batch: tiles.batch(kind), m: tiles.m(kind), k: tiles.k(kind))
  }

  func rhsBytes(_ tiles: ProductTiles, _ kind: Int) -> Int {
    rhsShare(batch: tiles.batch(kind), k: tiles.k(kind), n: tiles.n(kind))
  }

  func outputBytes(_ tiles: ProductTiles, _ kind: Int) -> Int {
    outputShare(batch: tiles.batch(kind), m: tiles.m(kind), n: tiles.n(kind))
  }
}

/// Where parts lie in DRAM: pieces of the rows of row-major matrices, as in `LoweredGroup.pattern`.
extension ProductProblem {
  func lhsPattern(_ tiles: ProductTiles, _ kind: Int) -> TransferPattern {
    let bytes = lhsBytes(tiles, kind)
    let rows = tiles.batch(kind) * tiles.m(kind)
    // What an implicit convolution reads is taken as consecutive.
    return bytes == rows * tiles.k(kind) * operandType.byteCount
      ? .block(bytes, rows: rows, columns: tiles.k(kind), of: product.k)
      : TransferPattern(bytes: bytes)
  }

  func rhsPattern(_ tiles: ProductTiles, _ kind: Int) -> TransferPattern {
    .block(
      rhsBytes(tiles, kind), rows: tiles.batch(kind) * tiles.k(kind), columns: tiles.n(kind),
      of: product.n)
  }

  func outputPattern(_ tiles: ProductTiles, _ kind: Int) -> TransferPattern {
    .block(
      outputBytes(tiles, kind), rows: tiles.batch(kind) * tiles.m(kind), columns: tiles.n(kind),
      of: product.n)
  }
}

/// When a part of an operand is loaded.
enum LoadPolicy {
  /// It lies in VMEM already.
  case never
  /// In the first turn of the inner loop, once for each turn of the outer one.
  case atInnerStart
  /// In the first turn of the outer loop, once for each batch element.
  case atOuterStart
  case always
}

extension ProductProblem {
  /// Two slots that hold the parts of two blocks at most keep them while the inner loop runs; a slot
  /// for each part keeps all.
  func lhsPolicy(_ plan: ProductPlan, _ grid: TileGrid) -> LoadPolicy {
    if resident.contains(.inputs) { return .never }
    let stays = plan.keepsLhs || grid.lhsPieces <= 2
    return policy(isOuter: plan.tiling.isRowMajor, stays: stays, blocks: grid.blocks)
  }

  func rhsPolicy(_ plan: ProductPlan, _ grid: TileGrid) -> LoadPolicy {
    if resident.contains(.weights) { return .never }
    let stays = plan.keepsRhs || grid.rhsPieces <= 2
    return policy(isOuter: !plan.tiling.isRowMajor, stays: stays, blocks: grid.blocks)
  }

  private func policy(isOuter: Bool, stays: Bool, blocks: Int) -> LoadPolicy {
    if isOuter { return stays || blocks <= 2 ? .atInnerStart : .always }
    return stays ? .atOuterStart : .always
  }

  /// How often each part of the left operand is loaded.
  func lhsPasses(_ plan: ProductPlan, _ grid: TileGrid) -> Int {
    passes(lhsPolicy(plan, grid), across: grid.columns)
  }

  func rhsPasses(_ plan: ProductPlan, _ grid: TileGrid) -> Int {
    passes(rhsPolicy(plan, grid), across: grid.rows)
  }

  private func passes(_ policy: LoadPolicy, across: Int) -> Int {
    switch policy {
    case .never: 0
    case .atInnerStart, .atOuterStart: 1
    case .always: across
    }
  }
}
