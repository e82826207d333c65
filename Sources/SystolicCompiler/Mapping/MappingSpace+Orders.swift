internal import Units

/// Orders of loops over tiles.
extension MappingSpace {
  /// `k` outside: sums of a block of tiles wait, of one as large as fits for each number of its rows.
  func forEachOrderAcross(
    _ choice: TileCosts, _ body: (LoopNest, Mapping.Sums) -> Void
  ) {
    let counts = choice.counts
    let slot = (4 * choice.tile.m * choice.tile.n).alignedForVMEM
    for inRows in blocks(counts.images, counts) {
      let columns = divisors(counts.n)
      if let inColumns = columns.last(where: { slot * inRows.inside * $0 <= vmemBytes / 2 }),
        inRows.inside * inColumns > 1
      {
        forEachOrder(counts, inRows, inColumns) { body($0, .vmem) }
      }
    }
    if let all = blocks(counts.images, counts).last, all.inside * counts.n >= 3 {
      forEachOrder(counts, all, counts.n) { body($0, .dram) }
    }
  }

  private func forEachOrder(
    _ counts: Tile, _ inRows: RowBlock, _ inColumns: Int, _ body: (LoopNest) -> Void
  ) {
    let (outRows, outColumns) = (inRows.outside, counts.n / inColumns)
    for columnsInside in inRows.inside > 1 && inColumns > 1 ? [false, true] : [false] {
      for columnsOutside in outRows > 1 && outColumns > 1 ? [false, true] : [false] {
        var nest = LoopNest()
        nest.append(.batch, counts.batch)
        if columnsOutside { nest.append(.n, outColumns) }
        nest.append(.image, outRows)
        if !columnsOutside { nest.append(.n, outColumns) }
        nest.append(.k, counts.k)
        if columnsInside { nest.append(.n, inColumns) }
        inRows.append(to: &nest)
        if !columnsInside { nest.append(.n, inColumns) }
        body(nest)
      }
    }
  }

  /// `k` innermost: a tile's sums are complete before the next one begins.
  private func within(_ counts: Tile, _ build: (inout LoopNest) -> Void) -> LoopNest {
    var nest = LoopNest()
    nest.append(.batch, counts.batch)
    build(&nest)
    nest.append(.k, counts.k)
    return nest
  }

  /// Rows outside columns, and the other way round.
  func forEachPlainOrder(_ counts: Tile, _ body: (LoopNest) -> Void) {
    let rows = RowBlock(outside: 1, counts)
    body(
      within(counts) {
        rows.append(to: &$0); $0.append(.n, counts.n)
      })
    if rows.inside == 1 || counts.n == 1 { return }
    body(
      within(counts) {
        $0.append(.n, counts.n); rows.append(to: &$0)
      })
  }

  func forEachBlockedOrder(_ counts: Tile, _ body: (LoopNest) -> Void) {
    let rows = RowBlock(outside: 1, counts)
    if rows.inside == 1 || counts.n == 1 { return }
    for block in blocks(counts.images, counts) where block.inside > 1 && block.outside > 1 {
      body(
        within(counts) {
          $0.append(.image, block.outside)
          $0.append(.n, counts.n)
          block.append(to: &$0)
        })
    }
    for inside in divisors(counts.n) where inside > 1 && inside < counts.n {
      body(
        within(counts) {
          $0.append(.n, counts.n / inside)
          rows.append(to: &$0)
          $0.append(.n, inside)
        })
    }
  }

  /// Rows of tiles in a block.
  private struct RowBlock {
    var outside: Int
    var images: Int
    var rows: Int
    var columns: Int

    init(outside: Int, images: Int = 1, rows: Int = 1, columns: Int = 1) {
      (self.outside, self.images, self.rows, self.columns) = (outside, images, rows, columns)
    }

    /// All rows of tiles.
    init(outside: Int, _ counts: Tile) {
      self.init(
        outside: outside, images: counts.images, rows: counts.rows, columns: counts.columns)
    }

    var inside: Int { images * rows * columns }

    func append(to nest: inout LoopNest) {
      nest.append(.image, images)
      nest.append(.row, rows)
      nest.append(.column, columns)
    }
  }

  /// Blocks of tiles along the rows: all tiles of an image, or so many images.
  private func blocks(_ images: Int, _ counts: Tile) -> [RowBlock] {
    if counts.rows * counts.columns > 1 {
      return [RowBlock(outside: images, rows: counts.rows, columns: counts.columns)]
    }
    return divisors(images).map { RowBlock(outside: images / $0, images: $0) }
  }

  /// Powers of two, and the number itself, that divide a number.
  private func divisors(_ number: Int) -> [Int] {
    var divisors = [1]
    var power = 2
    while power < number && number % power == 0 {
      divisors.append(power)
      power *= 2
    }
    if number > 1 { divisors.append(number) }
    return divisors
  }
}
