import GraphIR
import GraphPasses

/// Who reads each value, and which of them round it to bfloat16: a value that such products read is
/// rounded once by the loop that computes it, instead of by every product.
struct OperandRounding {
  /// How a loop leaves a value.
  enum Form {
    case asComputed
    /// Nobody else reads it from memory.
    case rounded
    /// Beside the value, for others.
    case both
  }

  /// For each value those that read it, through views too.
  private var readers: [[ValueID]]
  private var isResult: [Bool]
  private let roundingProducts: Set<ValueID>

  init(_ graph: Graph, engine: any ProductEngine) {
    let bases = graph.viewBases()
    readers = [[ValueID]](repeating: [], count: graph.instructions.count)
    isResult = [Bool](repeating: false, count: graph.instructions.count)
    var roundingProducts: Set<ValueID> = []
    for index in graph.instructions.indices {
      let value = ValueID(index)
      if graph.isView(value) { continue }
      for operand in graph[value].operands { readers[bases[operand.index].index].append(value) }
      if graph.roundsOperands(value, engine) { roundingProducts.insert(value) }
    }
    for result in graph.results { isResult[bases[result.value.index].index] = true }
    self.roundingProducts = roundingProducts
  }

  /// Whether a value is a product that rounds its operands.
  func isRounding(_ value: ValueID) -> Bool { roundingProducts.contains(value) }

  /// - Parameter inside: those of the value's own loop, which do not read it from memory.
  func form(of value: ValueID, inside: Set<ValueID>, in graph: Graph) -> Form {
    let outside = readers[value.index].filter { !inside.contains($0) }
    let rounding = outside.filter { roundingProducts.contains($0) }
    if rounding.isEmpty || graph.type(of: value).dtype != .f32 { return .asComputed }
    if rounding.count == outside.count && !isResult[value.index] { return .rounded }
    // Convolutions mostly copy what they read, and round it then.
    return rounding.contains { graph[$0].operation.isDot } ? .both : .asComputed
  }
}

extension Graph {
  /// Whether a value is a product of `f32` operands that the host's own kernels round.
  fileprivate func roundsOperands(_ value: ValueID, _ engine: any ProductEngine) -> Bool {
    switch self[value].operation {
    case .dotGeneral, .convolution: break
    default: return false
    }
    guard self[value].type.dtype.isFloatingPoint, self[value].type.elementCount > 0,
      self[value].operands.allSatisfy({
        type(of: $0).dtype == .f32 && type(of: $0).elementCount > 0
      })
    else { return false }
    return engine.chainedSum(of: value, depth: 1).roundsOperands
  }
}

extension Operation {
  fileprivate var isDot: Bool {
    if case .dotGeneral = self { true } else { false }
  }
}
