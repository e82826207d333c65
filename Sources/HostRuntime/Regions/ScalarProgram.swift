import GraphIR

/// A region over scalars, such as a comparator, as instructions over registers that hold one value
/// each: what the evaluator computes, without its tensors.
///
/// A register holds a word (`DType.word`), which is exact for every type.
struct ScalarProgram: Sendable {
  private enum Code: Sendable {
    case unary(@Sendable (Double) -> Double)
    case binary(@Sendable (Double, Double) -> Double)
    /// Of a predicate.
    case select
    case copy
  }

  private struct Instruction: Sendable {
    var code: Code
    /// Of the result.
    var dtype: DType
    var target: Int
    var operands: (Int, Int, Int)
  }

  private var instructions: [Instruction] = []
  private var constants: [(register: Int, value: Double)] = []
  /// The registers that hold the parameters, in order, and the results.
  private(set) var parameters: [Int] = []
  private(set) var results: [Int] = []
  private(set) var registerCount: Int

  /// - Returns: `nil` if the region does more than arithmetic on scalars.
  init?(_ region: Graph) {
    registerCount = region.instructions.count
    parameters = region.parameters.map { _ in 0 }
    for (index, instruction) in region.instructions.enumerated() {
      guard instruction.type.rank == 0, add(instruction, at: index, of: region) else { return nil }
    }
    results = region.results.map(\.value.index)
  }

  private mutating func add(
    _ instruction: GraphIR.Instruction, at index: Int, of region: Graph
  ) -> Bool {
    let operands = instruction.operands.map(\.index)
    let from = instruction.operands.first.map { region.type(of: $0).dtype }
    func append(_ code: Code) {
      let padded = operands + [0, 0, 0]
      instructions.append(
        Instruction(
          code: code, dtype: instruction.type.dtype, target: index,
          operands: (padded[0], padded[1], padded[2])))
    }
    switch (instruction.operation, from) {
    case (.parameter(let position), _): parameters[position] = index
    case (.constant(let literal), _): constants.append((index, literal.word(at: 0)))
    case (.unary(let op), .some(let dtype)): append(.unary(op.function(dtype)))
    case (.binary(let op), .some(let dtype)): append(.binary(op.function(dtype)))
    case (.compare(let direction), .some(let dtype)):
      let holds = direction.function(dtype)
      append(.binary { holds($0, $1) ? 1 : 0 })
    case (.select, _): append(.select)
    case (.convert, .some(let dtype)):
      append(.unary(dtype.conversion(to: instruction.type.dtype)))
    case (.bitcastConvert, .some(let dtype)):
      append(.unary(dtype.bitcast(to: instruction.type.dtype)))
    case (.reshape, _), (.broadcastInDim, _): append(.copy)
    default: return false
    }
    return true
  }

  /// Writes what stays the same from one run to the next.
  func prepare(_ registers: UnsafeMutablePointer<Double>) {
    for (register, value) in constants { registers[register] = value }
  }

  /// Computes all registers from those of the parameters.
  func run(_ registers: UnsafeMutablePointer<Double>) {
    for instruction in instructions {
      let (a, b, c) = instruction.operands
      let value =
        switch instruction.code {
        case .unary(let function): function(registers[a])
        case .binary(let function): function(registers[a], registers[b])
        case .select: registers[a] != 0 ? registers[b] : registers[c]
        case .copy: registers[a]
        }
      registers[instruction.target] = instruction.dtype.settled(value)
    }
  }
}

extension DType {
  /// A word's bits as a word of another type of as many.
  fileprivate func bitcast(to other: DType) -> @Sendable (Double) -> Double {
    { word in
      var bits: UInt64 = 0
      return withUnsafeMutableBytes(of: &bits) { raw in
        guard let start = raw.baseAddress else { return 0 }
        store(word, at: 0, in: start)
        return other.load(at: 0, from: start)
      }
    }
  }
}
