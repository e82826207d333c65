/// Where the parts of matrices that tiles move lie in DRAM.
extension LoweredGroup {
  /// The bytes of an input's part.
  ///
  /// An operand is a row-major matrix of the product, `[m, k]` or `[k, n]`, one a batch element: a
  /// tile that does not take whole rows has a piece of each row that it meets.
  ///
  /// - Validity: an operand that is stored the other way round is taken alike; what a convolution
  ///   reads, and tiles of groups that are no products, are taken as consecutive, which errs fast.
  func pattern(_ input: GroupInput, _ step: TileStep, bytes: Int) -> TransferPattern {
    guard let product, let tile = step.matmul else { return TransferPattern(bytes: bytes) }
    switch input.role {
    case .lhs:
      let rows = tile.batch * tile.shape.m
      guard bytes == rows * tile.shape.k * lhsElementBytes else {
        return TransferPattern(bytes: bytes)
      }
      return .block(bytes, rows: rows, columns: tile.shape.k, of: product.k)
    case .rhs:
      let rows = tile.batch * tile.shape.k
      guard bytes == rows * tile.shape.n * rhsElementBytes else {
        return TransferPattern(bytes: bytes)
      }
      return .block(bytes, rows: rows, columns: tile.shape.n, of: product.n)
    case .tiled: return pattern(ofOutputBytes: bytes, step)
    case .whole: return TransferPattern(bytes: bytes)
    }
  }

  /// The bytes of what lies like the output: of a product, a block of the row-major matrix `[m, n]`.
  func pattern(ofOutputBytes bytes: Int, _ step: TileStep) -> TransferPattern {
    guard let product, let tile = step.matmul else { return TransferPattern(bytes: bytes) }
    let rows = tile.batch * tile.shape.m
    guard rows > 0, tile.shape.n > 0, bytes % (rows * tile.shape.n) == 0 else {
      return TransferPattern(bytes: bytes)
    }
    return .block(bytes, rows: rows, columns: tile.shape.n, of: product.n)
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
