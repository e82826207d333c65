internal import Units

/// How a group's work is divided into tiles that run one after another.
struct Tiling: Hashable, Sendable {
  /// Blocks of a product; of other groups only `elements` counts.
  var batch = 1
  var m = 1
  var n = 1
  var k = 1
  /// Points of the index space in a tile of a group that is no product.
  var elements = 1
  /// The loop over `m` is outside the loop over `n`; `k` is always innermost, so that an output
  /// tile is complete in the accumulators before it leaves them.
  var isRowMajor = true
}

/// One tile of a group.
struct TileStep: Sendable {
  /// Names the part of the left and right operand that it reads.
  var lhsPiece = 0
  var rhsPiece = 0
  var lhsShare = Share.all
  var rhsShare = Share.all
  /// The output tile, and its place in the index space when tiles are counted in order.
  var outputPiece = 0
  var range = 0..<0
  var matmul: MatmulTile?
  /// The sums are complete: the vector unit takes them.
  var isComplete = true
}

/// A fraction of a tensor.
struct Share: Hashable, Sendable {
  var part: Int
  var whole: Int

  static let all = Share(part: 1, whole: 1)

  /// Bytes of this share, rounded up.
  func of(_ bytes: Int) -> Int {
    if part == whole || whole == 0 { return bytes }
    let (quotient, remainder) = whole.dividingFullWidth(bytes.multipliedFullWidth(by: part))
    return remainder == 0 ? quotient : quotient + 1
  }
}

extension LoweredGroup {
  /// The whole group in one tile.
  var undivided: Tiling {
    guard let product else { return Tiling(elements: max(1, elements)) }
    return Tiling(
      batch: max(1, product.batch), m: max(1, product.m), n: max(1, product.n),
      k: max(1, product.k))
  }

  /// The tiles in the order in which they run.
  func steps(_ tiling: Tiling) -> [TileStep] {
    product.map { productSteps($0, tiling) } ?? loopSteps(tiling)
  }

  private func loopSteps(_ tiling: Tiling) -> [TileStep] {
    // A reduction of nothing still writes its result.
    if elements == 0 { return [TileStep()] }
    return stride(from: 0, to: elements, by: tiling.elements).enumerated().map { index, start in
      TileStep(
        outputPiece: index, range: start..<min(elements, start + tiling.elements))
    }
  }

  private func productSteps(_ product: ProductShape, _ tiling: Tiling) -> [TileStep] {
    var steps: [TileStep] = []
    var position = 0
    var outputs = 0
    let outer = tiling.isRowMajor ? (product.m, tiling.m) : (product.n, tiling.n)
    let inner = tiling.isRowMajor ? (product.n, tiling.n) : (product.m, tiling.m)
    for b in stride(from: 0, to: product.batch, by: tiling.batch) {
      for o in stride(from: 0, to: outer.0, by: outer.1) {
        for i in stride(from: 0, to: inner.0, by: inner.1) {
          let (m, n) = tiling.isRowMajor ? (o, i) : (i, o)
          appendSums(
            product, tiling, at: (b, m, n), output: outputs, position: &position, to: &steps)
          outputs += 1
        }
      }
    }
    return steps
  }

  /// The steps of one output tile: one for each block of `k`.
  private func appendSums(
    _ product: ProductShape, _ tiling: Tiling, at origin: (b: Int, m: Int, n: Int), output: Int,
    position: inout Int, to steps: inout [TileStep]
  ) {
    let batch = min(tiling.batch, product.batch - origin.b)
    let m = min(tiling.m, product.m - origin.m)
    let n = min(tiling.n, product.n - origin.n)
    let range = position..<position + batch * m * n
    position = range.upperBound
    let batchIndex = origin.b / tiling.batch
    let blocks = max(1, product.k.dividedRoundingUp(by: tiling.k))
    for block in 0..<blocks {
      let k = min(tiling.k, product.k - block * tiling.k)
      let row = batchIndex * product.m.dividedRoundingUp(by: tiling.m) + origin.m / tiling.m
      let column = batchIndex * product.n.dividedRoundingUp(by: tiling.n) + origin.n / tiling.n
      let gemm = GEMMShape(m: m, n: n, k: k)
      steps.append(
        TileStep(
          lhsPiece: row * blocks + block, rhsPiece: column * blocks + block,
          lhsShare: Share(part: batch * m * k, whole: product.batch * product.m * product.k),
          rhsShare: Share(part: batch * k * n, whole: product.batch * product.k * product.n),
          outputPiece: output, range: range,
          matmul: gemm.macs == 0
            ? nil
            : MatmulTile(
              batch: batch, shape: gemm, lhsElementBytes: lhsElementBytes,
              rhsElementBytes: rhsElementBytes, operandType: operandType),
          isComplete: block == blocks - 1))
    }
  }
}
