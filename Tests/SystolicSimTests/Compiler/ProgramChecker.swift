import DeviceAPI
import Units

@testable import SystolicSim

/// Verifies a program and its times from scratch: it believes neither the dependences that the
/// compiler wrote down nor the engine.
struct ProgramChecker {
  let compiled: CompiledProgram
  let architecture: ChipArchitecture
  /// The times to verify; the program's own unless a test changes them.
  var times: ExecutionTimes

  init(compiled: CompiledProgram, architecture: ChipArchitecture) {
    self.compiled = compiled
    self.architecture = architecture
    times = compiled.times
  }

  private var program: Program { compiled.program }

  /// Everything that is wrong, in words; empty if nothing is.
  func problems() -> [String] {
    var problems: [String] = []
    for (name, times) in [("cold", times.cold), ("steady", times.steady)] {
      problems += unitProblems(times).map { "\(name): \($0)" }
      problems += dependenceProblems(times).map { "\(name): \($0)" }
      problems += memoryProblems(times).map { "\(name): \($0)" }
      problems += busProblems(times).map { "\(name): \($0)" }
      problems += dramProblems(times).map { "\(name): \($0)" }
      problems += accumulatorProblems(times).map { "\(name): \($0)" }
    }
    problems += capacityProblems() + conservationProblems()
    problems += sumProblems(compiled.cost.cold, "cold")
    problems += sumProblems(compiled.cost.steady, "steady")
    return problems
  }

  /// No unit does two things at once; but the arrays may take operands while the last product's
  /// results leave.
  private func unitProblems(_ times: [InstructionTime]) -> [String] {
    var problems: [String] = []
    for unit in ProgramUnit.allCases {
      let own = times.indices.filter { program.instructions[$0].unit == unit }
      for (a, b) in zip(own, own.dropFirst()) {
        let duration = architecture.duration(of: program.instructions[a].work)
        let free = times[a].end - duration.tail + duration.pause
        if times[b].begin >= free { continue }
        problems.append("\(unit.name): \(b) begins before \(a) ends")
      }
    }
    return problems
  }

  /// Nothing starts before what it says it waits for, on-core work not before the launch.
  private func dependenceProblems(_ times: [InstructionTime]) -> [String] {
    var problems: [String] = []
    for (index, instruction) in program.instructions.enumerated() {
      let waits =
        instruction.dataDependences.instructions + instruction.spaceDependences.instructions
      for other in waits where times[index].issue < times[other].end || other >= index {
        problems.append("\(index) starts before \(other) ends")
      }
      if instruction.unit.isOnCore, index > 0, times[index].issue < times[0].end {
        problems.append("\(index) starts before the launch")
      }
    }
    return problems
  }

  /// Two instructions that touch the same addresses, one of them writing, run in program order;
  /// what is read was written before; two buffers never hold the same address at the same time.
  private func memoryProblems(_ times: [InstructionTime]) -> [String] {
    var problems: [String] = []
    var lives: [Int: (start: Int, end: Int)] = [:]
    for index in program.instructions.indices {
      for access in program.accesses(of: index) where !access.range.isEmpty {
        for earlier in 0..<index {
          for other in program.accesses(of: earlier)
          where other.range.overlaps(access.range) && (other.isWrite || access.isWrite)
            && times[index].issue < times[earlier].end
          {
            problems.append("\(index) touches VMEM \(access.range) before \(earlier) is done")
          }
        }
        if !access.isWrite && !isWritten(access, before: index) {
          problems.append("\(index) reads VMEM \(access.range), which nothing has written")
        }
        let life = lives[access.buffer] ?? (times[index].issue, times[index].end)
        lives[access.buffer] = (
          min(life.start, times[index].issue), max(life.end, times[index].end)
        )
      }
    }
    let alive = lives.sorted { $0.key < $1.key }
    for (position, a) in alive.enumerated() {
      for b in alive.dropFirst(position + 1)
      where program.buffers[a.key].range.overlaps(program.buffers[b.key].range)
        && a.value.start < b.value.end && b.value.start < a.value.end
      {
        problems.append("buffers \(a.key) and \(b.key) overlap in VMEM and in time")
      }
    }
    return problems
  }

  /// Every byte of the range was last written through the same buffer.
  private func isWritten(_ access: VMEMAccess, before index: Int) -> Bool {
    var open = [access.range]
    for earlier in (0..<index).reversed() {
      for other in program.accesses(of: earlier) where other.isWrite {
        guard open.contains(where: { $0.overlaps(other.range) }) else { continue }
        if other.buffer != access.buffer { return tailOnly(open, access) }
        open = open.flatMap { $0.removing(other.range) }
      }
      if open.isEmpty { return true }
    }
    return tailOnly(open, access)
  }

  /// Only the padding at the end of the buffer is left: less than a word of 64 bytes.
  private func tailOnly(_ open: [Range<Int>], _ access: VMEMAccess) -> Bool {
    open.allSatisfy {
      $0.count < 64 && $0.upperBound == program.buffers[access.buffer].range.upperBound
    }
  }

  /// The DRAM's bus moves the data of one copy at a time.
  private func busProblems(_ times: [InstructionTime]) -> [String] {
    let copies = times.indices.filter { program.instructions[$0].unit.usesDRAM }
      .sorted { times[$0].dataStart < times[$1].dataStart }
    return zip(copies, copies.dropFirst()).compactMap { a, b in
      times[b].dataStart < times[a].end ? "the DRAM moves \(a) and \(b) at once" : nil
    }
  }

  /// A value is read from DRAM when all of it is there: from the host, or stored before.
  private func dramProblems(_ times: [InstructionTime]) -> [String] {
    let graph = compiled.graph
    var problems = levelProblems()
    var stored: [ValueID: (bytes: Int, end: Int)] = [:]
    var arrived: [Int: Int] = [:]
    for (index, instruction) in program.instructions.enumerated() {
      switch instruction.work {
      case .hostIn(let parameter, _): arrived[parameter] = times[index].end
      case .store(let value, let pattern), .storeToCMEM(let value, let pattern):
        let before = stored[value] ?? (0, 0)
        stored[value] = (before.bytes + pattern.bytes, max(before.end, times[index].end))
      case .load(let value, _), .loadFromCMEM(let value, _):
        switch graph[value].operation {
        case .constant: break
        case .parameter(let parameter):
          guard graph.parameters[parameter].role == .infeed else { break }
          if arrived[parameter] ?? .max > times[index].issue {
            problems.append("\(index) loads parameter \(parameter) before it is there")
          }
        default:
          let home = stored[value] ?? (0, .max)
          if home.bytes < graph.type(of: value).byteCount || home.end > times[index].issue {
            problems.append("\(index) loads %\(value.index) before it is stored")
          }
        }
      default: break
      }
    }
    for result in graph.results {
      let base = graph.viewBase(of: result.value)
      let isComputed = !graph.isView(base)
      if isComputed && stored[base]?.bytes ?? 0 < graph.type(of: base).byteCount {
        problems.append("result \(result.name) is not stored")
      }
    }
    return problems
  }

  /// A value is stored where it is loaded from; what the host sends or fetches, in DRAM; a result
  /// that takes a parameter's place, where the parameter is.
  private func levelProblems() -> [String] {
    let graph = compiled.graph
    var (inDRAM, inCMEM): (Set<ValueID>, Set<ValueID>) = ([], [])
    for instruction in program.instructions {
      switch instruction.work {
      case .load(let value, _), .store(let value, _): inDRAM.insert(value)
      case .loadFromCMEM(let value, _), .storeToCMEM(let value, _): inCMEM.insert(value)
      default: break
      }
    }
    var problems = inDRAM.intersection(inCMEM).map { "%\($0.index) is in DRAM and in CMEM" }
    for value in inCMEM {
      if case .parameter(let parameter) = graph[value].operation,
        graph.parameters[parameter].role == .infeed
      {
        problems.append("the host sends \(parameter) to CMEM")
      }
    }
    for result in graph.results where inCMEM.contains(graph.viewBase(of: result.value)) {
      guard let donated = result.donatedParameter else {
        problems.append("the host fetches \(result.name) from CMEM")
        continue
      }
      for value in inDRAM {
        if case .parameter(donated) = graph[value].operation {
          problems.append("\(result.name) is in CMEM, its parameter in DRAM")
        }
      }
    }
    return problems
  }

  /// The accumulators hold two tiles: the array starts the one after next when the vector unit
  /// has taken the first.
  private func accumulatorProblems(_ times: [InstructionTime]) -> [String] {
    var problems: [String] = []
    var tiles: [(start: Int, sums: Int, taken: Int)] = []
    var open: (start: Int, sums: Int)?
    for (index, instruction) in program.instructions.enumerated() {
      if case .matmul = instruction.work {
        open = (open?.start ?? times[index].issue, times[index].end)
      } else if case .vector(let work) = instruction.work, work.accumulatorReads > 0,
        let tile = open
      {
        tiles.append((tile.start, tile.sums, times[index].end))
        if times[index].issue < tile.sums { problems.append("\(index) takes unfinished sums") }
        open = nil
      }
    }
    for (first, third) in zip(tiles, tiles.dropFirst(2)) where third.start < first.taken {
      problems.append("three tiles in the accumulators at \(third.start)")
    }
    return problems
  }

  private func capacityProblems() -> [String] {
    let capacity = architecture.vmem.capacityBytes
    var problems: [String] = []
    for buffer in program.buffers where buffer.range.upperBound > capacity {
      problems.append("\(buffer.label) ends beyond VMEM")
    }
    for sample in compiled.cost.occupancy where !(0...capacity).contains(sample.bytes.count) {
      problems.append("\(sample.bytes) of VMEM in use at \(sample.cycle)")
    }
    if program.cmemBytes > architecture.cmemBytesPerCore {
      problems.append("\(program.cmemBytes) bytes in CMEM")
    }
    if let last = compiled.cost.occupancy.last, last.bytes != .zero {
      problems.append("VMEM is not empty at the end")
    }
    return problems
  }

  /// What a level sends its neighbour receives; every input arrives, every result leaves.
  private func conservationProblems() -> [String] {
    var problems: [String] = []
    var (loaded, stored, hostIn, hostOut, macs, written) = (0, 0, 0, 0, 0, 0)
    var cmem = (loaded: 0, stored: 0)
    for (index, instruction) in program.instructions.enumerated() {
      switch instruction.work {
      case .load(_, let pattern):
        loaded += pattern.bytes
        written += program.accesses(of: index).reduce(0) { $0 + $1.range.count }
      case .store(_, let pattern): stored += pattern.bytes
      case .loadFromCMEM(_, let pattern):
        cmem.loaded += pattern.bytes
        written += program.accesses(of: index).reduce(0) { $0 + $1.range.count }
      case .storeToCMEM(_, let pattern): cmem.stored += pattern.bytes
      case .hostIn(_, let bytes): hostIn += bytes
      case .hostOut(_, let bytes): hostOut += bytes
      case .matmul(let tile): macs += tile.batch * tile.shape.m * tile.shape.n * tile.shape.k
      case .launch, .vector: break
      }
    }
    func total(_ level: MemoryLevel) -> MemoryTraffic {
      compiled.cost.ops.reduce(into: MemoryTraffic()) { $0 += $1.traffic[level.index] }
    }
    if loaded + cmem.loaded != written {
      problems.append("\(loaded) + \(cmem.loaded) bytes loaded, \(written) entered VMEM")
    }
    if total(.cmem).read.count != cmem.loaded { problems.append("CMEM bytes read") }
    if total(.cmem).written.count != cmem.stored { problems.append("CMEM bytes written") }
    if total(.offChip).read.count != loaded + hostOut { problems.append("DRAM bytes read") }
    if total(.offChip).written.count != stored + hostIn { problems.append("DRAM bytes written") }
    if total(.host).read.count != hostIn || total(.host).written.count != hostOut {
      problems.append("host bytes")
    }
    if macs != expectedMACs || compiled.cost.macs != macs {
      problems.append("\(macs) MACs, the graph has \(expectedMACs)")
    }
    return problems
  }

  private var expectedMACs: Int {
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

  /// Busy and stalls of each unit fill the window; energy by component and by op is one sum.
  private func sumProblems(_ schedule: Schedule, _ name: String) -> [String] {
    var problems: [String] = []
    for unit in schedule.units where unit.busyCycles + unit.stallCycles != schedule.cycles {
      problems.append(
        "\(name): \(unit.name) is busy \(unit.busyCycles) and waits \(unit.stallCycles) of "
          + "\(schedule.cycles)")
    }
    for (index, unit) in schedule.units.enumerated() {
      let inTimeline = schedule.timeline.reduce(0) {
        $1.unit == index ? $0 + $1.end - $1.start : $0
      }
      if inTimeline != unit.busyCycles.count { problems.append("\(name): \(unit.name) timeline") }
    }
    let byOp = compiled.cost.ops.reduce(schedule.energy[.idle]) { $0 + $1.energy.total }
    if byOp != schedule.energy.total {
      problems.append("\(name): energy by op \(byOp), by component \(schedule.energy.total)")
    }
    return problems
  }
}

extension Range<Int> {
  /// What is left without `other`.
  func removing(_ other: Range<Int>) -> [Range<Int>] {
    guard overlaps(other) else { return [self] }
    return [
      lowerBound..<Swift.max(lowerBound, other.lowerBound),
      Swift.min(upperBound, other.upperBound)..<upperBound,
    ].filter { !$0.isEmpty }
  }
}
