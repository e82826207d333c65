internal import Units
package import DeviceAPI
package import GraphIR

/// One graph with inputs, on which a device must agree with the reference evaluator.
package struct ConformanceCase: Sendable {
  package let name: String
  package let graph: Graph
  /// One value a parameter.
  package let inputs: [Literal]

  package init(name: String, graph: Graph, inputs: [Literal]) {
    self.name = name
    self.graph = graph
    self.inputs = inputs
  }

  /// Builds the graph and draws its inputs; the same name gives the same inputs.
  init(
    _ name: String, _ build: (inout CaseBuilder) throws(GraphError) -> Void
  ) throws(GraphError) {
    var builder = CaseBuilder(name: name)
    try build(&builder)
    self.init(name: name, graph: try builder.build(), inputs: builder.inputs)
  }

  /// The operations and element types of the graph are all among those of the device.
  package func isSupported(by descriptor: DeviceDescriptor) -> Bool {
    Self.isSupported(graph, by: descriptor)
  }

  private static func isSupported(_ graph: Graph, by device: DeviceDescriptor) -> Bool {
    graph.instructions.allSatisfy { instruction in
      if !device.supportedTypes.contains(instruction.type.dtype) { return false }
      let operation = instruction.operation.descriptor
      if case .parameter = instruction.operation { return true }
      if instruction.operation.isProduct {
        let operand = graph.type(of: instruction.operands[0]).dtype
        if !device.supportedProductTypes.contains(operand) { return false }
      }
      return device.supportedOperations.contains(operation.name)
        && operation.regions.allSatisfy { isSupported($0.body, by: device) }
    }
  }
}

/// A graph builder that also makes up the inputs.
struct CaseBuilder {
  var graph: GraphBuilder
  private(set) var inputs: [Literal] = []
  private var random: SplitMix64

  init(name: String) {
    graph = GraphBuilder(name: name)
    // FNV-1a of the name: fixed from run to run, which `hashValue` is not.
    random = SplitMix64(
      seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
  }

  func build() throws(GraphError) -> Graph { try graph.build() }

  /// A parameter with uniformly distributed values.
  mutating func input(
    _ shape: [Int], _ dtype: DType = .f32, in range: ClosedRange<Double> = -2...2,
    role: Parameter.Role = .resident
  ) -> ValueID {
    input(random.literal(TensorType(shape, dtype), in: range), role: role)
  }

  /// A parameter with these values.
  mutating func input(_ literal: Literal, role: Parameter.Role = .resident) -> ValueID {
    inputs.append(literal)
    return graph.parameter("p\(inputs.count - 1)", literal.type, role: role)
  }

  /// Declares a result named after its place.
  mutating func result(_ value: ValueID, donating parameter: ValueID? = nil) {
    graph.result("r\(graph.graph.results.count)", value, donating: parameter)
  }
}
