package import GraphIR

/// Writes a graph as StableHLO text: what plugins compile, and what `TextReader` reads.
///
/// Parameters are `%arg0`, `%arg1`, ... in their order, values are numbered. A result that takes a
/// parameter's memory is said by that one's `tf.aliasing_output`. Operations that StableHLO does not
/// have are spelled out; see `Graph.spelledInStableHLO`. Names of parameters, of results and of parts
/// of the model, and how parameters come to the device, have no place in the text.
package struct TextPrinter {
  /// How exactly all products of f32 and wider are asked to be computed (`precision_config`); `nil`
  /// says of each what it asks for itself.
  let precision: ProductPrecision?
  private var text = ""
  private var valueCount = 0
  private var indent = 0

  private init(precision: ProductPrecision?) { self.precision = precision }

  /// The text of a module with the function `main`.
  ///
  /// - Throws: `GraphError` for a graph that is not sound.
  package static func text(
    of graph: Graph, precision: ProductPrecision? = nil
  ) throws(GraphError) -> String {
    try graph.verify()
    var printer = TextPrinter(precision: precision)
    printer.module(try graph.spelledInStableHLO())
    return printer.text
  }

  private mutating func module(_ graph: Graph) {
    let targets = graph.results.enumerated().compactMap { index, result in
      result.donatedParameter.map { ($0, index) }
    }
    let donations = Dictionary(uniqueKeysWithValues: targets)
    let arguments = graph.parameters.enumerated().map { index, parameter in
      let donation = donations[index].map { " {tf.aliasing_output = \($0) : i32}" } ?? ""
      return "%arg\(index): \(parameter.type)\(donation)"
    }
    let results = graph.results.map { "\(graph.type(of: $0.value))" }
    line("module @\(Self.symbol(graph.name)) {") { printer in
      let head = "func.func public @main(" + arguments.joined(separator: ", ") + ")"
      printer.line(head + " -> (" + results.joined(separator: ", ") + ") {") { printer in
        let names = printer.values(
          of: graph, parameters: graph.parameters.indices.map { "%arg\($0)" })
        let returned = graph.results.map { names[$0.value.index] }
        printer.line(
          results.isEmpty
            ? "return"
            : "return \(returned.joined(separator: ", ")) : \(results.joined(separator: ", "))")
      }
      printer.line("}")
    }
    line("}")
  }

  /// A name that needs no quotes.
  private static func symbol(_ name: String) -> String {
    let letters = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return letters.first.map { $0.isNumber } ?? true ? "_" + String(letters) : String(letters)
  }

  // MARK: Lines

  mutating func line(_ line: String) {
    text += String(repeating: "  ", count: indent) + line + "\n"
  }

  mutating func line(_ head: String, inside: (inout TextPrinter) -> Void) {
    line(head)
    indented(by: 1, inside)
  }

  mutating func indented(by step: Int, _ body: (inout TextPrinter) -> Void) {
    indent += step
    body(&self)
    indent -= step
  }

  /// A name that no other value has.
  mutating func newName() -> String {
    valueCount += 1
    return "%\(valueCount - 1)"
  }

  /// Writes the instructions of a graph; the name of each value.
  mutating func values(of graph: Graph, parameters: [String]) -> [String] {
    var names: [String] = []
    names.reserveCapacity(graph.instructions.count)
    for (index, instruction) in graph.instructions.enumerated() {
      switch instruction.operation {
      case .parameter(let position): names.append(parameters[position])
      // It was named with the first value of its instruction.
      case .result: continue
      default:
        let step = PrintedStep(
          graph: graph, index: index, operands: instruction.operands.map { names[$0.index] })
        let name = newName()
        let count = graph.valueCount(at: index)
        names += count == 1 ? [name] : (0..<count).map { "\(name)#\($0)" }
        write(step, as: count == 1 ? name : "\(name):\(count)")
      }
    }
    return names
  }
}

/// An instruction with the names of its operands.
struct PrintedStep {
  let graph: Graph
  let index: Int
  let operands: [String]

  var instruction: Instruction { graph.instructions[index] }
  var type: TensorType { instruction.type }
  var operandTypes: [TensorType] { instruction.operands.map { graph.type(of: $0) } }
  var list: String { operands.joined(separator: ", ") }

  /// `(operands) -> result`, or `-> (results)`.
  var functionType: String {
    let count = graph.valueCount(at: index)
    let results = graph.instructions[index..<index + count].map { "\($0.type)" }
    let given = "(" + operandTypes.map { "\($0)" }.joined(separator: ", ") + ") -> "
    return given + (count == 1 ? results[0] : "(" + results.joined(separator: ", ") + ")")
  }
}
