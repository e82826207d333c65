package import SystolicModel
internal import Units

/// What an instruction of a group does.
enum InstructionWork: Hashable, Sendable {
  case copy(TransferPattern, isWrite: Bool)
  case matmul(MatmulTile)
  case vector(VectorWork)
}

/// What single tiles do.
extension GroupProblem {
  /// Calls `body` for each kind of instruction on tiles: products, their results, copies of those.
  func forEachInstruction(
    on tiles: PieceSizes, _ nest: LoopNest,
    _ body: (InstructionWork, ProgramUnit, _ count: Int) -> Void
  ) {
    if let product, product.gemm.macs > 0 {
      tiles.masks.forEachKind(nest, running: nest.all) { kind, count in
        body(.matmul(matmul(tiles, kind)), .mxu, count)
      }
    }
    let results = nest.all & ~nest.levels(.k)
    tiles.masks.forEachKind(nest, running: results) { kind, count in
      body(.vector(vectorWork(tiles, kind)), .vpu, count)
    }
    for output in outputs where output.stores > 0 {
      tiles.masks.forEachKind(nest, running: output.isWhole ? 0 : results) { kind, count in
        body(
          .copy(pattern(output, tiles, kind), isWrite: true), output.storeUnit,
          count * output.stores)
      }
    }
  }

  func matmul(_ tiles: PieceSizes, _ kind: Int) -> MatmulTile {
    matmul(
      Tile(
        batch: tiles.batch(kind), images: tiles.images(kind), rows: tiles.rows(kind),
        columns: tiles.columns(kind), n: tiles.n(kind), k: tiles.k(kind)))
  }

  package func matmul(_ tile: Tile) -> MatmulTile {
    MatmulTile(
      batch: tile.batch, shape: GEMMShape(m: tile.m, n: tile.n, k: tile.k),
      lhsElementBytes: lhsElementBytes, rhsElementBytes: rhsElementBytes,
      operandType: operandType)
  }

  /// A tile's part of the group's work.
  func vectorWork(_ tiles: PieceSizes, _ kind: Int) -> VectorWork {
    let elements = tiles.elements(kind & GroupProgram.withoutBlock)
    var part = work.share(elements, of: max(1, self.elements))
    var stored = 0
    for input in inputs where input.role == .tiled || input.role == .whole {
      stored +=
        input.role == .whole
        ? input.bytes
        : Share(part: elements, whole: max(1, self.elements))
          .of(bytes: input.bytes, elementBytes: input.elementBytes)
    }
    // Windows are read several times over.
    part.readBytes = max(stored, product == nil ? part.readBytes : 0)
    return part
  }

  /// The vector unit takes sums that are not complete to VMEM.
  func takingSums(_ tiles: PieceSizes, _ kind: Int) -> VectorWork {
    var work = VectorWork()
    work.accumulatorReads = tiles.elements(kind & GroupProgram.withoutBlock)
    work.writtenBytes = 4 * work.accumulatorReads
    return work
  }

  /// And puts them back for the next block of `k` to be added.
  func puttingSums(_ tiles: PieceSizes, _ kind: Int) -> VectorWork {
    var work = VectorWork()
    work.accumulatorWrites = tiles.elements(kind & GroupProgram.withoutBlock)
    work.readBytes = 4 * work.accumulatorWrites
    return work
  }

  /// Bytes of an output's part.
  func outputBytes(_ output: Output, _ tiles: PieceSizes, _ kind: Int) -> Int {
    if output.isWhole { return output.bytes }
    let elements = tiles.elements(kind & GroupProgram.withoutBlock)
    let share = Share(part: elements, whole: max(1, self.elements))
    let elementBytes = self.elements > 0 ? output.bytes / self.elements : 0
    return share.of(bytes: output.bytes, elementBytes: elementBytes)
  }

  /// Where a part of an input lies in DRAM.
  ///
  /// An operand is a row-major matrix of the product, `[m, k]` or `[k, n]`, one a batch element: a
  /// tile that does not take whole rows has a piece of each row that it meets.
  ///
  /// - Validity: an operand that is stored the other way round is taken alike; parts of `k` of a
  ///   convolution's input, and tiles of groups that are no products, are taken as consecutive, which
  ///   errs fast.
  func pattern(_ input: Input, _ sizes: PieceSizes, _ kind: Int) -> TransferPattern {
    guard let product else {
      if input.role == .whole { return TransferPattern(bytes: input.bytes) }
      let share = Share(part: sizes.elements(kind), whole: max(1, elements))
      return TransferPattern(bytes: share.of(bytes: input.bytes, elementBytes: input.elementBytes))
    }
    switch input.role {
    case .whole: return TransferPattern(bytes: input.bytes)
    case .tiled: return block(bytes: input.bytes, input.elementBytes, sizes, kind)
    case .lhs: return lhsPattern(input, product, sizes, kind)
    case .rhs:
      let (batch, k, n) = (sizes.batch(kind), sizes.k(kind), sizes.n(kind))
      let bytes = Share(
        part: batch * k * n, whole: max(1, product.batch * product.k * product.n)
      ).of(bytes: input.bytes, elementBytes: input.elementBytes)
      guard bytes == batch * k * n * rhsElementBytes else { return TransferPattern(bytes: bytes) }
      return .block(bytes, rows: batch * k, columns: n, of: product.n)
    }
  }

  private func lhsPattern(
    _ input: Input, _ product: ProductShape, _ sizes: PieceSizes, _ kind: Int
  ) -> TransferPattern {
    let (batch, m, k) = (sizes.batch(kind), sizes.m(kind), sizes.k(kind))
    let patches = batch * m * k * lhsElementBytes
    if let geometry {
      let part = geometry.pattern(sizes, kind)
      let whole = batch * part.bytes
      // A block of k reads its own elements of the patches, or what all of them have in common.
      if k < product.k && patches < whole { return TransferPattern(bytes: patches) }
      return part.rows == 1
        ? TransferPattern(bytes: whole)
        : TransferPattern(
          rows: batch * part.rows, bytesPerRow: part.bytesPerRow, strideBytes: part.strideBytes)
    }
    let bytes = Share(
      part: batch * m * k, whole: max(1, product.batch * product.m * product.k)
    ).of(bytes: input.bytes, elementBytes: input.elementBytes)
    guard bytes == patches else { return TransferPattern(bytes: bytes) }
    return .block(bytes, rows: batch * m, columns: k, of: product.k)
  }

  /// A part of what lies like the output: of a product, a block of the row-major matrix `[m, n]`.
  private func block(
    bytes: Int, _ elementBytes: Int, _ sizes: PieceSizes, _ kind: Int
  ) -> TransferPattern {
    let part = Share(part: sizes.elements(kind), whole: max(1, elements))
      .of(bytes: bytes, elementBytes: elementBytes)
    let rows = sizes.batch(kind) * sizes.m(kind)
    guard let product, rows > 0, sizes.n(kind) > 0, part % (rows * sizes.n(kind)) == 0 else {
      return TransferPattern(bytes: part)
    }
    return .block(part, rows: rows, columns: sizes.n(kind), of: product.n)
  }

  func pattern(_ output: Output, _ tiles: PieceSizes, _ kind: Int) -> TransferPattern {
    if output.isWhole || product == nil {
      return TransferPattern(bytes: outputBytes(output, tiles, kind))
    }
    let elementBytes = elements > 0 ? output.bytes / elements : 0
    return block(
      bytes: output.bytes, elementBytes, tiles, kind & GroupProgram.withoutBlock)
  }
}

extension TransferPattern {
  /// `bytes` as `rows` rows of `columns` columns each, out of a matrix that is `width` columns wide.
  static func block(
    _ bytes: Int, rows: Int, columns: Int, of width: Int
  ) -> TransferPattern {
    guard columns < width, columns > 0, rows > 0 else { return TransferPattern(bytes: bytes) }
    let perRow = bytes / rows
    return TransferPattern(
      rows: rows, bytesPerRow: perRow, strideBytes: perRow / columns * width)
  }
}

extension Int {
  /// VMEM is handed out in words of 64 bytes.
  package var alignedForVMEM: Int { roundedUp(toMultipleOf: 64) }
}
