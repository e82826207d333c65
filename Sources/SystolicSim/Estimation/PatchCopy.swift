internal import DeviceAPI
internal import Units

/// The first half of an explicit convolution (im2col): the vector unit copies every patch of the
/// input to its place in the left operand of the product.
///
/// Parts of the input are loaded, copied and stored one after another, with two slots for each, so
/// that copies to and from DRAM work beside the vector unit. If the input is resident, so are the
/// patches.
///
/// - Validity: halos between parts of the input are loaded once (errs low).
struct PatchCopy {
  let architecture: ChipArchitecture
  let isResident: Bool
  let inputBytes: Int
  let patchElements: Int
  let elementBytes: Int

  init(_ problem: ProductProblem, _ architecture: ChipArchitecture) {
    self.architecture = architecture
    isResident = problem.resident.contains(.inputs)
    inputBytes = problem.lhsBytes
    patchElements = problem.product.batch * problem.product.m * problem.product.k
    elementBytes = problem.operandType.byteCount
  }

  /// One part of so many: a copy of its patches.
  private func work(_ parts: Int) -> VectorWork {
    var work = VectorWork()
    work.operations.compare = patchElements.dividedRoundingUp(by: parts)
    work.readBytes = work.operations.compare * elementBytes
    work.writtenBytes = work.readBytes
    return work
  }

  private func vmemBytes(_ parts: Int) -> Int {
    let slots = parts == 1 ? 1 : 2
    return slots
      * (inputBytes.dividedRoundingUp(by: parts).alignedForVMEM
        + (patchElements.dividedRoundingUp(by: parts) * elementBytes).alignedForVMEM)
  }

  /// VMEM that the smallest parts take.
  var smallestBytes: Int {
    isResident
      ? inputBytes.alignedForVMEM + (patchElements * elementBytes).alignedForVMEM
      : vmemBytes(Self.mostParts)
  }

  private static var mostParts: Int { 1 << 16 }

  /// Cycles of the vector unit.
  var vectorCycles: Int { architecture.duration(of: .vector(work(1))).occupied }

  /// Cycles of the DRAM's bus.
  var busCycles: Int {
    isResident ? 0 : load(1).occupied + store(1).occupied
  }

  private func load(_ parts: Int) -> InstructionDuration {
    architecture.duration(
      of: .load(value: ValueID(0), TransferPattern(bytes: inputBytes.dividedRoundingUp(by: parts))))
  }

  private func store(_ parts: Int) -> InstructionDuration {
    architecture.duration(
      of: .store(
        value: ValueID(0),
        TransferPattern(bytes: patchElements.dividedRoundingUp(by: parts) * elementBytes)))
  }

  /// What the copies want of VMEM's ports.
  var portDemand: PortDemand {
    var demand = PortDemand()
    demand.add(architecture.duration(of: .vector(work(1))), on: .vpu)
    if !isResident {
      demand.add(load(1), on: .dmaLoad)
      demand.add(store(1), on: .dmaStore)
    }
    return demand
  }

  /// Cycles with the best number of parts; `nil` if not even the smallest fit.
  func cycles(launch: Int) -> Int? {
    cyclesWithoutPorts(launch: launch).map {
      max($0, launch + portDemand.leastCycles(architecture.vmem))
    }
  }

  private func cyclesWithoutPorts(launch: Int) -> Int? {
    if isResident {
      let fits = smallestBytes <= architecture.vmem.capacityBytes
      return fits ? launch + vectorCycles : nil
    }
    var best: Int?
    var parts = 1
    while parts <= Self.mostParts {
      if vmemBytes(parts) <= architecture.vmem.capacityBytes {
        let cycles = self.cycles(parts: parts, launch: launch)
        // Past the best size more parts only add overhead.
        if let known = best, cycles > known { break }
        best = cycles
      }
      parts *= 2
    }
    return best
  }

  private func cycles(parts: Int, launch: Int) -> Int {
    let (load, store) = (load(parts), store(parts))
    let copy = architecture.duration(of: .vector(work(parts)))
    var clocks = UnitClocks(copiesInFlight: architecture.dma.queues)
    var (copied, stored) = ([0, 0], [0, 0])
    func transfer(_ unit: ProgramUnit, after cycle: Int, _ duration: InstructionDuration) -> Int {
      var time = InstructionTime()
      time.issue = max(launch, cycle)
      clocks.copy(&time, on: unit, duration)
      return time.end
    }
    var arrived = transfer(.dmaLoad, after: launch, load)
    for part in 0..<parts {
      let slot = part & 1
      let ready = arrived
      if part + 1 < parts { arrived = transfer(.dmaLoad, after: copied[1 - slot], load) }
      var time = InstructionTime()
      time.issue = max(ready, stored[slot])
      clocks.run(&time, on: .vpu, copy)
      copied[slot] = time.end
      stored[slot] = transfer(.dmaStore, after: time.end, store)
    }
    return max(launch, clocks.free.max())
  }

  /// Adds what the copies do.
  func count(in counts: inout ActionCounts, _ model: EnergyModel) {
    model.count(.vector(work(1)), in: &counts)
    if !isResident {
      model.count(.load(value: ValueID(0), TransferPattern(bytes: inputBytes)), in: &counts)
      model.count(
        .store(value: ValueID(0), TransferPattern(bytes: patchElements * elementBytes)),
        in: &counts)
    }
  }
}
