package import DeviceAPI
internal import Units

/// Cycles that one instruction takes on its unit.
package struct InstructionDuration: Hashable, Sendable {
  /// Cycles from issue to the first data of a transfer, or to the first operand that enters the
  /// arrays; the unit may still do something else.
  package var lead = 0
  /// Cycles from the last operand that enters the arrays to the last result; the unit may already do
  /// something else, but for the first `pause` of them.
  package var tail = 0
  package var pause = 0
  /// Cycles of the unit by what it does, in this order; zero if it does not.
  package var weightLoad = 0
  package var work = 0
  package var fillDrain = 0
  /// Bytes for which it takes VMEM's read and write ports.
  package var portRead = 0
  package var portWritten = 0
  /// What `work` is.
  package var kind: BusyKind

  @inlinable
  package init(
    lead: Int = 0, tail: Int = 0, pause: Int = 0, weightLoad: Int = 0, work: Int = 0,
    fillDrain: Int = 0, portRead: Int = 0, portWritten: Int = 0, kind: BusyKind
  ) {
    (self.lead, self.tail, self.pause) = (lead, tail, pause)
    (self.weightLoad, self.work, self.fillDrain) = (weightLoad, work, fillDrain)
    (self.portRead, self.portWritten) = (portRead, portWritten)
    self.kind = kind
  }

  /// Cycles for which the unit is taken, `lead` and `tail` apart.
  @inlinable @inline(__always) package var occupied: Int { weightLoad + work + fillDrain }
}

extension MXUParameters {
  /// Bytes that a tile reads from VMEM, operands that enter an array several times included.
  package func operandBytes(of tile: MatmulTile, _ cost: ArrayCost) -> Int {
    let sides = operandBytesBySide(of: tile, cost)
    return sides.lhs + sides.rhs
  }

  /// The same of each operand.
  package func operandBytesBySide(of tile: MatmulTile, _ cost: ArrayCost) -> (lhs: Int, rhs: Int) {
    let lhs: Int
    let rhs: Int
    switch dataflow {
    case .weightStationary: (lhs, rhs) = (cost.streamedElements, cost.stationaryElements)
    case .inputStationary: (lhs, rhs) = (cost.stationaryElements, cost.streamedElements)
    case .outputStationary:
      let shape = tile.shape
      lhs = tile.batch * shape.m * shape.k * shape.n.dividedRoundingUp(by: columns)
      rhs = cost.streamedElements - lhs
    }
    return (lhs * tile.lhsElementBytes, rhs * tile.rhsElementBytes)
  }

  /// What `batch` products of one shape cost on all arrays: each product on all arrays, one after
  /// another, or each array with products of its own, whichever is faster.
  package func cost(of gemm: GEMMShape, batch: Int, type: OperandType = .bf16) -> ArrayCost {
    let together = cost(of: gemm, type: type)
    if batch == 1 { return together }
    let alone = array(for: type).cost(of: gemm, arrays: 1)
    let rounds = batch.dividedRoundingUp(by: count)
    return rounds * alone.total.count < batch * together.total.count
      ? alone.repeated(batch, rounds: rounds) : together.repeated(batch, rounds: batch)
  }

  /// How many tiles' sums the accumulators hold at once, 0 if not one.
  package func tilesHeld(_ cost: ArrayCost, type: OperandType) -> Int {
    cost.sumRows == 0 ? 2 : array(for: type).accumulatorRows / cost.sumRows
  }
}

extension ArrayCost {
  /// `count` products like this one, of which `count / rounds` run at the same time.
  fileprivate func repeated(_ count: Int, rounds: Int) -> ArrayCost {
    var cost = ArrayCost(
      compute: rounds * compute, fillDrain: (rounds - 1) * (fillDrain - tail + pause) + fillDrain,
      weightLoad: (rounds - 1) * (weightLoad - head) + weightLoad,
      arrays: arrays, folds: count * folds, macs: count * macs,
      stationaryElements: count * stationaryElements, streamedElements: count * streamedElements,
      accumulatorWrites: count * accumulatorWrites, accumulatorReads: count * accumulatorReads)
    (cost.head, cost.tail, cost.pause) = (head, tail, pause)
    cost.sumRows = rounds * sumRows
    return cost
  }
}
