import DeviceAPI
import GraphIR

/// Ways to get a graph wrong, each as an evaluator for an `EvaluatorDevice`.
enum Mutation: String, CaseIterable, Sendable {
  case resultsOneUnitHigher, lastOfTies, poolingFromZero, maximumDropsNaN, donationOneByOne
  case productsInBFloat16, integersSaturate, transposeKeepsElements, constantsInBFloat16
  case truncatedConversions

  @Sendable func evaluate(_ graph: Graph, _ inputs: [Literal]) throws(GraphError) -> [Literal] {
    switch self {
    case .resultsOneUnitHigher:
      return try ReferenceEvaluator.evaluate(graph, inputs).map { literal in
        literal.type.dtype != .f32
          ? literal : Literal(literal.type, literal.elements.map { Double(Float($0).nextUp) })
      }
    case .donationOneByOne: return try oneByOne(graph, inputs)
    case .productsInBFloat16:
      return try ReferenceEvaluator(productOperandType: .bf16).results(of: graph, inputs)
    case .lastOfTies, .poolingFromZero, .maximumDropsNaN, .integersSaturate,
      .transposeKeepsElements, .constantsInBFloat16, .truncatedConversions:
      return try ReferenceEvaluator.evaluate(rewritten(graph), inputs)
    }
  }

  /// Each result is stored before the next is computed.
  private func oneByOne(_ graph: Graph, _ inputs: [Literal]) throws(GraphError) -> [Literal] {
    var (inputs, results) = (inputs, [Literal]())
    for (index, result) in graph.results.enumerated() {
      results.append(try ReferenceEvaluator.evaluate(graph, inputs)[index])
      if let donated = result.donatedParameter { inputs[donated] = results[index] }
    }
    return results
  }

  private func rewritten(_ graph: Graph) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: graph.name)
    var values: [ValueID] = []
    for instruction in graph.instructions {
      let operands = instruction.operands.map { values[$0.index] }
      if case .parameter(let index) = instruction.operation {
        values.append(builder.parameter(graph.parameters[index].name, instruction.type))
      } else if let value = try replacement(instruction, operands, &builder) {
        values.append(value)
      } else {
        values.append(
          try builder.append(instruction.operation, operands, resultType: instruction.type))
      }
    }
    for result in graph.results { builder.result(result.name, values[result.value.index]) }
    return try builder.build()
  }

  private func replacement(
    _ instruction: Instruction, _ operands: [ValueID], _ b: inout GraphBuilder
  ) throws(GraphError) -> ValueID? {
    switch (self, instruction.operation) {
    case (.lastOfTies, .selectAndScatter(let window)):
      return try lastOfTies(window, operands, &b)
    case (.poolingFromZero, .reduceWindow(.maximum, _)):
      let zero = try b.scalar(0, instruction.type.dtype)
      return try b.append(instruction.operation, [operands[0], zero])
    case (.maximumDropsNaN, .binary(.maximum)):
      return try b.select(
        b.compare(.gt, operands[0], operands[1]), operands[0], operands[1])
    case (.integersSaturate, .binary(.add)) where instruction.type.dtype.isInteger:
      // Exact in f32 for 8 bits, which is enough to be found out.
      let sum = try b.add(b.convert(operands[0], to: .f32), b.convert(operands[1], to: .f32))
      return try b.convert(sum, to: instruction.type.dtype)
    case (.transposeKeepsElements, .transpose):
      return try b.reshape(operands[0], to: instruction.type.shape)
    case (.constantsInBFloat16, .constant(let literal)) where literal.type.dtype == .f32:
      return try b.constant(
        Literal(literal.type, literal.elements.map { DType.bf16.rounding($0) }))
    case (.truncatedConversions, .convert)
    where instruction.type.dtype == .bf16 && b.type(of: operands[0]).dtype == .f32:
      // A hair towards zero before rounding: ties go the other way.
      let factor = try b.splat(1 - 0x1p-20, like: operands[0])
      return try b.convert(b.multiply(operands[0], factor), to: .bf16)
    default: return nil
    }
  }

  /// Turned round, the window meets its elements from the end.
  private func lastOfTies(
    _ window: WindowAttributes, _ operands: [ValueID], _ b: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = b.type(of: operands[0]).shape
    let dimensions = Array(shape.indices)
    var turned = window
    for d in dimensions {
      let w = window.dimensions[d]
      // What the last window leaves over at the end is cut off in front.
      let leftOver = (w.low + shape[d] + w.high - w.size) % w.stride
      turned.dimensions[d].low = w.high - leftOver
      turned.dimensions[d].high = w.low
    }
    let operand = try b.append(.reverse(dimensions: dimensions), [operands[0]])
    let source = try b.append(.reverse(dimensions: dimensions), [operands[1]])
    let result = try b.append(.selectAndScatter(turned), [operand, source, operands[2]])
    return try b.append(.reverse(dimensions: dimensions), [result])
  }
}

/// A device around another whose executables break one rule of the contract.
struct FaultyDevice: Device {
  enum Fault: String, CaseIterable, Sendable {
    case acceptsAnyBuffers, changesInputs, dependsOnThreads, addsToOutputs, acceptsAnyGraph
  }

  let device: any Device
  let fault: Fault

  var descriptor: DeviceDescriptor { device.descriptor }

  func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    try device.makeBuffer(type)
  }

  func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    if fault == .acceptsAnyGraph && graph.name == "misuse" {
      return Faulty(graph: graph, executable: nil, fault: fault, threads: 1)
    }
    let executable = try device.compile(graph, options: options)
    return Faulty(graph: graph, executable: executable, fault: fault, threads: options.threads)
  }

  private struct Faulty: Executable {
    let graph: Graph
    let executable: (any Executable)?
    let fault: Fault
    let threads: Int
    var profile: ExecutionProfile? { nil }

    func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
      if fault == .acceptsAnyBuffers && graph.name == "misuse" { return }
      let before = try outputs.first?.literal()
      try executable?.execute(inputs: inputs, outputs: outputs)
      switch fault {
      case .acceptsAnyBuffers, .acceptsAnyGraph: break
      case .changesInputs: if let input = inputs.first { try scale(input, by: 0.5) }
      case .dependsOnThreads:
        if threads > 1, let output = outputs.first { try scale(output, by: 1 + 0x1p-23) }
      case .addsToOutputs:
        if let output = outputs.first, before?[0] == 1 { try scale(output, by: 1.5) }
      }
    }

    private func scale(_ buffer: any Buffer, by factor: Double) throws(DeviceError) {
      let literal = try buffer.literal()
      let bytes = Literal(literal.type, literal.elements.map { $0 * factor }).bytes
      let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
      defer { raw.deallocate() }
      raw.copyBytes(from: bytes)
      try buffer.copyIn(from: UnsafeRawBufferPointer(raw))
    }
  }
}
