package import GraphIR

extension Graph {
  /// The same program without operations that StableHLO does not have, and without forms of others that
  /// it leaves to the implementation.
  ///
  /// - `random_bits` and `stochastic_convert` are written out in arithmetic of 32 bits.
  /// - A reduction of narrow floats to a wider type converts them first.
  /// - A reduction that starts elsewhere than at the neutral element combines its start with the
  ///   result: how often a start enters is the implementation's business.
  /// - Conversions to a value's own type are left out, and so are magnitudes of numbers without a sign;
  ///   their sign is the lesser of them and 1.
  ///
  /// - Throws: `GraphError` for a graph that is not sound.
  package func spelledInStableHLO() throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: name)
    var values: [ValueID] = []
    values.reserveCapacity(instructions.count)
    let places = parameters.map { builder.parameter($0.name, $0.type, role: $0.role) }
    for (index, instruction) in instructions.enumerated() {
      if case .result = instruction.operation { continue }
      if case .parameter(let position) = instruction.operation {
        values.append(places[position])
        continue
      }
      builder.scope = instruction.scope
      let operands = instruction.operands.map { values[$0.index] }
      if valueCount(at: index) > 1 || instruction.operation.kind == .regions {
        values += try builder.appendAll(instruction.operation.spelledInStableHLO(), operands)
      } else {
        values.append(try builder.spell(instruction, operands))
      }
    }
    for result in results {
      builder.result(
        result.name, values[result.value.index],
        donating: result.donatedParameter.map { places[$0] })
    }
    return try builder.build()
  }
}

extension Operation {
  /// The operation with its regions spelled.
  fileprivate func spelledInStableHLO() throws(GraphError) -> Operation {
    switch self {
    case .sort(let dimension, let comparator):
      return .sort(dimension: dimension, comparator: try comparator.spelledInStableHLO())
    case .reduceByRegion(let dimensions, let body):
      return .reduceByRegion(dimensions: dimensions, body: try body.spelledInStableHLO())
    case .whileLoop(let condition, let body):
      return .whileLoop(
        condition: try condition.spelledInStableHLO(), body: try body.spelledInStableHLO())
    case .branch(let branches):
      return .branch(
        try branches.map { (branch) throws(GraphError) in try branch.spelledInStableHLO() })
    case .scatter(let slices, let body):
      return .scatter(slices, body: try body.spelledInStableHLO())
    default: return self
    }
  }
}

extension GraphBuilder {
  fileprivate mutating func spell(
    _ instruction: Instruction, _ operands: [ValueID]
  ) throws(GraphError) -> ValueID {
    switch instruction.operation {
    case .randomBits(let stream):
      return try threefry(instruction.type, key: operands[0], stream: stream)
    case .stochasticConvert:
      return try roundedByChance(operands[0], bits: operands[1])
    case .unary(.abs) where instruction.type.dtype.isUnsigned: return operands[0]
    case .unary(.sign) where instruction.type.dtype.isUnsigned:
      return try binary(.minimum, operands[0], splat(1, like: operands[0]))
    case .convert: return try convert(operands[0], to: instruction.type.dtype)
    case .reduce(let reducer, let dimensions):
      let wide = try convert(operands[0], to: instruction.type.dtype)
      if graph.isNeutral(operands[1], of: reducer) {
        return try append(instruction.operation, [wide, operands[1]])
      }
      return try combined(
        reduce(reducer, wide, dimensions: dimensions), reducer, operands[1])
    case .reduceWindow(let reducer, let window)
    where !graph.isNeutral(operands[1], of: reducer):
      return try combined(reduceWindow(reducer, operands[0], window), reducer, operands[1])
    default:
      return try append(
        instruction.operation.spelledInStableHLO(), operands, resultType: instruction.type)
    }
  }

  private mutating func combined(
    _ reduced: ValueID, _ reducer: Reducer, _ start: ValueID
  ) throws(GraphError) -> ValueID {
    try binary(reducer.operation, reduced, broadcastScalar(start, like: reduced))
  }

  /// Up or down by the low 16 bits; infinities and NaN as they are.
  private mutating func roundedByChance(
    _ x: ValueID, bits: ValueID
  ) throws(GraphError) -> ValueID {
    let type = type(of: x)
    let word = try append(.bitcastConvert, [x], resultType: type.with(dtype: .i32))
    let chance = try binary(.and, bits, splat(0xFFFF, like: bits))
    let sum = try add(word, chance)
    let cut = try binary(.and, sum, splat(-65_536, like: sum))
    let rounded = try append(.bitcastConvert, [cut], resultType: type)
    let isFinite = try unary(.isFinite, x)
    return try convert(select(isFinite, rounded, x), to: .bf16)
  }

  /// - Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, Threefry-2x32
  ///   with 20 rounds; what the counters are, `Operation.randomBits` says.
  private mutating func threefry(
    _ type: TensorType, key: ValueID, stream: Int
  ) throws(GraphError) -> ValueID {
    let count = type.elementCount
    let half = TensorType([(count + 1) / 2], .i32)
    let parity = try scalar(0x1BD1_1BDA, .i32)
    var keys: [ValueID] = []
    for word in 0..<2 {
      let slice = try append(.slice(start: [word], limit: [word + 1], strides: [1]), [key])
      keys.append(try reshape(slice, to: []))
    }
    keys.append(try binary(.xor, binary(.xor, keys[0], keys[1]), parity))
    let counter = try iota(half, dimension: 0)
    var x = try add(counter, broadcastScalar(keys[0], like: counter))
    let number = try scalar(Double(Int32(truncatingIfNeeded: stream)), .i32)
    var y = try broadcastScalar(add(number, keys[1]), like: counter)
    for round in 0..<20 {
      x = try add(x, y)
      y = try binary(.xor, rotated(y, by: [13, 15, 26, 6, 17, 29, 16, 24][round % 8]), x)
      guard round % 4 == 3 else { continue }
      let turn = round / 4 + 1
      x = try add(x, broadcastScalar(keys[turn % 3], like: x))
      let injected = try add(keys[(turn + 1) % 3], scalar(Double(turn), .i32))
      y = try add(y, broadcastScalar(injected, like: y))
    }
    let both = try append(.concatenate(dimension: 0), [x, y])
    let words =
      count == 2 * half.elementCount
      ? both : try append(.slice(start: [0], limit: [count], strides: [1]), [both])
    return try reshape(words, to: type.shape)
  }

  private mutating func rotated(_ x: ValueID, by bits: Int) throws(GraphError) -> ValueID {
    let left = try binary(.shiftLeft, x, splat(Double(bits), like: x))
    let right = try binary(.shiftRightLogical, x, splat(Double(32 - bits), like: x))
    return try binary(.or, left, right)
  }
}

extension Graph {
  /// A scalar that is known to change nothing when the reducer combines it with another.
  func isNeutral(_ start: ValueID, of reducer: Reducer) -> Bool {
    let instruction = self[viewBase(of: start)]
    guard case .constant(let literal) = instruction.operation else { return false }
    return literal.splat == reducer.neutralElement(literal.type.dtype)
  }
}
