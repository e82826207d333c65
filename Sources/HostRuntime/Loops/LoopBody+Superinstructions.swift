internal import CKernels

extension LoopBody {
  /// Joins nodes that one kernel instruction can do in a single pass over its block.
  ///
  /// The kernels round every operation by itself, so a joined node has the bits of its parts. Only
  /// nodes that nothing else uses are absorbed; they stay in the list, unused.
  ///
  /// - Parameter kept: values that leave the loop.
  mutating func formSuperinstructions(keeping kept: [Operand]) {
    // How often each node is read, by absorbed nodes too; a value that leaves is never absorbed.
    var uses = [Int](repeating: 0, count: nodes.count)
    for node in nodes { node.countOperands(in: &uses, by: 1) }
    for case .node(let index) in kept { uses[index] += 2 }
    for index in nodes.indices {
      guard let joined = joined(index, uses), joined.fitsImmediates else { continue }
      nodes[index].countOperands(in: &uses, by: -1)
      joined.countOperands(in: &uses, by: 1)
      nodes[index] = joined
    }
  }

  /// What a node becomes with what it absorbs.
  private func joined(_ index: Int, _ uses: [Int]) -> Node? {
    Matcher(nodes: nodes, uses: uses).joined(index)
  }
}

extension LoopBody.Node {
  fileprivate func countOperands(in uses: inout [Int], by step: Int) {
    for case .node(let index) in operands { uses[index] += step }
  }

  /// An instruction has room for two immediates.
  fileprivate var fitsImmediates: Bool {
    operands.count(where: { if case .immediate = $0 { true } else { false } }) <= 2
  }
}

private struct Matcher {
  typealias Operand = LoopBody.Operand
  typealias Node = LoopBody.Node

  let nodes: [Node]
  /// How often each node is read.
  let uses: [Int]

  func joined(_ index: Int) -> Node? {
    let node = nodes[index]
    switch node.code {
    case .add:
      return sum(node.operands[0], node.operands[1]) ?? sum(node.operands[1], node.operands[0])
    case .subtract:
      guard let product = absorbed(node.operands[1], .multiply) else { return nil }
      for (scale, quotient) in bothWays(product) {
        if let division = absorbed(quotient, .divide) {
          let scaled = [node.operands[0], scale, division[0]]
          if let root = absorbed(division[1], .scaledSquareRootPlus),
            case .immediate = root[2]
          {
            return Node(code: Opcode(CK_SUBTRACT_QUOTIENT_BY_ROOT), operands: scaled + root)
          }
          return Node(
            code: Opcode(CK_SUBTRACT_SCALED_QUOTIENT),
            operands: scaled + [division[1]])
        }
      }
      return nil
    case Opcode(CK_MINIMUM):
      for (limited, high) in bothWays(node.operands) {
        guard let limits = absorbed(limited, .maximum) else { continue }
        for (whole, low) in bothWays(limits) {
          if let x = absorbed(whole, Opcode(CK_ROUND_NEAREST_EVEN)) {
            return Node(code: Opcode(CK_ROUND_CLAMP), operands: x + [low, high])
          }
        }
      }
      return nil
    case .maximum:
      for (x, zero) in bothWays(node.operands) where zero == .immediate(0) {
        return Node(code: Opcode(CK_RELU), operands: [x])
      }
      return nil
    case .select:
      guard let comparison = absorbed(node.operands[0], .greater) else { return nil }
      return Node(
        code: Opcode(CK_SELECT_GREATER), operands: comparison + node.operands.dropFirst())
    default: return nil
    }
  }

  /// `first + second` where `first` is a product.
  private func sum(_ first: Operand, _ second: Operand) -> Node? {
    guard let product = absorbed(first, .multiply) else { return nil }
    for (root, scale) in bothWays(product) {
      if let radicand = absorbed(root, .squareRoot) {
        return Node(code: .scaledSquareRootPlus, operands: [radicand[0], scale, second])
      }
    }
    guard let other = absorbed(second, .multiply), second != first else {
      return Node(code: Opcode(CK_MULTIPLY_ADD), operands: product + [second])
    }
    for (scale, square) in bothWays(other) {
      if let factors = absorbed(square, .multiply), factors[0] == factors[1] {
        return Node(
          code: Opcode(CK_PRODUCT_PLUS_SCALED_SQUARE), operands: product + [scale, factors[0]])
      }
    }
    return Node(code: Opcode(CK_SUM_OF_PRODUCTS), operands: product + other)
  }

  /// The operands of a node with the given opcode that may vanish into its only user.
  private func absorbed(_ operand: Operand, _ code: Opcode) -> [Operand]? {
    guard case .node(let index) = operand, nodes[index].code == code, uses[index] == 1 else {
      return nil
    }
    return nodes[index].operands
  }

  private func bothWays(_ operands: [Operand]) -> [(Operand, Operand)] {
    [(operands[0], operands[1]), (operands[1], operands[0])]
  }
}
