internal import CKernels

/// A loop body as kernel instructions over registers: blocks of temporaries, then views, then
/// outputs.
struct LoopCode: @unchecked Sendable {
  /// One value that leaves the loop.
  struct Output {
    var operand: LoopBody.Operand
    /// The kernel that stores it, for element types other than `f32`.
    var storeCode: Opcode?
    /// Views whose memory it may overwrite; all reads of them must come first.
    var overwrittenViews: Set<Int>
  }

  private(set) var instructions: [ck_op] = []
  private(set) var temporaryCount = 0
  private let body: LoopBody
  private let viewIsScalar: [Bool]
  private let outputs: [Output]
  /// Registers during emission: temporaries are numbered after views and outputs.
  private var registerOfNode: [Int]
  private var freeTemporaries: [Int] = []

  /// - Parameter viewIsScalar: which views give one element to a whole block.
  init(_ body: LoopBody, viewIsScalar: [Bool], outputs: [Output]) {
    self.body = body
    self.viewIsScalar = viewIsScalar
    self.outputs = outputs
    registerOfNode = [Int](repeating: -1, count: body.nodes.count)
    emit()
  }

  /// Registers before the temporaries: one a view, then one an output.
  var fixedRegisterCount: Int { viewIsScalar.count + outputs.count }

  private mutating func emit() {
    let lastUses = lastUses()
    for (index, node) in body.nodes.enumerated() where lastUses[index] != nil {
      let target = directOutput(of: index, lastUses: lastUses)
      // Operands that end here give their registers to the result: kernels allow dst == operand.
      for case .node(let operand) in Set(node.operands) where lastUses[operand] == index {
        release(registerOfNode[operand])
      }
      registerOfNode[index] = target ?? takeTemporary()
      append(node.code, node.operands, to: registerOfNode[index])
    }
    for (index, output) in outputs.enumerated() {
      let register = viewIsScalar.count + index
      if case .node(let node) = output.operand, registerOfNode[node] == register { continue }
      append(output.storeCode ?? .copy, [output.operand], to: register)
    }
  }

  /// For each node that is needed, the position of its last reader; past the end for outputs.
  private func lastUses() -> [Int?] {
    var last = [Int?](repeating: nil, count: body.nodes.count)
    for output in outputs {
      if case .node(let index) = output.operand { last[index] = body.nodes.count }
    }
    for index in body.nodes.indices.reversed() where last[index] != nil {
      for case .node(let operand) in body.nodes[index].operands {
        last[operand] = max(last[operand] ?? 0, index)
      }
    }
    return last
  }

  /// The output register that a node may write at once instead of a temporary.
  private func directOutput(of node: Int, lastUses: [Int?]) -> Int? {
    for (index, output) in outputs.enumerated()
    where output.operand == .node(node) && output.storeCode == nil {
      let readsLater = body.nodes.indices.contains { later in
        later > node && lastUses[later] != nil
          && body.nodes[later].operands.contains {
            if case .view(let view) = $0 { output.overwrittenViews.contains(view) } else { false }
          }
      }
      let storedLater = outputs.contains {
        if case .view(let view) = $0.operand {
          output.overwrittenViews.contains(view)
        } else {
          false
        }
      }
      if !readsLater && !storedLater { return viewIsScalar.count + index }
    }
    return nil
  }

  private mutating func takeTemporary() -> Int {
    if let free = freeTemporaries.popLast() { return free }
    temporaryCount += 1
    return fixedRegisterCount + temporaryCount - 1
  }

  private mutating func release(_ register: Int) {
    if register >= fixedRegisterCount { freeTemporaries.append(register) }
  }

  private mutating func append(_ code: Opcode, _ operands: [LoopBody.Operand], to register: Int) {
    var op = ck_op()
    op.code = code.rawValue
    op.dst = UInt16(register)
    var kinds = 0
    var immediates = 0
    var registers: [UInt16] = [0, 0, 0, 0, 0]
    for (position, operand) in operands.prefix(5).enumerated() {
      let kind: Int
      switch operand {
      case .node(let node):
        kind = CK_BLOCK
        registers[position] = UInt16(registerOfNode[node])
      case .view(let view):
        kind = viewIsScalar[view] ? CK_SCALAR : CK_BLOCK
        registers[position] = UInt16(view)
      case .immediate(let value):
        kind = immediates == 0 ? CK_IMMEDIATE_0 : CK_IMMEDIATE_1
        if immediates == 0 { op.imm0 = value } else { op.imm1 = value }
        immediates += 1
      }
      kinds |= kind << (2 * position)
    }
    op.kinds = UInt16(kinds)
    (op.a, op.b, op.c, op.d) = (registers[0], registers[1], registers[2], registers[3])
    op.e = registers[4]
    if operands.count == 6, case .immediate(let last) = operands[5] { op.imm1 = last }
    instructions.append(op)
  }
}
