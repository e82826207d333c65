internal import DeviceAPI
internal import Units

/// Cycles that one instruction takes on its unit.
struct InstructionDuration: Hashable, Sendable {
  /// Cycles from issue to the first data of a transfer, or to the first operand that enters the
  /// arrays; the unit may still do something else.
  var lead = 0
  /// Cycles from the last operand that enters the arrays to the last result; the unit may already do
  /// something else, but for the first `pause` of them.
  var tail = 0
  var pause = 0
  /// Cycles of the unit by what it does, in this order; zero if it does not.
  var weightLoad = 0
  var work = 0
  var fillDrain = 0
  /// Bytes for which it takes VMEM's read and write ports; words that wait for their bank count as
  /// all bytes that the port could have moved meanwhile.
  var portRead = 0
  var portWritten = 0
  /// What `work` is.
  var kind: BusyKind

  /// Cycles for which the unit is taken, `lead` and `tail` apart.
  var occupied: Int { weightLoad + work + fillDrain }
}

extension ChipArchitecture {
  /// How long an instruction takes when nothing else is in its way.
  ///
  /// - Copies: `transferCycles`, after the set-up of the copy and the DRAM's latency.
  /// - Copies from and to CMEM: bytes at its rate, after the set-up and its latency.
  /// - Host transfers: the link's latency, then bytes at its rate; the link is taken for both.
  /// - Products: `MXUParameters.cost`, plus VMEM's latency; slower if VMEM delivers the operands
  ///   more slowly than the arrays take them. Where folds are pipelined, the first load of a product
  ///   hides behind the one before, and its crossing behind the one after.
  /// - Vector work: `VPUParameters.cycles`.
  ///
  /// - Validity: units that use VMEM at the same time slow each other down by `PortDemand` only,
  ///   and the host link takes none of the DRAM's bandwidth (its rate is a small part of it): both
  ///   err fast.
  func duration(of work: ProgramInstruction.Work) -> InstructionDuration {
    switch work {
    case .launch: return InstructionDuration(work: launchOverheadCycles, kind: .overhead)
    case .hostIn(_, let bytes), .hostOut(_, let bytes):
      let cycles = hostLinkLatencyCycles + cycles(bytes: bytes, rate: hostLinkBytesPerCycle)
      return InstructionDuration(work: cycles, kind: .transfer)
    case .load(_, let pattern): return copyDuration(pattern, isWrite: false)
    case .store(_, let pattern): return copyDuration(pattern, isWrite: true)
    case .loadFromCMEM(_, let pattern): return cmemDuration(pattern.bytes, isWrite: false)
    case .storeToCMEM(_, let pattern): return cmemDuration(pattern.bytes, isWrite: true)
    case .matmul(let tile): return matmulDuration(tile)
    case .vector(let work):
      return InstructionDuration(
        work: vpu.cycles(for: work, vmem: vmem), portRead: work.readBytes,
        portWritten: max(
          work.writtenBytes, work.scatterCycles(vmem: vmem) * vmem.writeBytesPerCycle),
        kind: .vector)
    }
  }

  private func copyDuration(_ pattern: TransferPattern, isWrite: Bool) -> InstructionDuration {
    InstructionDuration(
      lead: dma.setupCycles + dramLatencyCycles,
      work: transferCycles(pattern, isWrite: isWrite), portRead: isWrite ? pattern.bytes : 0,
      portWritten: isWrite ? 0 : pattern.bytes, kind: .transfer)
  }

  /// Bytes at CMEM's rate or VMEM's, whichever is lower, after set-up and latency. A chip without CMEM
  /// has no such copies.
  private func cmemDuration(_ bytes: Int, isWrite: Bool) -> InstructionDuration {
    guard let cmem else { return InstructionDuration(kind: .transfer) }
    let rate =
      isWrite
      ? min(cmem.writeBytesPerCycle, vmem.readBytesPerCycle)
      : min(cmem.readBytesPerCycle, vmem.writeBytesPerCycle)
    return InstructionDuration(
      lead: dma.setupCycles + cmem.latencyCycles, work: bytes.dividedRoundingUp(by: rate),
      portRead: isWrite ? bytes : 0, portWritten: isWrite ? 0 : bytes, kind: .transfer)
  }

  private func matmulDuration(_ tile: MatmulTile) -> InstructionDuration {
    let cost = mxu.cost(of: tile.shape, batch: tile.batch, type: tile.operandType)
    let bytes = mxu.operandBytes(of: tile, cost)
    let reading = bytes.dividedRoundingUp(by: vmem.readBytesPerCycle)
    guard mxu.overlap == .pipelined else {
      return InstructionDuration(
        weightLoad: cost.weightLoad.count,
        work: cost.compute.count + max(0, reading - cost.total.count),
        fillDrain: cost.fillDrain.count + vmem.latencyCycles, portRead: bytes, kind: .compute)
    }
    let taken = cost.total - cost.head - cost.tail + cost.pause
    return InstructionDuration(
      lead: cost.head.count, tail: cost.tail.count + vmem.latencyCycles,
      pause: cost.pause.count, weightLoad: (cost.weightLoad - cost.head).count,
      work: cost.compute.count + max(0, reading - taken.count),
      fillDrain: (cost.fillDrain - cost.tail).count, portRead: bytes, kind: .compute)
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
}
