internal import CKernels

/// The body of a fused loop in SSA form: what is computed for every element of an index space.
struct LoopBody: Sendable {
  enum Operand: Hashable, Sendable {
    case node(Int)
    /// An element read from memory: index into the loop's list of views.
    case view(Int)
    case immediate(Float)
  }

  /// One kernel instruction. A sixth operand is an immediate that the kernel finds in `imm1`.
  struct Node: Hashable, Sendable {
    /// A `CK_` opcode.
    var code: Opcode
    var operands: [Operand]
  }

  var nodes: [Node] = []

  mutating func append(_ code: Opcode, _ operands: [Operand]) -> Operand {
    nodes.append(Node(code: code, operands: operands))
    return .node(nodes.count - 1)
  }
}

/// A kernel opcode; the C enumeration has no type of its own.
struct Opcode: Hashable, Sendable {
  let rawValue: UInt16

  init(_ code: Int) { rawValue = UInt16(code) }

  static let copy = Opcode(CK_COPY)
  static let add = Opcode(CK_ADD)
  static let subtract = Opcode(CK_SUBTRACT)
  static let multiply = Opcode(CK_MULTIPLY)
  static let divide = Opcode(CK_DIVIDE)
  static let maximum = Opcode(CK_MAXIMUM)
  static let squareRoot = Opcode(CK_SQUARE_ROOT)
  static let greater = Opcode(CK_GREATER)
  static let select = Opcode(CK_SELECT)
  static let scaledSquareRootPlus = Opcode(CK_SCALED_SQUARE_ROOT_PLUS)
}
