extension Graph {
  /// Whether the instruction costs nothing: its value is another's seen differently, or is known
  /// at compile time, or is an input.
  @inlinable package func isView(_ value: ValueID) -> Bool {
    let kind = self[value].operation.kind
    return kind == .input || kind == .view
  }

  /// The value that `value` is a view of: follows `reshape` and `broadcast_in_dim`.
  @inlinable package func viewBase(of value: ValueID) -> ValueID {
    var base = value
    while self[base].operation.kind == .view { base = self[base].operands[0] }
    return base
  }

  /// `viewBase(of:)` of every value, in one pass.
  package func viewBases() -> [ValueID] {
    var bases: [ValueID] = []
    bases.reserveCapacity(instructions.count)
    for (index, instruction) in instructions.enumerated() {
      bases.append(
        instruction.operation.kind == .view
          ? bases[instruction.operands[0].index] : ValueID(index))
    }
    return bases
  }

  /// Values that some result depends on.
  package func liveValues() -> [Bool] {
    var live = [Bool](repeating: false, count: instructions.count)
    for result in results { live[result.value.index] = true }
    for index in instructions.indices.reversed() where live[index] {
      for operand in instructions[index].operands { live[operand.index] = true }
    }
    return live
  }
}
