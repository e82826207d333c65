internal import DeviceAPI
internal import SystolicModel
internal import Units

/// What each tensor of a program moves: a second account of the bytes that `CostBuilder.counts` has by
/// operation, kept tensor by tensor.
struct TensorAccounts {
  private let program: Program
  private let timing: ChipTiming
  private let model: EnergyModel
  /// By value of the program, and behind them what moves without being a value in memory.
  private(set) var counts: [ActionCounts]
  private(set) var loads: [Int]
  private(set) var stores: [Int]
  /// Names of what is behind the values.
  private(set) var others: [String] = []

  init(_ program: Program, chip: Chip, _ timing: ChipTiming) {
    self.program = program
    self.timing = timing
    model = EnergyModel(chip: chip)
    counts = [ActionCounts](repeating: ActionCounts(), count: program.values.count)
    loads = [Int](repeating: 0, count: counts.count)
    stores = loads
    for infeed in program.infeeds { host(infeed, isIn: true) }
    for outfeed in program.outfeeds { host(outfeed, isIn: false) }
    for group in program.groups { add(group) }
  }

  /// The place of what is no value in memory.
  private mutating func other(_ name: String) -> Int {
    if let index = others.firstIndex(of: name) { return program.values.count + index }
    others.append(name)
    counts.append(ActionCounts())
    loads.append(0)
    stores.append(0)
    return counts.count - 1
  }

  private mutating func host(_ transfer: HostTransfer, isIn: Bool) {
    let place = transfer.value ?? other(program.ops[transfer.op].name)
    model.countHost(bytes: transfer.bytes, isIn: isIn, in: &counts[place])
  }

  private mutating func copy(
    _ pattern: TransferPattern, _ unit: ProgramUnit, isWrite: Bool, times: Int, _ place: Int
  ) {
    guard pattern.bytes > 0 else { return }
    if isWrite { stores[place] += times } else { loads[place] += times }
    model.countCopy(pattern, unit, isWrite: isWrite, times: times, timing, in: &counts[place])
  }

  private mutating func add(_ group: ProgramGroup) {
    for load in group.loadsBefore + group.loadsAfter {
      copy(load.pattern, load.unit, isWrite: false, times: 1, load.value)
    }
    let name = program.ops[group.op].name
    let sums = group.outputs.first?.value ?? other(name)
    addStreams(group)
    addStores(group)
    if group.program.hasProduct { addProduct(group, sums: sums, name) }
    addVectorWork(group, sums: sums, name)
    if let spill = group.program.spill { add(spill, group.program, sums) }
  }

  // MARK: Copies

  private mutating func addStreams(_ group: ProgramGroup) {
    let program = group.program
    for stream in program.streams {
      let input = program.problem.inputs[stream.input]
      let place = group.inputs[stream.input].value
      stream.sizes.masks.forEachKind(program.nest, running: stream.running) { kind, count in
        copy(
          program.problem.pattern(input, stream.sizes, kind), stream.unit, isWrite: false,
          times: count, place)
      }
    }
  }

  private mutating func addStores(_ group: ProgramGroup) {
    let program = group.program
    let results = program.nest.all & ~program.nest.levels(.k)
    for (index, output) in program.problem.outputs.enumerated() where output.stores > 0 {
      let place = group.outputs[index].value
      program.tiles.masks.forEachKind(
        program.nest, running: output.isWhole ? 0 : results
      ) { kind, count in
        copy(
          program.problem.pattern(output, program.tiles, kind), output.storeUnit, isWrite: true,
          times: count * output.stores, place)
      }
    }
  }

  // MARK: Computation

  /// Operands are read, and sums come and go.
  private mutating func addProduct(_ group: ProgramGroup, sums: Int, _ name: String) {
    let program = group.program
    func operand(_ role: GroupInput.Role, _ accounts: inout TensorAccounts) -> Int {
      program.problem.inputs.firstIndex { $0.role == role }.map { group.inputs[$0].value }
        ?? accounts.other(name + " operand")
    }
    let (lhs, rhs) = (operand(.lhs, &self), operand(.rhs, &self))
    var bytes = (lhs: 0, rhs: 0, read: 0, written: 0)
    program.tiles.masks.forEachKind(program.nest, running: program.nest.all) { kind, count in
      let tile = program.problem.matmul(program.tiles, kind)
      let cost = timing.arrayCost(of: tile)
      let sides = timing.mxu.operandBytesBySide(of: tile, cost)
      bytes.lhs += count * sides.lhs
      bytes.rhs += count * sides.rhs
      bytes.read += 4 * count * cost.accumulatorReads
      bytes.written += 4 * count * cost.accumulatorWrites
    }
    let blocks = program.nest.turns(program.nest.levels(.k))
    if blocks > 1 && timing.mxu.dataflow != .outputStationary {
      bytes.read += 4 * (blocks - 1) * program.problem.elements
    }
    add(.onChip, read: bytes.lhs, to: lhs)
    add(.onChip, read: bytes.rhs, to: rhs)
    add(.accumulators, read: bytes.read, written: bytes.written, to: sums)
  }

  /// The vector unit's reads are divided over what it reads by size, its writes over what it writes.
  private mutating func addVectorWork(_ group: ProgramGroup, sums: Int, _ name: String) {
    let program = group.program
    let results = program.nest.all & ~program.nest.levels(.k)
    var total = VectorWork()
    program.tiles.masks.forEachKind(program.nest, running: results) { kind, count in
      let work = program.problem.vectorWork(program.tiles, kind)
      total.readBytes += count * work.readBytes
      total.writtenBytes += count * work.writtenBytes
      total.accumulatorReads += count * work.accumulatorReads
      total.accumulatorWrites += count * work.accumulatorWrites
    }
    add(
      .accumulators, read: 4 * total.accumulatorReads, written: 4 * total.accumulatorWrites,
      to: sums
    )
    let inputs = program.problem.inputs.indices.filter {
      [.tiled, .whole].contains(program.problem.inputs[$0].role)
    }
    let reads = total.readBytes.apportioned(by: inputs.map { program.problem.inputs[$0].bytes })
    if let reads {
      for (input, bytes) in zip(inputs, reads) {
        add(.onChip, read: bytes, to: group.inputs[input].value)
      }
    } else if total.readBytes > 0 {
      add(.onChip, read: total.readBytes, to: other(name + " operand"))
    }
    let writes = total.writtenBytes.apportioned(by: program.problem.outputs.map(\.bytes))
    if let writes {
      for (output, bytes) in zip(group.outputs, writes) {
        add(.onChip, written: bytes, to: output.value)
      }
    } else {
      add(.onChip, written: total.writtenBytes, to: sums)
    }
  }

  /// Sums that wait are the output's.
  private mutating func add(_ spill: GroupProgram.Spill, _ program: GroupProgram, _ place: Int) {
    let times = program.nest.turns(program.nest.levels(.k)) - 1
    let results = program.nest.all & ~program.nest.levels(.k)
    program.tiles.masks.forEachKind(program.nest, running: results) { kind, count in
      let bytes = 4 * program.tiles.elements(kind & GroupProgram.withoutBlock)
      let moved = count * times * bytes
      add(.accumulators, read: moved, written: moved, to: place)
      add(.onChip, read: moved, written: moved, to: place)
      guard spill.isInDRAM else { return }
      let pattern = TransferPattern(bytes: 4 * program.tiles.elements(kind))
      copy(pattern, .dmaStore, isWrite: true, times: count * times, place)
      copy(pattern, .dmaLoad, isWrite: false, times: count * times, place)
    }
  }

  private mutating func add(
    _ level: MemoryLevel, read: Int = 0, written: Int = 0, to place: Int
  ) {
    counts[place].traffic[level.index].read += Bytes(read)
    counts[place].traffic[level.index].written += Bytes(written)
  }
}

extension Int {
  /// A number of bytes divided by weights, in whole words of 4 bytes where it is of such; `nil` if all
  /// weights are 0.
  func apportioned(by weights: [Int]) -> [Int]? {
    let whole = weights.reduce(0, +)
    guard whole > 0 else { return nil }
    let word = self % 4 == 0 ? 4 : self % 2 == 0 ? 2 : 1
    var parts: [Int] = []
    var (sum, given) = (0, 0)
    for weight in weights {
      sum += weight
      let upTo = Int(Int128(self / word) * Int128(sum) / Int128(whole)) * word
      parts.append(upTo - given)
      given = upTo
    }
    return parts
  }
}
