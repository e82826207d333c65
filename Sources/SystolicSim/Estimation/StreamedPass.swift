internal import DeviceAPI
internal import Units

/// Work of the vector unit on a stream: parts of the input are loaded, worked on and stored one after
/// another, with two slots for each, so that copies to and from DRAM work beside the vector unit.
struct StreamedPass {
  let architecture: ChipArchitecture
  /// Elements of the result.
  let elements: Int
  /// What the vector unit does for one of them.
  let perElement: VectorWork
  let inputBytes: Int
  let outputBytes: Int
  /// The input comes from DRAM, the output goes there; if not, all of it lies in VMEM.
  let loads: Bool
  let stores: Bool

  /// The first half of an explicit convolution (im2col): every patch of the input is copied to its
  /// place in the left operand of the product. If the input is resident, so are the patches.
  ///
  /// - Validity: halos between parts of the input are loaded once (errs low).
  static func patches(_ problem: ProductProblem, _ architecture: ChipArchitecture) -> StreamedPass {
    let elements = problem.product.batch * problem.product.m * problem.product.k
    var work = VectorWork()
    work.operations.compare = 1
    work.readBytes = problem.operandType.byteCount
    work.writtenBytes = work.readBytes
    let isResident = problem.resident.contains(.inputs)
    return StreamedPass(
      architecture: architecture, elements: elements, perElement: work,
      inputBytes: problem.lhsBytes, outputBytes: elements * work.writtenBytes,
      loads: !isResident, stores: !isResident)
  }

  /// The last part of a product whose sums are divided over `parts` cores: a core adds as many 32-bit
  /// partial sums of each of its elements, and converts the result to the operands' type.
  static func sums(
    of elements: Int, parts: Int, type: OperandType, isResident: Bool,
    _ architecture: ChipArchitecture
  ) -> StreamedPass {
    var work = VectorWork()
    work.operations.add = parts - 1
    work.operations.compare = type == .fp32 ? 0 : 1
    work.operations.multiply = type == .int8 ? 1 : 0
    work.readBytes = 4 * parts
    work.writtenBytes = type.byteCount
    return StreamedPass(
      architecture: architecture, elements: elements, perElement: work,
      inputBytes: elements * work.readBytes, outputBytes: elements * work.writtenBytes,
      loads: true, stores: !isResident)
  }

  /// One part of so many.
  func work(_ parts: Int) -> VectorWork {
    perElement.repeated(elements.dividedRoundingUp(by: parts))
  }

  private func vmemBytes(_ parts: Int) -> Int {
    let slots = parts == 1 ? 1 : 2
    func bytes(_ whole: Int, streams: Bool) -> Int {
      streams
        ? slots * whole.dividedRoundingUp(by: parts).alignedForVMEM : whole.alignedForVMEM
    }
    return bytes(inputBytes, streams: loads) + bytes(outputBytes, streams: stores)
  }

  /// VMEM that the smallest parts take.
  var smallestBytes: Int { vmemBytes(mostParts) }

  private var mostParts: Int { loads || stores ? 1 << 16 : 1 }

  /// Cycles of the vector unit.
  var vectorCycles: Int { architecture.duration(of: .vector(work(1))).occupied }

  /// Cycles of the DRAM's bus.
  var busCycles: Int { load(1).occupied + store(1).occupied }

  func load(_ parts: Int) -> InstructionDuration { duration(loadWork(parts)) }

  func store(_ parts: Int) -> InstructionDuration { duration(storeWork(parts)) }

  private func duration(_ work: ProgramInstruction.Work?) -> InstructionDuration {
    work.map { architecture.duration(of: $0) } ?? InstructionDuration(kind: .transfer)
  }

  private func loadWork(_ parts: Int) -> ProgramInstruction.Work? {
    let bytes = inputBytes.dividedRoundingUp(by: parts)
    return loads ? .load(value: ValueID(0), TransferPattern(bytes: bytes)) : nil
  }

  private func storeWork(_ parts: Int) -> ProgramInstruction.Work? {
    let bytes = outputBytes.dividedRoundingUp(by: parts)
    return stores ? .store(value: ValueID(0), TransferPattern(bytes: bytes)) : nil
  }

  /// What the pass wants of VMEM's ports.
  var portDemand: PortDemand {
    var demand = PortDemand()
    demand.add(architecture.duration(of: .vector(work(1))), on: .vpu)
    demand.add(load(1), on: .dmaLoad)
    demand.add(store(1), on: .dmaStore)
    return demand
  }

  /// Cycles with the best number of parts; `nil` if not even the smallest fit.
  func cycles(launch: Int) -> Int? {
    var best: Int?
    var parts = 1
    while parts <= mostParts {
      if vmemBytes(parts) <= architecture.vmem.capacityBytes {
        let cycles = self.cycles(parts: parts, launch: launch)
        // Past the best size more parts only add overhead.
        if let known = best, cycles > known { break }
        best = cycles
      }
      parts *= 2
    }
    return best.map { max($0, launch + portDemand.leastCycles(architecture.vmem)) }
  }

  /// Cycles with so many parts, VMEM's ports apart.
  func cycles(parts: Int, launch: Int) -> Int {
    let (load, store) = (load(parts), store(parts))
    let duration = architecture.duration(of: .vector(work(parts)))
    var clocks = UnitClocks(copiesInFlight: architecture.dma.queues)
    var (worked, stored) = ([0, 0], [0, 0])
    func transfer(_ unit: ProgramUnit, after cycle: Int, _ duration: InstructionDuration) -> Int {
      var time = InstructionTime()
      time.issue = max(launch, cycle)
      clocks.copy(&time, on: unit, duration)
      return time.end
    }
    var arrived = loads ? transfer(.dmaLoad, after: launch, load) : launch
    for part in 0..<parts {
      let slot = part & 1
      let ready = arrived
      if loads && part + 1 < parts { arrived = transfer(.dmaLoad, after: worked[1 - slot], load) }
      var time = InstructionTime()
      time.issue = max(ready, stored[slot])
      clocks.run(&time, on: .vpu, duration)
      worked[slot] = time.end
      if stores { stored[slot] = transfer(.dmaStore, after: time.end, store) }
    }
    return max(launch, clocks.free.max())
  }

  /// Adds what the pass does.
  func count(in counts: inout ActionCounts, _ model: EnergyModel) {
    model.count(.vector(work(1)), in: &counts)
    for work in [loadWork(1), storeWork(1)] {
      if let work { model.count(work, in: &counts) }
    }
  }
}

extension VectorWork {
  /// The work of so many like this.
  fileprivate func repeated(_ count: Int) -> VectorWork {
    var work = self
    work.operations = count * operations
    work.readBytes *= count
    work.writtenBytes *= count
    return work
  }
}
