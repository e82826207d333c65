internal import GraphIR

/// Operations that hold programs. A region of the text sees what is around it, one of a graph only its
/// parameters: those that are given from outside get the names that they have there.
extension TextPrinter {
  /// - Returns: `false` for an operation that has no region in the text.
  mutating func writeRegions(_ step: PrintedStep, as names: String) -> Bool {
    let head = "\(names) = \"stablehlo.\(step.instruction.operation.name)\"(\(step.list))"
    switch step.instruction.operation {
    case .reduceWindow(let reducer, let window):
      line("\(head) <{\(Self.attributes(window, isDilated: true))}> ({") {
        $0.block(applying: reducer, step.type.dtype)
      }
    case .selectAndScatter(let window):
      line("\(head) <{\(Self.attributes(window, isDilated: false))}> ({") {
        $0.selection(step.type.dtype)
        $0.indented(by: -1) { $0.line("}, {") }
        $0.block(applying: .add, step.type.dtype)
      }
    case .scatter(let slices, let body):
      line("\(head) <{\(Self.attributes(slices))}> ({") { $0.block(body) }
    case .sort(let dimension, let comparator):
      line("\(head) <{dimension = \(dimension) : i64, is_stable = true}> ({") {
        $0.block(comparator)
      }
    case .reduceByRegion(let dimensions, let body):
      let list = step.list
      line("\(names) = \"stablehlo.reduce\"(\(list)) <{dimensions = \(Self.array(dimensions))}> ({")
      {
        $0.block(body)
      }
    case .whileLoop(let condition, let body):
      loop(step, condition, body, as: names)
      return true
    case .branch(let branches):
      line("\(names) = \"stablehlo.case\"(\(step.operands[0])) ({")
      for (index, branch) in branches.enumerated() {
        if index > 0 { line("}, {") }
        indented(by: 1) { $0.region(branch, Array(step.operands.dropFirst())) }
      }
      let results = graphResults(of: branches[0])
      line("}) : (tensor<i32>) -> (\(results.joined(separator: ", ")))")
      return true
    default: return false
    }
    line("}) : \(step.functionType)")
    return true
  }

  private func graphResults(of graph: Graph) -> [String] {
    graph.results.map { "\(graph.type(of: $0.value))" }
  }

  // MARK: Blocks

  /// A region whose parameters are these values.
  private mutating func region(_ graph: Graph, _ parameters: [String]) {
    let names = values(of: graph, parameters: parameters)
    let returned = graph.results.map { names[$0.value.index] }
    line(
      "stablehlo.return \(returned.joined(separator: ", ")) : "
        + graphResults(of: graph).joined(separator: ", "))
  }

  /// A region with parameters of its own.
  private mutating func block(_ graph: Graph) {
    region(graph, head(graph.parameters.map(\.type)))
  }

  /// The first line of a block; the names of its arguments.
  private mutating func head(_ types: [TensorType]) -> [String] {
    let names = types.map { _ in newName() }
    let arguments = zip(names, types).map { "\($0): \($1)" }.joined(separator: ", ")
    indented(by: -1) { $0.line("^bb0(\(arguments)):") }
    return names
  }

  private mutating func block(applying reducer: Reducer, _ dtype: DType) {
    let scalar = TensorType.scalar(dtype)
    let names = head([scalar, scalar])
    let result = newName()
    line(
      "\(result) = stablehlo.\(reducer.operation.rawValue) \(names[0]), \(names[1]) : \(scalar)")
    line("stablehlo.return \(result) : \(scalar)")
  }

  /// The first one that is not less is selected.
  private mutating func selection(_ dtype: DType) {
    let scalar = TensorType.scalar(dtype)
    let names = head([scalar, scalar])
    let result = newName()
    line(
      "\(result) = stablehlo.compare GE, \(names[0]), \(names[1]) : (\(scalar), \(scalar)) -> "
        + "tensor<i1>")
    line("stablehlo.return \(result) : tensor<i1>")
  }

  private mutating func loop(
    _ step: PrintedStep, _ condition: Graph, _ body: Graph, as names: String
  ) {
    let count = body.results.count
    let (state, constants) = (step.operands.prefix(count), step.operands.dropFirst(count))
    let types = step.operandTypes.prefix(count).map { "\($0)" }.joined(separator: ", ")
    let arguments = state.map { _ in newName() }
    let pairs = zip(arguments, state).map { "\($0) = \($1)" }.joined(separator: ", ")
    line("\(names) = stablehlo.while(\(pairs)) : \(types)")
    line("cond {") { $0.region(condition, arguments + constants) }
    line("} do {") { $0.region(body, arguments + constants) }
    line("}")
  }

  // MARK: Attributes

  private static func attributes(_ window: WindowAttributes, isDilated: Bool) -> String {
    let dimensions = window.dimensions
    let padding = dimensions.map { [$0.low, $0.high] }
    var parts = [
      "padding = dense<\(padding)> : tensor<\(dimensions.count)x2xi64>",
      "window_dimensions = \(array(dimensions.map(\.size)))",
      "window_strides = \(array(dimensions.map(\.stride)))",
    ]
    if isDilated {
      parts.insert("base_dilations = \(array(dimensions.map(\.baseDilation)))", at: 0)
      parts.insert("window_dilations = \(array(dimensions.map(\.windowDilation)))", at: 2)
    }
    return parts.joined(separator: ", ")
  }

  private static func attributes(_ slices: IndexedSlices) -> String {
    let numbers = numbers(
      [
        ("update_window_dims", slices.windowDimensions),
        ("inserted_window_dims", slices.collapsedDimensions),
        ("input_batching_dims", slices.operandBatching),
        ("scatter_indices_batching_dims", slices.indicesBatching),
        ("scatter_dims_to_operand_dims", slices.indexMap),
      ], slices)
    return "indices_are_sorted = false, "
      + "scatter_dimension_numbers = #stablehlo.scatter<\(numbers)>, unique_indices = false"
  }
}
