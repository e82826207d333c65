internal import SystolicModel

/// Puts mapped groups together to a program.
struct ProgramAssembly {
  private let graph: LoweredGraph
  private let timing: ChipTiming
  private var made: Program
  /// The outfeed of each value and copy.
  private var outfeeds: [Int: [(copy: Int, outfeed: Int)]] = [:]
  private var spilledToDRAM = 0

  init(_ graph: LoweredGraph, _ timing: ChipTiming) {
    self.graph = graph
    self.timing = timing
    made = Program(
      ops: [ProgramOp(name: "program", kind: "launch", unit: .sequencer)], values: graph.values)
    for infeed in graph.infeeds {
      made.ops.append(ProgramOp(name: infeed.name, kind: "infeed", unit: .hostIn))
      let bytes = graph.values[infeed.value].bytes
      made.infeeds.append(
        HostTransfer(
          op: made.ops.count - 1, value: infeed.value, bytes: bytes,
          duration: timing.hostTransfer(bytes: bytes)))
    }
    for outfeed in graph.outfeeds {
      if let value = outfeed.value, graph.values[value].isHeld { continue }
      if let value = outfeed.value {
        outfeeds[value, default: []].append((outfeed.copy, made.outfeeds.count))
      }
      made.outfeeds.append(
        HostTransfer(
          op: 0, value: outfeed.value, bytes: outfeed.bytes,
          duration: timing.hostTransfer(bytes: outfeed.bytes),
          isStored: outfeed.value.map { graph.values[$0].producer != nil } ?? false))
    }
  }

  /// The operation of the first group; the others follow.
  private var firstGroupOp: Int { 1 + made.infeeds.count }

  mutating func setBuffers(
    _ labels: [String], _ lifetimes: [Allocator.Lifetime], _ longer: [Allocator.Lifetime],
    _ allocator: Allocator
  ) {
    made.buffers = labels.indices.map {
      let address = allocator.addresses[$0]
      return VMEMBuffer(label: labels[$0], range: address..<address + lifetimes[$0].bytes)
    }
    made.predecessors = allocator.predecessors(longer)
    made.vmemBytes = allocator.peakBytes
  }

  mutating func append(
    _ program: GroupProgram, _ index: Int, inputs: [Int], outputs: [Int], spill: Int?,
    before: [(value: Int, buffer: Int)], after: [(value: Int, buffer: Int)]
  ) {
    let group = graph.groups[index]
    made.ops.append(
      ProgramOp(name: group.name, kind: group.kind, unit: group.product == nil ? .vpu : .mxu))
    spilledToDRAM = max(spilledToDRAM, program.spill?.dramBytes ?? 0)
    let isFetched = group.outputs.contains { outfeeds[$0.value] != nil }
    made.groups.append(
      ProgramGroup(
        op: made.ops.count - 1, program: program,
        inputs: zip(group.inputs, inputs).map { .init(value: $0.value, buffer: $1) },
        outputs: zip(group.outputs, outputs).map { .init(value: $0.value, buffer: $1) },
        spillBuffer: spill, loadsBefore: before.map { load($0.value, $0.buffer) },
        loadsAfter: after.map { load($0.value, $0.buffer) },
        fetched: !isFetched
          ? []
          : program.stores.map { store in
            (0..<store.copies).map { copy in
              outfeeds[group.outputs[store.output].value]?.first { $0.copy == copy }?.outfeed ?? -1
            }
          }))
  }

  private func load(_ value: Int, _ buffer: Int) -> WholeLoad {
    let stored = graph.values[value]
    let unit: ProgramUnit = stored.isInCMEM ? .dmaCMEM : .dmaLoad
    let pattern = TransferPattern(bytes: stored.bytes)
    return WholeLoad(
      op: firstGroupOp + (stored.uses.first ?? 0), value: value, buffer: buffer, unit: unit,
      pattern: pattern,
      duration: timing.copy(pattern, on: unit, isWrite: false))
  }

  mutating func program() -> Program {
    var outfeed = 0
    for source in graph.outfeeds {
      made.ops.append(ProgramOp(name: source.name, kind: "outfeed", unit: .hostOut))
      if let value = source.value, graph.values[value].isHeld { continue }
      made.outfeeds[outfeed].op = made.ops.count - 1
      outfeed += 1
    }
    made.ops.makeNamesUnique()
    made.dramBytes = storedBytes(inCMEM: false) + spilledToDRAM
    made.cmemBytes = storedBytes(inCMEM: true)
    return made
  }

  /// Parameters, constants, spilled values and results. Infeed and fetched results count twice,
  /// for even and odd executions; a donated result is written beside its parameter, and the two
  /// change places after the execution.
  private func storedBytes(inCMEM: Bool) -> Int {
    var isStored = [Bool](repeating: false, count: graph.values.count)
    for group in made.groups {
      for store in group.program.stores where store.copies > 0 {
        isStored[group.outputs[store.output].value] = true
      }
    }
    return graph.values.indices.reduce(0) { sum, index in
      let value = graph.values[index]
      if value.isHeld || value.isInPlace || value.isInCMEM != inCMEM { return sum }
      let copies =
        switch value.home {
        case .infeed: 2
        case .dram: 1
        case .group: isStored[index] ? max(1, 2 * value.results.count) : 0
        }
      return sum + copies * value.bytes
    }
  }
}
