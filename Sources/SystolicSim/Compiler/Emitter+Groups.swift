extension Emitter {
  /// What is in the slots of a group's inputs and outputs while its tiles run.
  private struct SlotState {
    /// For each input, the piece in each slot and the step of its last use.
    var pieces: [[(piece: Int, lastStep: Int)]]
    /// For each output, bytes of earlier tiles.
    var outputOffsets: [Int]
  }

  mutating func emitGroup(_ index: Int) {
    let group = graph.groups[index]
    program.ops.append(
      ProgramOp(name: group.name, kind: group.kind, unit: group.product == nil ? .vpu : .mxu))
    let op = program.ops.count - 1
    for load in plan.loads[index] where load.firstUse == index {
      self.load(value: load.value, whole(load.value), into: load.buffer, op: op)
    }
    let steps = group.steps(plan.tilings[index])
    var slots = SlotState(
      pieces: plan.inputs[index].map {
        if case .slots(let buffers) = $0 {
          buffers.map { _ in (piece: -1, lastStep: -1) }
        } else {
          []
        }
      }, outputOffsets: [Int](repeating: 0, count: group.outputs.count))
    if !steps.isEmpty { loadPieces(index, steps[0], step: 0, op: op, &slots) }
    for (number, step) in steps.enumerated() {
      if number + 1 < steps.count {
        loadPieces(index, steps[number + 1], step: number + 1, op: op, &slots)
      } else {
        for load in plan.loads[index] where load.firstUse != index {
          self.load(value: load.value, whole(load.value), into: load.buffer, op: op)
        }
      }
      emitStep(index, step, isLast: number == steps.count - 1, op: op, &slots)
    }
  }

  private func whole(_ value: Int) -> TransferPattern {
    TransferPattern(bytes: graph.values[value].bytes)
  }

  /// The part of an input that a step needs.
  private func piece(_ input: GroupInput, _ group: LoweredGroup, _ step: TileStep)
    -> (name: Int, bytes: Int)
  {
    let bytes = graph.values[input.value].bytes
    switch input.role {
    case .lhs: return (step.lhsPiece, step.lhsShare.of(bytes))
    case .rhs: return (step.rhsPiece, step.rhsShare.of(bytes))
    case .tiled: return (step.outputPiece, bytes.share(step.range, of: group.elements))
    case .whole: return (0, bytes)
    }
  }

  /// Loads what a step needs and no slot holds.
  private mutating func loadPieces(
    _ index: Int, _ step: TileStep, step number: Int, op: Int, _ slots: inout SlotState
  ) {
    let group = graph.groups[index]
    for (position, input) in group.inputs.enumerated() {
      guard case .slots(let buffers) = plan.inputs[index][position] else { continue }
      let (name, bytes) = piece(input, group, step)
      if let slot = slots.pieces[position].firstIndex(where: { $0.piece == name }) {
        slots.pieces[position][slot].lastStep = number
        continue
      }
      var slot = 0
      for other in slots.pieces[position].indices
      where slots.pieces[position][other].lastStep < slots.pieces[position][slot].lastStep {
        slot = other
      }
      slots.pieces[position][slot] = (name, number)
      load(
        value: input.value, group.pattern(input, step, bytes: bytes), into: buffers[slot], op: op)
    }
  }

  private func readAccess(
    _ index: Int, _ position: Int, _ step: TileStep, _ slots: SlotState
  ) -> VMEMAccess {
    let group = graph.groups[index]
    switch plan.inputs[index][position] {
    case .resident(let buffer): return access(buffer, false)
    case .slots(let buffers):
      let (name, bytes) = piece(group.inputs[position], group, step)
      let slot = slots.pieces[position].firstIndex { $0.piece == name } ?? 0
      return access(buffers[slot], false, bytes: bytes)
    }
  }

  private mutating func emitStep(
    _ index: Int, _ step: TileStep, isLast: Bool, op: Int, _ slots: inout SlotState
  ) {
    let group = graph.groups[index]
    var sums: Int?
    if let matmul = step.matmul {
      let reads = group.inputs.indices.filter {
        group.inputs[$0].role == .lhs || group.inputs[$0].role == .rhs
      }
      sums = emit(
        .matmul(matmul), op: op,
        accesses: reads.map { readAccess(index, $0, step, slots) }, space: [emptied[half]])
    }
    guard step.isComplete else { return }
    var accesses: [VMEMAccess] = []
    var work = group.work.share(step.range, of: group.elements)
    for (position, input) in group.inputs.enumerated()
    where input.role == .tiled || input.role == .whole {
      accesses.append(readAccess(index, position, step, slots))
    }
    let writes = outputWrites(index, step, isLast: isLast, &slots)
    accesses.append(contentsOf: writes.map(\.access))
    work.readBytes = vectorReads(group, step)
    let vector = emit(.vector(work), op: op, accesses: accesses, data: [sums])
    if sums != nil || step.matmul != nil {
      emptied[half] = vector
      half = 1 - half
    }
    for write in writes {
      emitStores(write, group.pattern(ofOutputBytes: write.bytes, step), op: op)
    }
  }

  /// Bytes that the vector unit reads for a step.
  private func vectorReads(_ group: LoweredGroup, _ step: TileStep) -> Int {
    let stored = group.inputs.reduce(0) {
      $1.role == .tiled || $1.role == .whole ? $0 + piece($1, group, step).bytes : $0
    }
    // Windows are read several times over.
    return max(
      stored, group.product == nil ? group.work.readBytes.share(step.range, of: group.elements) : 0)
  }

  private struct OutputWrite {
    var value: Int
    var access: VMEMAccess
    var bytes: Int
    /// The part is complete and may be stored.
    var isFinal: Bool
    var isResident: Bool
  }

  private mutating func outputWrites(
    _ index: Int, _ step: TileStep, isLast: Bool, _ slots: inout SlotState
  ) -> [OutputWrite] {
    let group = graph.groups[index]
    return group.outputs.enumerated().map { position, output in
      let total = graph.values[output.value].bytes
      let bytes = output.isWhole ? total : total.share(step.range, of: group.elements)
      var isResident = false
      let target: VMEMAccess
      switch plan.outputs[index][position] {
      case .resident(let buffer):
        isResident = true
        target = access(
          buffer, true, offset: output.isWhole ? 0 : slots.outputOffsets[position], bytes: bytes)
      case .slots(let buffers):
        target = access(buffers[step.outputPiece % buffers.count], true, bytes: bytes)
      }
      slots.outputOffsets[position] += bytes
      return OutputWrite(
        value: output.value, access: target, bytes: bytes, isFinal: isLast || !output.isWhole,
        isResident: isResident)
    }
  }

  /// A copy for each result; and one for later groups if the value does not stay.
  private mutating func emitStores(
    _ write: OutputWrite, _ pattern: TransferPattern, op: Int
  ) {
    guard write.isFinal, write.bytes > 0 else { return }
    let value = graph.values[write.value]
    if value.isHeld { return }
    let spills = !write.isResident && !value.uses.isEmpty
    for copy in 0..<max(value.results.count, spills ? 1 : 0) {
      var source = write.access
      source.isWrite = false
      let store = emit(
        value.isInCMEM
          ? .storeToCMEM(value: value.id, pattern) : .store(value: value.id, pattern), op: op,
        accesses: [source])
      lastStore[write.value] = store
      if copy < value.results.count && firstStoreOfResult[value.results[copy]] == nil {
        firstStoreOfResult[value.results[copy]] = store
      }
    }
  }
}
