internal import SystolicModel
internal import Units

/// A way to run a group: tiles, the order of the loops over them, what stays in VMEM while they run,
/// and where sums wait that are not complete.
package struct Mapping: Hashable, Sendable {
  /// How parts of an operand pass through VMEM.
  package struct Hold: Hashable, Sendable {
    /// The loops whose turns bring another part: a slot holds what the loops inside need.
    package var outside: UInt8
    /// Every part has a slot of its own, so that it is loaded once.
    package var keepsAll: Bool
  }

  /// Where sums wait for the next block of `k`.
  package enum Sums: String, Hashable, Sendable {
    /// `k` is innermost: in the accumulators, or in the array if results are stationary.
    case accumulators
    /// The vector unit takes them to VMEM and puts them back.
    case vmem
    /// The same, and from VMEM to DRAM and back.
    case dram
  }

  package var tile: Tile
  package var nest = LoopNest()
  package var lhs = Hold(outside: 0, keepsAll: false)
  package var rhs = Hold(outside: 0, keepsAll: false)
  package var sums = Sums.accumulators
  /// The accumulators hold two tiles: the vector unit empties one while the array fills the other.
  package var hasTwoHalves = true
}

/// The sizes of one operand's parts: of most, and of those at the end of each axis.
struct PieceSizes {
  /// The length of most parts along an axis, and of the last one.
  struct Length: Hashable {
    var most: Int
    var last: Int
  }

  struct Lengths: Hashable {
    var batch, image, row, column, n, k: Length
  }

  let lengths: Lengths
  private(set) var masks = KindMasks()

  /// - Parameters:
  ///   - outside: the loops that go from part to part.
  ///   - geometry: of the convolution whose input the parts are; its edges may read less.
  init(
    _ nest: LoopNest, tile: Tile, extents: Tile, outside: UInt8, geometry: PatchGeometry? = nil
  ) {
    func length(_ axis: LoopNest.Axis) -> Length {
      let levels = nest.levels(axis)
      if levels & outside == 0 { return Length(most: extents[axis], last: extents[axis]) }
      let parts = nest.turns(levels & outside)
      let most = tile[axis] * nest.turns(levels & ~outside)
      return Length(most: most, last: extents[axis] - (parts - 1) * most)
    }
    lengths = Lengths(
      batch: length(.batch), image: length(.image), row: length(.row), column: length(.column),
      n: length(.n), k: length(.k))
    func mark(_ bit: Int, _ axis: LoopNest.Axis, _ length: Length, always: Bool) {
      if length.most != length.last || always {
        masks.setLast(bit, nest.levels(axis) & outside)
      }
    }
    mark(KindMasks.k, .k, lengths.k, always: false)
    mark(KindMasks.n, .n, lengths.n, always: false)
    mark(KindMasks.image, .image, lengths.image, always: false)
    mark(KindMasks.batch, .batch, lengths.batch, always: false)
    let (padsRows, padsColumns) =
      (geometry?.rows.isPadded ?? false, geometry?.columns.isPadded ?? false)
    mark(KindMasks.lastRow, .row, lengths.row, always: padsRows)
    mark(KindMasks.lastColumn, .column, lengths.column, always: padsColumns)
    if padsRows { masks.setFirst(KindMasks.firstRow, nest.levels(.row) & outside) }
    if padsColumns { masks.setFirst(KindMasks.firstColumn, nest.levels(.column) & outside) }
  }

  func batch(_ kind: Int) -> Int {
    kind & KindMasks.batch == 0 ? lengths.batch.most : lengths.batch.last
  }
  func images(_ kind: Int) -> Int {
    kind & KindMasks.image == 0 ? lengths.image.most : lengths.image.last
  }
  func rows(_ kind: Int) -> Int {
    kind & KindMasks.lastRow == 0 ? lengths.row.most : lengths.row.last
  }
  func columns(_ kind: Int) -> Int {
    kind & KindMasks.lastColumn == 0 ? lengths.column.most : lengths.column.last
  }
  func n(_ kind: Int) -> Int { kind & KindMasks.n == 0 ? lengths.n.most : lengths.n.last }
  func k(_ kind: Int) -> Int { kind & KindMasks.k == 0 ? lengths.k.most : lengths.k.last }
  func m(_ kind: Int) -> Int { images(kind) * rows(kind) * columns(kind) }

  /// Points of the index space.
  func elements(_ kind: Int) -> Int { batch(kind) * m(kind) * n(kind) }
}

extension PatchGeometry {
  /// The bytes that a part of the patches reads from the input of one group: its rows and columns
  /// with their halos.
  func pattern(_ sizes: PieceSizes, _ kind: Int) -> TransferPattern {
    let rowCount = Self.count(
      sizes.rows(kind), of: rows.output, isFirst: kind & KindMasks.firstRow != 0,
      isLast: kind & KindMasks.lastRow != 0, most: rows.mostNeeded
    ) { rows.needed(from: $0, count: $1) }
    // A row's columns are read from the first to the last, for they are neighbours in memory.
    let columnCount = Self.count(
      sizes.columns(kind), of: columns.output, isFirst: kind & KindMasks.firstColumn != 0,
      isLast: kind & KindMasks.lastColumn != 0, most: columns.mostSpanned
    ) { columns.spanned($0, $1) }
    let images = sizes.images(kind)
    let takesRows = rowCount == rows.input || rows.stride <= rows.window
    if columnCount == columns.input && takesRows && (rowCount == rows.input || images == 1) {
      return TransferPattern(bytes: images * rowCount * columnCount * placeBytes)
    }
    return TransferPattern(
      rows: images * rowCount, bytesPerRow: columnCount * placeBytes,
      strideBytes: max(columns.input, columnCount + 1) * placeBytes)
  }

  private static func count(
    _ count: Int, of all: Int, isFirst: Bool, isLast: Bool, most: (Int) -> Int,
    from: (Int, Int) -> Int
  ) -> Int {
    if count >= all || isFirst { return from(0, count) }
    return isLast ? from(all - count, count) : most(count)
  }
}
