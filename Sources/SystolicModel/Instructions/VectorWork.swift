package import GraphIR
internal import Units

extension OperationCounts {
  /// Operations for the arithmetic units. A division is a reciprocal and a multiplication.
  package var arithmetic: Int { compare + add + multiply + divide }

  /// Results from the unit for special functions. A division takes a reciprocal.
  package var special: Int { transcendental + divide }
}

/// Work of the vector unit in one instruction.
package struct VectorWork: Hashable, Sendable {
  package var operations = OperationCounts()
  /// Elements that change place: transposed, reversed.
  package var shuffledElements = 0
  /// Steps of a vector register each that combine positions of one register (ends of reductions).
  package var crossLaneSteps = 0
  /// Bytes read from VMEM and written to it.
  package var readBytes = 0
  package var writtenBytes = 0
  /// fp32 sums taken out of the accumulators.
  package var accumulatorReads = 0
  /// fp32 sums put back into the accumulators.
  package var accumulatorWrites = 0
  /// What one vector write touches where results are scattered (transposes); `nil` where they are
  /// consecutive, and no two words of a write meet in a bank.
  package var scatter: TransferPattern?
  /// Elements of the whole loop that this is a tile of; `nil` if it is none, such as taking a
  /// product's sums.
  package var loopElements: Int?

  package init() {}
}

extension VectorWork {
  /// The part of a group's work that falls to some points of its index space; fractions are rounded
  /// up.
  package func share(_ points: Int, of whole: Int) -> VectorWork {
    if points == whole || whole == 0 { return self }
    let share = Share(part: points, whole: whole)
    var part = self
    part.operations = operations.map(share.of)
    part.shuffledElements = share.of(shuffledElements)
    part.crossLaneSteps = share.of(crossLaneSteps)
    part.readBytes = share.of(readBytes)
    part.writtenBytes = share.of(writtenBytes)
    part.accumulatorReads = share.of(accumulatorReads)
    return part
  }
}

extension VectorWork {
  /// Cycles in which the banks write scattered vectors; 0 if nothing is scattered.
  package func scatterCycles(vmem: VMEMParameters) -> Int {
    guard let scatter, scatter.bytes > 0 else { return 0 }
    return writtenBytes.dividedRoundingUp(by: scatter.bytes) * vmem.writeCycles(scatter)
  }
}

extension VPUParameters {
  /// Cycles of one vector instruction.
  ///
  /// The slowest of six rates, plus the latency of a read, an operation and a write back:
  /// arithmetic in whole registers, special functions, shuffles at one row
  /// of `lanes` elements a cycle, and the two directions of VMEM. Reductions across a register add
  /// one cycle a step. Arithmetic and special functions are slower in short loops, where the chip
  /// says so.
  ///
  /// Scattered writes whose words meet in a bank wait for it.
  ///
  /// - Validity: assumes that independent operations fill all slots (an upper bound on speed), and
  ///   that no other unit uses VMEM's bandwidth at the time.
  package func cycles(for work: VectorWork, vmem: VMEMParameters) -> Int {
    let registers = work.operations.arithmetic.dividedRoundingUp(by: registerElements)
    let issue = max(
      registers.dividedRoundingUp(by: alusPerSublane),
      work.operations.special.dividedRoundingUp(by: transcendentalsPerCycle))
    let throughput = max(
      Int((Double(issue) / relativeRate(of: work)).rounded(.up)),
      work.shuffledElements.dividedRoundingUp(by: lanes),
      work.readBytes.dividedRoundingUp(by: vmem.readBytesPerCycle),
      work.writtenBytes.dividedRoundingUp(by: vmem.writeBytesPerCycle),
      work.scatterCycles(vmem: vmem),
      work.accumulatorReads.dividedRoundingUp(by: registerElements),
      work.accumulatorWrites.dividedRoundingUp(by: registerElements))
    return throughput + work.crossLaneSteps + latencyCycles + 2 * vmem.latencyCycles
  }

  /// How fast a loop issues, against a long one.
  private func relativeRate(of work: VectorWork) -> Double {
    guard let shortLoops, let elements = work.loopElements else { return 1 }
    return elements < shortLoops.belowElements ? shortLoops.relativeRate : 1
  }
}
