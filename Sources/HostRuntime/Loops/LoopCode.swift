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
    let direct = directOutputs(lastUses)
    for (index, node) in body.nodes.enumerated() where lastUses[index] != nil {
      let target = direct[index]
      // Operands that end here give their registers to the result: kernels allow dst == operand.
      for (position, operand) in node.operands.enumerated() {
        guard case .node(let ended) = operand, lastUses[ended] == index,
          !node.operands[..<position].contains(operand)
        else { continue }
        release(registerOfNode[ended])
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

  /// For each node the output register that it may write at once instead of a temporary.
  private func directOutputs(_ lastUses: [Int?]) -> [Int?] {
    // Past the end for views that outputs store: those are read after all nodes.
    var lastReads = [Int](repeating: -1, count: viewIsScalar.count)
    for (index, node) in body.nodes.enumerated() where lastUses[index] != nil {
      for case .view(let view) in node.operands { lastReads[view] = index }
    }
    for case .view(let view) in outputs.map(\.operand) { lastReads[view] = body.nodes.count }
    var registers = [Int?](repeating: nil, count: body.nodes.count)
    for (index, output) in outputs.enumerated().reversed() where output.storeCode == nil {
      guard case .node(let node) = output.operand,
        output.overwrittenViews.allSatisfy({ lastReads[$0] <= node })
      else { continue }
      registers[node] = viewIsScalar.count + index
    }
    return registers
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
