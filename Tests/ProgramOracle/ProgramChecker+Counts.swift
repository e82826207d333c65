internal import DeviceAPI
internal import GraphIR
internal import SystolicCompiler
internal import Units

/// What holds for all executions.
extension ProgramChecker {
  /// What the nest of loops alone says: no tile has more sums than the accumulators hold, slots lie in
  /// their buffers, buffers that live at the same time apart, and `k` is cut at whole folds.
  func nestProblems() -> [String] {
    var problems: [String] = []
    for (index, group) in program.groups.enumerated() {
      let name = "group \(index)"
      let made = group.program
      if made.hasProduct {
        var tile = made.problem.extents
        for axis in LoopNest.Axis.allCases { tile[axis] = min(tile[axis], made.mapping.tile[axis]) }
        let rows = timing.arrayCost(of: made.problem.matmul(tile)).sumRows
        let copies = made.mapping.hasTwoHalves ? 2 : 1
        let bytes = 4 * tile.batch * tile.m * tile.n
        // The second half is only needed if there is a second tile.
        if let problem = accumulatorProblem(
          bytes: (made.nest.tileCount > 1 ? copies : 1) * bytes, rows: copies * rows)
        {
          problems.append("\(name): \(problem)")
        }
        if tile.k < made.problem.extents.k, architecture.mxu.dataflow != .outputStationary,
          tile.k % architecture.mxu.rows != 0
        {
          problems.append("\(name): k is cut into \(tile.k), no whole folds")
        }
      }
      problems += bufferProblems(group).map { "\(name): \($0)" }
    }
    return problems + lifetimeProblems()
  }

  private func bufferProblems(_ group: ProgramGroup) -> [String] {
    var problems: [String] = []
    func require(_ bytes: Int, in buffer: Int, _ what: String) {
      let size = program.buffers[buffer].range.count
      if bytes > size { problems.append("\(what) takes \(bytes) bytes of a buffer of \(size)") }
    }
    let made = group.program
    for (place, input) in made.problem.inputs.enumerated() where input.place == .vmem {
      require(input.bytes, in: group.inputs[place].buffer, "an input")
    }
    for (place, output) in made.problem.outputs.enumerated() where output.place == .vmem {
      require(output.bytes, in: group.outputs[place].buffer, "an output")
    }
    for stream in made.streams {
      require(
        stream.slots * stream.slotBytes, in: group.inputs[stream.input].buffer, "slots of a stream")
    }
    for store in made.stores where store.slots > 0 {
      require(
        store.slots * store.slotBytes, in: group.outputs[store.output].buffer, "slots of a store")
    }
    if let spill = made.spill {
      if let buffer = group.spillBuffer {
        require(spill.slots * spill.slotBytes, in: buffer, "slots of sums")
      } else {
        problems.append("sums wait nowhere")
      }
    }
    return problems
  }

  /// A buffer lives from the first group that uses it to the last.
  private func lifetimeProblems() -> [String] {
    var lives = [ClosedRange<Int>?](repeating: nil, count: program.buffers.count)
    for (index, group) in program.groups.enumerated() {
      var used = group.inputs.map(\.buffer) + group.outputs.map(\.buffer)
      used += (group.loadsBefore + group.loadsAfter).map(\.buffer)
      if let spill = group.spillBuffer { used.append(spill) }
      for buffer in used { lives[buffer] = (lives[buffer]?.lowerBound ?? index)...index }
    }
    var problems: [String] = []
    for (buffer, others) in program.overlappingBuffers.enumerated() {
      for other in others where other > buffer {
        if let a = lives[buffer], let b = lives[other], a.overlaps(b) {
          problems.append("buffers \(buffer) and \(other) have the same addresses in groups \(a)")
        }
      }
    }
    return problems
  }

  /// No memory holds more than its capacity.
  func capacityProblems() -> [String] {
    let capacity = architecture.vmem.capacityBytes
    var problems: [String] = []
    for buffer in program.buffers where buffer.range.upperBound > min(capacity, program.vmemBytes) {
      problems.append("\(buffer.label) ends beyond VMEM")
    }
    for sample in compiled.cost.occupancy where !(0...capacity).contains(sample.bytes.count) {
      problems.append("\(sample.bytes) of VMEM in use at \(sample.cycle)")
    }
    if let last = compiled.cost.occupancy.last, last.bytes != .zero {
      problems.append("VMEM is not empty at the end")
    }
    if program.cmemBytes > architecture.cmemBytesPerCore {
      problems.append("\(program.cmemBytes) bytes in CMEM")
    }
    if program.dramBytes > architecture.dramBytesPerCore {
      problems.append("\(program.dramBytes) bytes in DRAM")
    }
    return problems
  }

  /// Each part of a tile lies in its slot.
  func placeProblems(_ expanded: ExpandedProgram) -> [String] {
    var slots = [Int](repeating: 0, count: program.buffers.count)
    for group in program.groups {
      for stream in group.program.streams {
        slots[group.inputs[stream.input].buffer] = stream.slotBytes
      }
      for store in group.program.stores where store.slots > 0 {
        slots[group.outputs[store.output].buffer] = store.slotBytes
      }
      if let spill = group.program.spill, let buffer = group.spillBuffer {
        slots[buffer] = spill.slotBytes
      }
    }
    for index in expanded.instructions.indices {
      for access in expanded.accesses(of: index) {
        let slot = slots[access.buffer]
        if access.range.upperBound > program.buffers[access.buffer].range.count
          || slot > 0 && access.range.lowerBound / slot != (access.range.upperBound - 1) / slot
        {
          return ["\(index) \(expanded.instructions[index].work) leaves its slot: \(access)"]
        }
      }
    }
    return []
  }

  /// A value is stored where it is loaded from; what the host sends or fetches, in DRAM; a result
  /// that takes a parameter's place, where the parameter is. Every result is stored, and the memories
  /// hold what is in them.
  func storageProblems(_ expanded: ExpandedProgram) -> [String] {
    var problems: [String] = []
    var (inDRAM, inCMEM): (Set<Int>, Set<Int>) = ([], [])
    var storedBytes: [Int: Int] = [:]
    for instruction in expanded.instructions {
      switch instruction.work {
      case .load(let value, _), .store(let value, _):
        if instruction.unit == .dmaCMEM { inCMEM.insert(value) } else { inDRAM.insert(value) }
        if case .store(_, let bytes) = instruction.work { storedBytes[value, default: 0] += bytes }
      default: break
      }
    }
    problems += inDRAM.intersection(inCMEM).map { "%\($0) is in DRAM and in CMEM" }
    for value in inCMEM where program.values[value].isInfeed {
      problems.append("the host sends %\(value) to CMEM")
    }
    for outfeed in program.outfeeds {
      if let value = outfeed.value, inCMEM.contains(value) {
        problems.append("the host fetches %\(value) from CMEM")
      }
    }
    let graph = compiled.graph
    for (index, value) in program.values.enumerated() {
      let copies = value.results.count
      if value.isHeld || copies == 0 || value.producer == nil { continue }
      // An update in place is all that is written of its result.
      let size =
        value.isInPlace
        ? graph.type(of: graph[value.id].operands[1]).byteCount : copies * value.bytes
      if storedBytes[index] ?? 0 < size {
        problems.append("a result of %\(index) is not stored")
      }
      for result in value.results {
        guard let donated = graph.results[result].donatedParameter, inCMEM.contains(index) else {
          continue
        }
        for other in inDRAM where graph[program.values[other].id].operation.isParameter(donated) {
          problems.append("\(graph.results[result].name) is in CMEM, its parameter in DRAM")
        }
      }
    }
    func bytes(_ values: Set<Int>) -> Int {
      values.reduce(0) {
        let value = program.values[$1]
        return $0 + (value.isInPlace ? 0 : value.bytes)
      }
    }
    let waiting = program.groups.map { $0.program.spill?.dramBytes ?? 0 }.max() ?? 0
    if bytes(inDRAM) + waiting > program.dramBytes { problems.append("more in DRAM than counted") }
    if bytes(inCMEM) > program.cmemBytes { problems.append("more in CMEM than counted") }
    return problems
  }

  /// What a level sends its neighbour receives; every input arrives, every result leaves.
  func conservationProblems(_ expanded: ExpandedProgram) -> [String] {
    var problems: [String] = []
    var dram = (loaded: 0, stored: 0)
    var cmem = dram
    var (entered, left, macs, portRead, portWritten) = (0, 0, 0, 0, 0)
    var tensors = program.values.map { _ in TensorCopies() }
    for (index, instruction) in expanded.instructions.enumerated() {
      portRead += instruction.duration.portRead
      portWritten += instruction.duration.portWritten
      func bytes(_ isWrite: Bool) -> Int {
        expanded.accesses(of: index).reduce(0) {
          $1.isWrite == isWrite ? $0 + $1.range.count : $0
        }
      }
      switch instruction.work {
      case .load(let value, let size):
        tensors[value].loads += 1
        tensors[value].read += size
      case .store(let value, let size):
        tensors[value].stores += 1
        tensors[value].written += size
      default: break
      }
      switch instruction.work {
      case .load(_, let size), .loadSums(_, let size):
        if instruction.unit == .dmaCMEM { cmem.loaded += size } else { dram.loaded += size }
        entered += bytes(true)
      case .store(_, let size), .storeSums(_, let size):
        if instruction.unit == .dmaCMEM { cmem.stored += size } else { dram.stored += size }
        left += bytes(false)
      case .matmul(let count): macs += count
      case .launch, .hostIn, .hostOut, .vector, .take, .put: break
      }
    }
    let hostIn = program.infeeds.reduce(0) { $0 + $1.bytes }
    let hostOut = program.outfeeds.reduce(0) { $0 + $1.bytes }
    func total(_ level: MemoryLevel) -> MemoryTraffic {
      compiled.cost.ops.reduce(into: MemoryTraffic()) { $0 += $1.traffic[level.index] }
    }
    func require(_ a: Int, _ b: Int, _ what: String) {
      if a != b { problems.append("\(what): \(a) and \(b)") }
    }
    require(dram.loaded + cmem.loaded, entered, "bytes loaded, and entered VMEM")
    require(dram.stored + cmem.stored, left, "bytes stored, and left VMEM")
    require(total(.cmem).read.count, cmem.loaded, "CMEM bytes read")
    require(total(.cmem).written.count, cmem.stored, "CMEM bytes written")
    require(total(.offChip).read.count, dram.loaded + hostOut, "DRAM bytes read")
    require(total(.offChip).written.count, dram.stored + hostIn, "DRAM bytes written")
    require(total(.host).read.count, hostIn, "bytes from the host")
    require(total(.host).written.count, hostOut, "bytes to the host")
    require(compiled.cost.macs, macs, "multiply-accumulates counted, and done")
    problems += tensorProblems(tensors)
    let vmem = architecture.vmem
    let least = max(
      portRead.dividedRoundingUp(by: vmem.readBytesPerCycle),
      portWritten.dividedRoundingUp(by: vmem.writeBytesPerCycle))
    for schedule in [compiled.cost.cold, compiled.cost.steady]
    where schedule.cycles.count - timing.launchCycles < least {
      problems.append("VMEM's ports move more than they can in \(schedule.cycles)")
    }
    return problems
  }

  /// The table by tensor is what the single instructions copy; sums that wait are counted with it.
  private func tensorProblems(_ copies: [TensorCopies]) -> [String] {
    var problems: [String] = []
    var copies = copies
    for transfer in program.infeeds {
      if let value = transfer.value { copies[value].written += transfer.bytes }
    }
    for transfer in program.outfeeds {
      if let value = transfer.value { copies[value].read += transfer.bytes }
    }
    let spilled = Set(
      program.groups.filter { $0.program.spill?.isInDRAM ?? false }
        .compactMap { $0.outputs.first?.value })
    for (value, copied) in copies.enumerated() where !spilled.contains(value) {
      let tensor = compiled.cost.tensors[value]
      var traffic = tensor.traffic[MemoryLevel.offChip.index]
      traffic += tensor.traffic[MemoryLevel.cmem.index]
      let counted = TensorCopies(
        loads: tensor.loads, stores: tensor.stores, read: traffic.read.count,
        written: traffic.written.count)
      if counted != copied { problems.append("\(tensor.name): \(counted), copied \(copied)") }
    }
    return problems
  }

  /// Work of the graph, cycles of each unit, energy: the sums close.
  func costProblems() -> [String] {
    var problems: [String] = []
    let cost = compiled.cost
    if let imbalance = cost.imbalance { problems.append(imbalance) }
    for names in [cost.ops.map(\.name), cost.tensors.map(\.name)]
    where Set(names).count != names.count {
      problems.append("names are not unique: \(names.sorted())")
    }
    if cost.macs != graphMACs {
      problems.append("\(cost.macs) multiply-accumulates, the graph has \(graphMACs)")
    }
    for (name, schedule) in [("cold", cost.cold), ("steady", cost.steady)] {
      for unit in schedule.units where unit.busyCycles + unit.stallCycles != schedule.cycles {
        problems.append(
          "\(name): \(unit.name) is busy \(unit.busyCycles) and waits \(unit.stallCycles) of "
            + "\(schedule.cycles)")
      }
      let byOp = cost.ops.reduce(schedule.energy[.idle]) { $0 + $1.energy.total }
      // Sums of the same numbers in another order.
      let difference = abs(byOp.value - schedule.energy.total.value)
      if difference > 1e-12 * schedule.energy.total.value {
        problems.append("\(name): energy by op \(byOp), by component \(schedule.energy.total)")
      }
    }
    return problems
  }

  private var graphMACs: Int {
    let graph = compiled.graph
    let live = graph.liveValues()
    return graph.values.reduce(0) { sum, value in
      guard live[value.index] else { return sum }
      switch graph[value].operation {
      case .dotGeneral(let dot):
        let lhs = graph.type(of: graph[value].operands[0]).shape
        return sum + graph.type(of: value).elementCount
          * dot.lhsContracting.reduce(1) { $0 * lhs[$1] }
      case .convolution(let conv):
        let kernel = graph.type(of: graph[value].operands[1])
        return sum + graph.type(of: value).elementCount * kernel.elementCount
          / kernel.shape[conv.dimensions.kernelOutputFeature]
      default: return sum
      }
    }
  }
}

extension StoredValue {
  /// The host sends it.
  fileprivate var isInfeed: Bool { if case .infeed = home { true } else { false } }
}

extension Operation {
  fileprivate func isParameter(_ number: Int) -> Bool {
    if case .parameter(number) = self { true } else { false }
  }
}

/// What the copies of one tensor move.
private struct TensorCopies: Equatable {
  var loads = 0
  var stores = 0
  var read = 0
  var written = 0
}
