import DeviceConformance
import GraphIR
import Testing

@Suite("Descriptors of operations")
struct DescriptorTests {
  /// The instructions of a graph and of its regions.
  static func instructions(_ graph: Graph) -> [Instruction] {
    graph.instructions.flatMap { instruction in
      [instruction] + instruction.operation.descriptor.regions.flatMap { instructions($0.body) }
    }
  }

  @Test("the conformance suite has a case for each operation that there is, under its name")
  func complete() throws {
    let suite = try ConformanceSuite(randomGraphs: 0)
    let names = Set(suite.cases.flatMap { Self.instructions($0.graph) }.map(\.operation.name))
    #expect(names == Set(Operation.allNames))
  }

  @Test("an operation is defined on the types that its functions take, and on no others")
  func types() {
    for dtype in DType.allCases {
      for op in UnaryOperation.allCases where op.descriptor.types.contains(dtype) {
        let descriptor = op.descriptor
        #expect(
          dtype.isFloatingPoint ? descriptor.floats != nil : descriptor.integers != nil, "\(op)")
        #expect(descriptor.domains(dtype).count == 1)
      }
      for op in BinaryOperation.allCases where op.descriptor.types.contains(dtype) {
        let descriptor = op.descriptor
        #expect(
          dtype.isFloatingPoint ? descriptor.floats != nil : descriptor.integers != nil, "\(op)")
        #expect(descriptor.domains(dtype).count == 2)
      }
    }
  }

  @Test("every elementwise operation costs the vector unit something")
  func costs() {
    #expect(UnaryOperation.allCases.allSatisfy { $0.descriptor.cost.total > 0 })
    #expect(BinaryOperation.allCases.allSatisfy { $0.descriptor.cost.total > 0 })
  }
}
