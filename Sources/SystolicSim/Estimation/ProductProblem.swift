internal import Units

/// One layer as the planner sees it: `batch` products of one shape, and where their operands are.
struct ProductProblem: Hashable, Sendable {
  var product: ProductShape
  /// Bytes in memory of all left operands together; fewer than the array reads where patches of a
  /// convolution overlap.
  var lhsBytes: Int
  var rhsBytes: Int
  var outputBytes: Int
  var operandType: OperandType
  /// Operands that lie in VMEM.
  var resident: ResidentOperands
  /// Operands that lie in CMEM.
  var inCMEM: ResidentOperands = []
  /// The result is left as 32-bit sums, for another core's to be added.
  var leavesSums = false

  /// A batch of products whose operands lie in memory as they are.
  init(_ product: ProductShape, type: OperandType, resident: ResidentOperands) {
    self.product = product
    operandType = type
    self.resident = resident
    let size = type.byteCount
    lhsBytes = product.batch * product.m * product.k * size
    rhsBytes = product.batch * product.k * product.n * size
    outputBytes = product.batch * product.m * product.n * size
  }
}

/// A way to run a problem.
struct ProductPlan: Hashable, Sendable {
  var tiling: Tiling
  /// Every part of the operand has a slot of its own in VMEM, so that it is loaded once.
  var keepsLhs: Bool
  var keepsRhs: Bool
}

/// How many tiles a plan has in each dimension, and what follows from it.
struct TileGrid: Hashable, Sendable {
  let batches: Int
  let rows: Int
  let columns: Int
  let blocks: Int

  init(_ product: ProductShape, _ tiling: Tiling) {
    batches = product.batch.dividedRoundingUp(by: tiling.batch)
    rows = product.m.dividedRoundingUp(by: tiling.m)
    columns = product.n.dividedRoundingUp(by: tiling.n)
    blocks = product.k.dividedRoundingUp(by: tiling.k)
  }

  /// Parts of one batch element's left and right operand.
  var lhsPieces: Int { rows * blocks }
  var rhsPieces: Int { blocks * columns }
  var outputTiles: Int { batches * rows * columns }
  /// Instructions of the matrix unit.
  var matmuls: Int { outputTiles * blocks }
}

extension ProductProblem {
  /// Slots of the left operand: none if it is resident, one for the only piece, one for each piece
  /// if all stay, otherwise two.
  func lhsSlots(_ plan: ProductPlan, _ grid: TileGrid) -> Int {
    resident.contains(.inputs)
      ? 0 : slots(pieces: grid.lhsPieces, batches: grid.batches, keeps: plan.keepsLhs)
  }

  func rhsSlots(_ plan: ProductPlan, _ grid: TileGrid) -> Int {
    resident.contains(.weights)
      ? 0 : slots(pieces: grid.rhsPieces, batches: grid.batches, keeps: plan.keepsRhs)
  }

  private func slots(pieces: Int, batches: Int, keeps: Bool) -> Int {
    if pieces * batches == 1 { return 1 }
    return keeps && batches == 1 ? max(2, pieces) : 2
  }

  func outputSlots(_ grid: TileGrid) -> Int {
    resident.contains(.outputs) ? 0 : min(2, grid.outputTiles)
  }

  func lhsShare(batch: Int, m: Int, k: Int) -> Int {
    Share(part: batch * m * k, whole: product.batch * product.m * product.k).of(lhsBytes)
  }

  func rhsShare(batch: Int, k: Int, n: Int) -> Int {
    Share(part: batch * k * n, whole: product.batch * product.k * product.n).of(rhsBytes)
  }

  func outputShare(batch: Int, m: Int, n: Int) -> Int {
    batch * m * n * (outputBytes / (product.batch * product.m * product.n))
  }

  /// VMEM that resident operands take, whatever the plan.
  var residentBytes: Int {
    (resident.contains(.inputs) ? lhsBytes.alignedForVMEM : 0)
      + (resident.contains(.weights) ? rhsBytes.alignedForVMEM : 0)
      + (resident.contains(.outputs) ? outputBytes.alignedForVMEM : 0)
  }

  /// VMEM that a plan takes.
  func vmemBytes(_ plan: ProductPlan, _ grid: TileGrid) -> Int {
    let tile = plan.tiling
    return residentBytes
      + lhsSlots(plan, grid) * lhsShare(batch: tile.batch, m: tile.m, k: tile.k).alignedForVMEM
      + rhsSlots(plan, grid) * rhsShare(batch: tile.batch, k: tile.k, n: tile.n).alignedForVMEM
      + outputSlots(grid) * outputShare(batch: tile.batch, m: tile.m, n: tile.n).alignedForVMEM
  }
}
