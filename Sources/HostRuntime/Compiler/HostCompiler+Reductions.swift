import GraphIR

extension HostCompiler {
  /// A `reduce` as sums or maxima over rows or columns of a matrix.
  ///
  /// - Returns: `false` for reducers and types that have no kernel.
  mutating func appendReduce(
    _ value: ValueID, _ reducer: Reducer, _ dimensions: [Int]
  ) -> Bool {
    let operand = graph[value].operands[0]
    let type = graph.type(of: operand)
    let isInteger = type.dtype == .i32 && reducer != .multiply
    guard type.dtype.fitsBinary32 && (reducer == .add || reducer == .maximum) || isInteger,
      type.elementCount > 0, graph.type(of: value).dtype != .f64
    else { return false }
    let matrix = ReductionMatrix(type, dimensions)
    let resultCount = matrix.takesColumns ? matrix.columns : matrix.rows
    let source =
      matrix.takesColumns
      ? denseSlot(of: operand) : rowMajor(operand, matrix.kept + matrix.dimensions)
    let input = widenedToF32(source, type.dtype, count: type.elementCount)
    let start = graph[value].operands[1]
    let startSlot = graph.isNeutral(start, for: reducer) ? nil : denseF32(start)
    let target = define(value)
    let resultType = graph.type(of: value).dtype
    let isNarrow = resultType == .bf16 || resultType == .f16
    let wide = isNarrow ? builder.arenaSlot(byteCount: resultCount * 4) : target
    let kind: ReduceStep.Kind =
      if isInteger { .integerRows(reducer) } else if matrix.takesColumns {
        reducer == .add ? .sumOfColumns : .maximumOfColumns
      } else {
        reducer == .add ? .sumOfRows : .maximumOfRows
      }
    builder.append(
      .init(reads: [input] + (startSlot.map { [$0] } ?? []), writes: [wide]) { place in
        ReduceStep(
          kind: kind, source: place(input), target: place(wide), start: startSlot.map(place),
          rows: matrix.rows, columns: matrix.columns)
      })
    if isNarrow { appendNarrowing(wide, to: target, dtype: resultType, count: resultCount) }
    return true
  }

  private mutating func denseF32(_ value: ValueID) -> Slot {
    let type = graph.type(of: value)
    return widenedToF32(denseSlot(of: value), type.dtype, count: type.elementCount)
  }

  mutating func widenedToF32(_ slot: Slot, _ dtype: DType, count: Int) -> Slot {
    guard dtype == .bf16 || dtype == .f16 else { return slot }
    let wide = builder.arenaSlot(byteCount: count * 4)
    appendWidening(slot, dtype: dtype, to: wide, count: count)
    return wide
  }

  /// The value with its dimensions in another order, dense.
  mutating func rowMajor(_ value: ValueID, _ order: [Int]) -> Slot {
    let source = view(of: value)
    let moved = StridedView(
      base: source.base, shape: order.map { source.shape[$0] },
      strides: order.map { source.strides[$0] }, offset: source.offset)
    if moved.isDense { return slot(of: moved.base) }
    let type = TensorType(moved.shape, graph.type(of: value).dtype)
    let copy = builder.arenaSlot(byteCount: type.byteCount)
    copyDense(moved, to: copy, dtype: type.dtype)
    return copy
  }

  /// Computes an instruction with the reference evaluator: for what has no kernel.
  mutating func appendEvaluated(_ value: ValueID) {
    let instruction = graph[value]
    var operands: [(slot: Slot, type: TensorType)] = []
    for operand in instruction.operands {
      operands.append((denseSlot(of: operand), graph.type(of: operand)))
    }
    let targets = defineAll(value)
    let further = graph.instructions[(value.index + 1)...].prefix(targets.count - 1)
    let single = Graph(
      instruction, operandTypes: operands.map(\.type), furtherTypes: further.map(\.type))
    builder.append(
      .init(reads: operands.map(\.slot), writes: targets) { place in
        EvaluatedStep(
          graph: single, operands: operands.map { place($0.slot) }, targets: targets.map(place))
      })
  }
}

extension Graph {
  /// Whether a value is the constant that changes nothing when a reduction starts from it.
  func isNeutral(_ start: ValueID, for reducer: Reducer) -> Bool {
    guard case .constant(let literal) = self[viewBase(of: start)].operation else { return false }
    return reducer.isNeutral(literal)
  }

  /// One instruction with a parameter for each operand, and all its values as results.
  fileprivate init(
    _ instruction: Instruction, operandTypes: [TensorType], furtherTypes: [TensorType]
  ) {
    let parameters = operandTypes.enumerated().map {
      Parameter(name: "operand\($0)", type: $1, role: .resident)
    }
    var instructions = parameters.enumerated().map {
      Instruction(operation: .parameter(index: $0), operands: [], type: $1.type, scope: "")
    }
    var single = instruction
    single.operands = operandTypes.indices.map { ValueID($0) }
    instructions.append(single)
    let first = ValueID(operandTypes.count)
    for (index, type) in furtherTypes.enumerated() {
      instructions.append(
        Instruction(operation: .result(index: index + 1), operands: [first], type: type, scope: ""))
    }
    self.init(
      name: instruction.operation.name, parameters: parameters, instructions: instructions,
      results: (0...furtherTypes.count).map {
        GraphResult(name: "result\($0)", value: ValueID(first.index + $0))
      })
  }
}
