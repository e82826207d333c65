package import DeviceAPI
package import GraphIR
import Synchronization

/// The reference evaluator behind the device contract: the smallest device there can be.
package struct EvaluatorDevice: Device {
  package typealias Evaluate = @Sendable (Graph, [Literal]) throws(GraphError) -> [Literal]

  package var descriptor: DeviceDescriptor
  private let evaluate: Evaluate

  /// - Parameters:
  ///   - productOperandType: what operands of products are rounded to.
  ///   - evaluate: what to compute with instead of the reference evaluator.
  package init(productOperandType: DType? = nil, evaluate: Evaluate? = nil) {
    descriptor = DeviceDescriptor(
      name: "evaluator", summary: "The reference evaluator", isSimulated: false,
      productOperandType: productOperandType, memorySpaces: [], peakRates: [],
      supportedOperations: Set(Operation.allNames), supportedTypes: Set(DType.allCases),
      supportedProductTypes: Set(DType.allCases))
    let evaluator = ReferenceEvaluator(productOperandType: productOperandType)
    if let evaluate {
      self.evaluate = evaluate
    } else {
      self.evaluate = { (graph, inputs) throws(GraphError) in
        try evaluator.results(of: graph, inputs)
      }
    }
  }

  package func makeBuffer(_ type: TensorType) -> any Buffer { EvaluatorBuffer(type) }

  package func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    do { try graph.verify() } catch {
      throw DeviceError(.invalidGraph, device: descriptor.name, reason: "\(error)")
    }
    for instruction in graph.instructions
    where !descriptor.supportedTypes.contains(instruction.type.dtype) {
      throw DeviceError(
        .unsupported, device: descriptor.name, reason: "has no \(instruction.type.dtype)")
    }
    return EvaluatorExecutable(graph: graph, evaluate: evaluate)
  }
}

private final class EvaluatorBuffer: Buffer {
  let type: TensorType
  private let contents: Mutex<Literal>

  init(_ type: TensorType) {
    self.type = type
    contents = Mutex(Literal(type, splat: 0))
  }

  var value: Literal {
    get { contents.withLock { $0 } }
    set { contents.withLock { $0 = newValue } }
  }

  func copyIn(from bytes: UnsafeRawBufferPointer) throws(DeviceError) {
    try check(bytes.count)
    value = Literal(type, bytes: bytes)
  }

  func copyOut(into bytes: UnsafeMutableRawBufferPointer) throws(DeviceError) {
    try check(bytes.count)
    bytes.copyBytes(from: value.bytes)
  }

  private func check(_ count: Int) throws(DeviceError) {
    if count != type.byteCount {
      throw misuse("\(type) takes \(type.byteCount) bytes, not \(count)")
    }
  }
}

private struct EvaluatorExecutable: Executable {
  let graph: Graph
  let evaluate: EvaluatorDevice.Evaluate
  var profile: ExecutionProfile? { nil }

  func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
    let parameters = try own(inputs, graph.parameters.map(\.type))
    let results = try own(outputs, graph.results.map { graph.type(of: $0.value) })
    for (result, output) in zip(graph.results, results) {
      if let donated = result.donatedParameter, parameters[donated] !== output {
        throw misuse("'\(result.name)' must be in the buffer of parameter \(donated)")
      }
    }
    let values: [Literal]
    do { values = try evaluate(graph, parameters.map(\.value)) } catch {
      throw DeviceError(.executionFailed, device: "evaluator", reason: "\(error)")
    }
    for (output, value) in zip(results, values) { output.value = value }
  }

  /// The buffers as this device's, one of each type.
  private func own(
    _ buffers: [any Buffer], _ types: [TensorType]
  ) throws(DeviceError) -> [EvaluatorBuffer] {
    let own = buffers.compactMap { $0 as? EvaluatorBuffer }
    if own.count != buffers.count || own.map(\.type) != types {
      throw misuse("needs buffers of \(types), has \(buffers.map(\.type))")
    }
    return own
  }
}

private func misuse(_ reason: String) -> DeviceError {
  DeviceError(.invalidBuffers, device: "evaluator", reason: reason)
}
