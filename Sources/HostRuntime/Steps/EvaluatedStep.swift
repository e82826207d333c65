import GraphIR

/// Computes one instruction with the reference evaluator.
///
/// It is right for every operation and slow, and it allocates; kernels replace it where speed is
/// wanted.
struct EvaluatedStep: Step {
  /// The instruction with a parameter for each operand; verified as part of the whole graph.
  let graph: Graph
  let operands: [Location]
  /// One a value.
  let targets: [Location]

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let inputs = zip(graph.parameters, operands).map { parameter, location in
      Literal(
        parameter.type,
        bytes: UnsafeRawBufferPointer(
          start: memory.pointer(location), count: parameter.type.byteCount))
    }
    do {
      for (result, target) in zip(try ReferenceEvaluator.evaluate(graph, inputs), targets) {
        let bytes = result.bytes
        bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(start: memory.pointer(target), count: bytes.count)
            .copyMemory(from: $0)
        }
      }
    } catch {
      preconditionFailure("a verified instruction failed in the evaluator: \(error)")
    }
  }
}
