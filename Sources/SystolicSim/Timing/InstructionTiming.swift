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

  /// Cycles for which the unit is taken, `lead` and `tail` apart.
  package var occupied: Int { weightLoad + work + fillDrain }
}

/// When one instruction of one execution ran.
package struct InstructionTime: Hashable, Sendable {
  /// Its dependences are done and its memory is free; a copy starts its lead.
  package var issue = 0
  /// The unit begins to work on it: a copy's lead counts once the unit has nothing else to do.
  package var begin = 0
  /// The first data move, or the first cycle of work.
  package var dataStart = 0
  /// Cycles that it lost, at the end of its work, to other units at VMEM's ports.
  package var contention = 0
  /// The first cycle after the last.
  package var end = 0
  /// What held it back longest before `begin`.
  package var cause = StallCause.idle

  /// Waits for something else, too.
  @inline(__always)
  mutating func wait(until cycle: Int, _ cause: StallCause) {
    if cycle > issue { (issue, self.cause) = (cycle, cause) }
  }
}

extension MXUParameters {
  /// Bytes that a tile reads from VMEM, operands that enter an array several times included.
  func operandBytes(of tile: MatmulTile, _ cost: ArrayCost) -> Int {
    switch dataflow {
    case .weightStationary:
      return cost.stationaryElements * tile.rhsElementBytes
        + cost.streamedElements * tile.lhsElementBytes
    case .inputStationary:
      return cost.stationaryElements * tile.lhsElementBytes
        + cost.streamedElements * tile.rhsElementBytes
    case .outputStationary:
      let shape = tile.shape
      let lhs = tile.batch * shape.m * shape.k * shape.n.dividedRoundingUp(by: columns)
      return lhs * tile.lhsElementBytes + (cost.streamedElements - lhs) * tile.rhsElementBytes
    }
  }

  /// What `batch` products of one shape cost on all arrays: each product on all arrays, one after
  /// another, or each array with products of its own, whichever is faster.
  func cost(of gemm: GEMMShape, batch: Int, type: OperandType = .bf16) -> ArrayCost {
    let together = cost(of: gemm, type: type)
    if batch == 1 { return together }
    let alone = array(for: type).cost(of: gemm, arrays: 1)
    let rounds = batch.dividedRoundingUp(by: count)
    return rounds * alone.total.count < batch * together.total.count
      ? alone.repeated(batch, rounds: rounds) : together.repeated(batch, rounds: batch)
  }

  /// How many tiles' sums the accumulators hold at once, 0 if not one.
  func tilesHeld(_ cost: ArrayCost, type: OperandType) -> Int {
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
