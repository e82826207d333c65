import GraphIR

/// The values of a graph whose elements are integers below 2²⁴ in magnitude, as far as that is known
/// from the operations that compute them: binary32 holds them exactly.
struct SmallIntegers {
  private let isSmall: [Bool]

  init(_ graph: Graph) {
    var isSmall: [Bool] = []
    isSmall.reserveCapacity(graph.instructions.count)
    for instruction in graph.instructions {
      isSmall.append(Self.isSmall(instruction, of: graph) { isSmall[$0.index] })
    }
    self.isSmall = isSmall
  }

  func contains(_ value: ValueID) -> Bool { isSmall[value.index] }

  private static func isSmall(
    _ instruction: Instruction, of graph: Graph, _ isSmall: (ValueID) -> Bool
  ) -> Bool {
    let type = instruction.type
    if type.dtype == .i8 || type.dtype == .ui8 { return true }
    guard type.dtype == .i32 else { return false }
    let operands = instruction.operands
    switch instruction.operation {
    case .reshape, .broadcastInDim: return isSmall(operands[0])
    case .iota(let dimension): return type.shape[dimension] < 1 << 24
    case .constant(let literal): return literal.splat.map { $0.magnitude < 0x1p24 } ?? false
    case .select: return operands.dropFirst().allSatisfy(isSmall)
    case .convert: return graph.type(of: operands[0]).dtype.byteCount == 1
    case .reduce(let reducer, _) where reducer == .maximum || reducer == .minimum:
      return graph.type(of: operands[0]).elementCount > 0 && isSmall(operands[0])
        && operands.dropFirst().allSatisfy { graph.isNeutral($0, for: reducer) }
    default: return false
    }
  }
}
