internal import CKernels
import GraphIR
import GraphPasses

/// Translates the members of a fused group to a loop body over binary32 registers.
///
/// Narrow floats live in registers as binary32 and are rounded after each operation; truth values
/// are 1 or 0. Integers take part only where binary32 is exact: as operands of a conversion, of a
/// comparison with numbers below 2²⁴, or as a choice between such numbers.
struct LoopLowering {
  /// A value that the loop reads.
  struct View: Hashable {
    var value: ValueID
    /// Blocks of it pass through a load that converts them.
    var isLoaded: Bool
  }

  struct Output {
    var operand: LoopBody.Operand
    var storeCode: Opcode?
  }

  let graph: Graph
  private let smallIntegers: SmallIntegers
  var body = LoopBody()
  private(set) var views: [View] = []
  private(set) var outputs: [Output] = []
  private var operandOfMember: [ValueID: LoopBody.Operand] = [:]
  private var operandOfInput: [ValueID: LoopBody.Operand] = [:]

  /// `nil` if some member needs a type or an operation that loops do not have.
  init?(_ graph: Graph, _ group: FusionPlan.Group, smallIntegers: SmallIntegers) {
    self.graph = graph
    self.smallIntegers = smallIntegers
    for member in group.members {
      guard let operand = lower(member) else { return nil }
      operandOfMember[member] = operand
    }
    for output in group.outputs {
      guard var operand = operandOfMember[output] else { return nil }
      let storeCode = Opcode.store(graph.type(of: output).dtype)
      // A store to i8 converts by itself.
      if case .node(let index) = operand, body.nodes[index].code == Opcode(CK_TO_I8),
        storeCode == Opcode(CK_STORE_I8)
      {
        operand = body.nodes[index].operands[0]
      }
      outputs.append(Output(operand: operand, storeCode: storeCode))
    }
  }

  /// What a member computes, as `f32`.
  func operand(ofMember value: ValueID) -> LoopBody.Operand? { operandOfMember[value] }

  private mutating func lower(_ value: ValueID) -> LoopBody.Operand? {
    let instruction = graph[value]
    let dtype = instruction.type.dtype
    switch instruction.operation {
    case .convert: return convert(instruction)
    case .stochasticConvert: return stochasticConvert(instruction)
    default: break
    }
    guard dtype.fitsBinary32 || dtype == .i1 || smallIntegers.contains(value),
      let code = opcode(instruction), operandsAreExact(instruction)
    else { return nil }
    var operands: [LoopBody.Operand] = []
    for operand in instruction.operands {
      guard let lowered = self.operand(operand) else { return nil }
      operands.append(lowered)
    }
    if case .reducePrecision(let exponentBits, let mantissaBits) = instruction.operation {
      let format = [exponentBits, mantissaBits].map {
        LoopBody.Operand.immediate(Float(min($0, 30)))
      }
      return rounded(body.append(code, operands + format), to: dtype)
    }
    if case .clamp = instruction.operation {
      return body.append(
        Opcode(CK_MINIMUM), [body.append(.maximum, [operands[1], operands[0]]), operands[2]])
    }
    return rounded(body.append(code, operands), to: dtype)
  }

  /// Comparisons of integers are exact in binary32 if one side is known to be small.
  private func operandsAreExact(_ instruction: Instruction) -> Bool {
    let isInteger = instruction.operands.contains { graph.type(of: $0).dtype.isInteger }
    guard isInteger else { return true }
    switch instruction.operation {
    case .compare: return instruction.operands.contains { smallIntegers.contains($0) }
    case .select, .clamp: return true  // small, or `lower` would have refused
    default: return false
    }
  }

  private static func isByte(_ dtype: DType) -> Bool { dtype.byteCount == 1 }

  private mutating func convert(_ instruction: Instruction) -> LoopBody.Operand? {
    let from = graph.type(of: instruction.operands[0]).dtype
    let to = instruction.type.dtype
    guard let operand = operand(instruction.operands[0]) else { return nil }
    switch to {
    case .f32: return operand
    case .bf16, .f16: return from == .i32 ? nil : rounded(operand, to: to)
    case .i1: return body.append(Opcode(CK_NOT_EQUAL), [operand, .immediate(0)])
    case .f64, .i16, .ui16, .ui32, .i64, .ui64: return nil
    case .i32: return Self.isByte(from) ? operand : nil
    case .ui8: return from == .i1 ? operand : nil
    case .i8:
      if from == .i1 { return operand }
      return from.isFloatingPoint ? body.append(Opcode(CK_TO_I8), [operand]) : nil
    }
  }

  /// The kernel takes the random bits as they lie in memory, whole blocks of them.
  private mutating func stochasticConvert(_ instruction: Instruction) -> LoopBody.Operand? {
    let bits = instruction.operands[1]
    guard graph.type(of: bits).elementCount > 1, !graph.isView(bits),
      let x = operand(instruction.operands[0])
    else { return nil }
    views.append(View(value: bits, isLoaded: true))
    return body.append(Opcode(CK_STOCHASTIC_BF16), [x, .view(views.count - 1)])
  }

  /// A value that the group computes, or one that it reads.
  private mutating func operand(_ value: ValueID) -> LoopBody.Operand? {
    if let member = operandOfMember[value] { return member }
    if let input = operandOfInput[value] { return input }
    let type = graph.type(of: value)
    if type.dtype == .f64 || type.dtype.isWide { return nil }
    if case .constant(let literal) = graph[graph.viewBase(of: value)].operation,
      let splat = literal.splat
    {
      return .immediate(Float(splat))
    }
    let load = Opcode.load(type.dtype)
    if load == nil && type.dtype != .f32 { return nil }
    let isSpread = type.elementCount == 1 || graph.viewBase(of: value) != value || isIota(value)
    views.append(View(value: value, isLoaded: load != nil && !isSpread))
    var operand = LoopBody.Operand.view(views.count - 1)
    if let load, !isSpread { operand = body.append(load, [operand]) }
    operandOfInput[value] = operand
    return operand
  }

  /// Its memory holds the numbers once, whatever dimensions repeat them.
  private func isIota(_ value: ValueID) -> Bool {
    if case .iota = graph[value].operation { true } else { false }
  }

  private mutating func rounded(_ operand: LoopBody.Operand, to dtype: DType) -> LoopBody.Operand {
    switch dtype {
    case .bf16: body.append(Opcode(CK_ROUND_BF16), [operand])
    case .f16: body.append(Opcode(CK_ROUND_F16), [operand])
    default: operand
    }
  }

  private func opcode(_ instruction: Instruction) -> Opcode? {
    switch instruction.operation {
    case .unary(let op): Self.opcode(op)
    case .binary(let op):
      instruction.type.dtype == .i1 ? Self.maskOpcode(op) : Self.opcode(op)
    case .compare(let direction): Self.opcode(direction)
    case .select: .select
    case .reducePrecision: Opcode(CK_REDUCE_PRECISION)
    case .clamp: .maximum  // and a minimum behind it
    default: nil
    }
  }

  private static func opcode(_ op: UnaryOperation) -> Opcode? {
    switch op {
    case .abs: Opcode(CK_ABSOLUTE)
    case .cbrt: Opcode(CK_CUBE_ROOT)
    case .ceil: Opcode(CK_CEIL)
    case .cosine: Opcode(CK_COSINE)
    case .countLeadingZeros, .populationCount: nil
    case .erf: Opcode(CK_ERROR_FUNCTION)
    case .exponential: Opcode(CK_EXPONENTIAL)
    case .exponentialMinusOne: Opcode(CK_EXPONENTIAL_MINUS_ONE)
    case .floor: Opcode(CK_FLOOR)
    case .isFinite: Opcode(CK_IS_FINITE)
    case .log: Opcode(CK_LOGARITHM)
    case .logPlusOne: Opcode(CK_LOG_PLUS_ONE)
    case .logistic: Opcode(CK_LOGISTIC)
    case .negate: Opcode(CK_NEGATE)
    case .not: Opcode(CK_NOT)
    case .roundNearestAway: Opcode(CK_ROUND_NEAREST_AWAY)
    case .roundNearestEven: Opcode(CK_ROUND_NEAREST_EVEN)
    case .rsqrt: Opcode(CK_RECIPROCAL_SQUARE_ROOT)
    case .sign: Opcode(CK_SIGN)
    case .sine: Opcode(CK_SINE)
    case .sqrt: .squareRoot
    case .tanh: Opcode(CK_TANH)
    }
  }

  private static func opcode(_ op: BinaryOperation) -> Opcode? {
    switch op {
    case .add: .add
    case .atan2: Opcode(CK_ATAN2)
    case .divide: .divide
    case .maximum: .maximum
    case .minimum: Opcode(CK_MINIMUM)
    case .multiply: .multiply
    case .power: Opcode(CK_POWER)
    case .remainder: Opcode(CK_REMAINDER)
    case .subtract: .subtract
    case .and, .or, .shiftLeft, .shiftRightArithmetic, .shiftRightLogical, .xor: nil
    }
  }

  /// On truth values.
  private static func maskOpcode(_ op: BinaryOperation) -> Opcode? {
    switch op {
    case .add, .maximum, .or: Opcode(CK_OR)
    case .and, .minimum, .multiply: Opcode(CK_AND)
    case .xor: Opcode(CK_XOR)
    default: nil
    }
  }

  private static func opcode(_ direction: Comparison) -> Opcode {
    switch direction {
    case .eq: Opcode(CK_EQUAL)
    case .ne: Opcode(CK_NOT_EQUAL)
    case .lt: Opcode(CK_LESS)
    case .le: Opcode(CK_LESS_OR_EQUAL)
    case .gt: .greater
    case .ge: Opcode(CK_GREATER_OR_EQUAL)
    }
  }
}
