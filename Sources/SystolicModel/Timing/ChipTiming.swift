internal import Units

/// How long single instructions take on a chip when nothing else is in their way. What does not
/// change from one to the next is worked out once.
///
/// Not for several threads: it remembers what copies of a banked DRAM cost.
package final class ChipTiming {
  package let architecture: ChipArchitecture
  package let mxu: MXUParameters
  package let vmem: VMEMParameters
  package let launchCycles: Int
  package let copiesInFlight: Int
  package let dramModel: DRAMModel?
  /// From a copy's issue to its first data.
  package let dramLeadCycles: Int
  private let readRate: Double
  private let writeRate: Double
  private var patterns: [TransferPattern: (read: DRAMTransferCost, written: DRAMTransferCost)] = [:]

  /// - Parameters:
  ///   - launchCycles: before the first instruction; the chip's own unless given.
  ///   - hasAmpleAccumulators: as large as a chip may state, to see what the chip's own ones forbid.
  package init(
    _ architecture: ChipArchitecture, launchCycles: Int? = nil, hasAmpleAccumulators: Bool = false
  ) {
    self.architecture = architecture
    mxu = hasAmpleAccumulators ? architecture.mxu.withAmpleAccumulators : architecture.mxu
    vmem = architecture.vmem
    self.launchCycles = launchCycles ?? architecture.launchOverheadCycles
    copiesInFlight = architecture.dma.queues
    dramModel = architecture.dramModel
    dramLeadCycles = architecture.dma.setupCycles + architecture.dramLatencyCycles
    let stream = architecture.dramStreamBytesPerCyclePerCore
    readRate = min(stream, Double(architecture.vmem.writeBytesPerCycle))
    writeRate = min(stream, Double(architecture.vmem.readBytesPerCycle))
  }

  /// Bytes a cycle that copies from and to DRAM move at most; `nil` where the DRAM's model says it by
  /// pattern.
  package var dramBytesPerCycle: Double? { dramModel == nil ? max(readRate, writeRate) : nil }

  package var launch: InstructionDuration {
    InstructionDuration(work: launchCycles, kind: .overhead)
  }

  /// The link's latency, then bytes at its rate; the link is taken for both.
  package func hostTransfer(bytes: Int) -> InstructionDuration {
    let cycles = architecture.cycles(bytes: bytes, rate: architecture.hostLinkBytesPerCycle)
    return InstructionDuration(
      work: architecture.hostLinkLatencyCycles + cycles, kind: .transfer)
  }

  /// A copy between VMEM and another memory of the chip, after set-up and latency: the DRAM's bus or
  /// VMEM's port, whichever is slower; CMEM likewise.
  ///
  /// - `simple` DRAM: bytes at the rate that its streams sustain.
  /// - `banked` DRAM: the memory's cycles by `DRAMModel`, rounded up to the core's.
  package func copy(_ pattern: TransferPattern, on unit: ProgramUnit, isWrite: Bool)
    -> InstructionDuration
  {
    let bytes = pattern.bytes
    let cycles: Int
    var lead = dramLeadCycles
    if unit == .dmaCMEM {
      guard let cmem = architecture.cmem else { return InstructionDuration(kind: .transfer) }
      let rate =
        isWrite
        ? min(cmem.writeBytesPerCycle, vmem.readBytesPerCycle)
        : min(cmem.readBytesPerCycle, vmem.writeBytesPerCycle)
      lead = architecture.dma.setupCycles + cmem.latencyCycles
      cycles = bytes.dividedRoundingUp(by: rate)
    } else if let dramModel {
      let memory = dramCost(pattern, isWrite: isWrite).cycles
      let port = Double(isWrite ? vmem.readBytesPerCycle : vmem.writeBytesPerCycle)
      cycles = max(
        architecture.cycles(seconds: Double(memory) / dramModel.clockHertz),
        architecture.cycles(bytes: bytes, rate: port))
    } else {
      cycles = architecture.cycles(bytes: bytes, rate: isWrite ? writeRate : readRate)
    }
    return InstructionDuration(
      lead: lead, work: cycles, portRead: isWrite ? bytes : 0, portWritten: isWrite ? 0 : bytes,
      kind: .transfer)
  }

  /// What a copy costs in the banked DRAM; nothing in a simple one.
  package func dramCost(_ pattern: TransferPattern, isWrite: Bool) -> DRAMTransferCost {
    guard let dramModel else { return DRAMTransferCost() }
    if let known = patterns[pattern] { return isWrite ? known.written : known.read }
    let costs = (
      read: dramModel.cost(of: pattern, isWrite: false),
      written: dramModel.cost(of: pattern, isWrite: true)
    )
    patterns[pattern] = costs
    return isWrite ? costs.written : costs.read
  }

  /// What a tile costs on the arrays.
  package func arrayCost(of tile: MatmulTile) -> ArrayCost {
    mxu.cost(of: tile.shape, batch: tile.batch, type: tile.operandType)
  }

  /// `MXUParameters.cost`, plus VMEM's latency; slower if VMEM delivers the operands more slowly than
  /// the arrays take them. Where folds are pipelined, the first load of a product hides behind the
  /// one before, and its crossing behind the one after.
  package func matmul(_ tile: MatmulTile) -> InstructionDuration {
    matmul(tile, arrayCost(of: tile))
  }

  /// The same where the tile's cost is known.
  package func matmul(_ tile: MatmulTile, _ cost: ArrayCost) -> InstructionDuration {
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

  /// `VPUParameters.cycles`; words that wait for their bank count as all bytes that the port could
  /// have moved meanwhile.
  package func vector(_ work: VectorWork) -> InstructionDuration {
    InstructionDuration(
      work: architecture.vpu.cycles(for: work, vmem: vmem), portRead: work.readBytes,
      portWritten: max(
        work.writtenBytes, work.scatterCycles(vmem: vmem) * vmem.writeBytesPerCycle),
      kind: .vector)
  }
}
