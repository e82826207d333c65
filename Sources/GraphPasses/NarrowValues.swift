internal import GraphIR

/// Which values of an f32 graph are kept in the narrow type: what products read, and what
/// operations that only move elements read for them.
struct NarrowValues {
  private var isNarrow: [Bool]

  init(_ graph: Graph) {
    isNarrow = [Bool](repeating: false, count: graph.instructions.count)
    var changes = true
    // A pooled value is found narrow after the gradient of its pooling has been looked at.
    while changes {
      changes = false
      for index in graph.instructions.indices.reversed() {
        for operand in demands(of: ValueID(index), in: graph)
        where !isNarrow[operand.index] && graph.type(of: operand).dtype == .f32
          && graph[operand].operation.mayBeNarrow
        {
          isNarrow[operand.index] = true
          changes = true
        }
      }
    }
  }

  func contains(_ value: ValueID) -> Bool { isNarrow[value.index] }

  /// The operands that an instruction wants in the narrow type.
  private func demands(of value: ValueID, in graph: Graph) -> [ValueID] {
    let instruction = graph[value]
    switch instruction.operation {
    case .dotGeneral, .convolution: return instruction.operands
    case .selectAndScatter:
      return contains(instruction.operands[0]) ? [instruction.operands[1]] : []
    default:
      return contains(value) && instruction.operation.keepsNarrowValues
        ? instruction.operation.movedOperands(instruction.operands) : []
    }
  }
}

extension Operation {
  /// Every element of the result is one of an operand, so nothing is lost in a narrow type.
  var keepsNarrowValues: Bool {
    switch self {
    case .reduceWindow(let reducer, _): reducer == .maximum || reducer == .minimum
    default: kind == .move || kind == .view
    }
  }

  /// Whether a value may be kept in another type than its instruction says: the values of regions
  /// may not.
  fileprivate var mayBeNarrow: Bool { kind != .regions && kind != .result }

  /// The operands that are tensors to move; scalars to pad with or to start from are not.
  fileprivate func movedOperands(_ operands: [ValueID]) -> [ValueID] {
    switch self {
    case .concatenate: operands
    default: [operands[0]]
    }
  }
}
