internal import DeviceAPI
internal import GraphIR

/// Wrong calls, each of which must be answered with an error of the right kind.
struct MisuseChecks {
  let device: any Device

  func run() -> [ConformanceFailure] {
    let dtype = DType.allCases.reversed().first { device.descriptor.supportedTypes.contains($0) }
    guard let dtype, device.descriptor.supportedOperations.contains("add") else { return [] }
    var failures = graphFailures(dtype)
    do {
      failures += try bufferFailures(TensorType([3], dtype))
    } catch {
      failures.append(ConformanceFailure(caseName: "misuse", detail: "\(error)"))
    }
    return failures
  }

  /// `r0 = p0 + p1`, donating `p0` or not.
  private static func sum(_ type: TensorType, donates: Bool) -> Graph {
    Graph(
      name: "misuse",
      parameters: ["p0", "p1"].map { Parameter(name: $0, type: type, role: .resident) },
      instructions: [
        Instruction(operation: .parameter(index: 0), operands: [], type: type, scope: ""),
        Instruction(operation: .parameter(index: 1), operands: [], type: type, scope: ""),
        Instruction(
          operation: .binary(.add), operands: [ValueID(0), ValueID(1)], type: type, scope: ""),
      ],
      results: [
        GraphResult(name: "r0", value: ValueID(2), donatedParameter: donates ? 0 : nil)
      ])
  }

  private func graphFailures(_ dtype: DType) -> [ConformanceFailure] {
    var graph = Self.sum(TensorType([3], dtype), donates: false)
    graph.instructions[2].type.shape = [4]
    var failures = expect(.invalidGraph, "compiling a graph with a wrong result type") {
      _ = try device.compile(graph, options: CompileOptions())
    }
    let missing = DType.allCases.first { !device.descriptor.supportedTypes.contains($0) }
    if let missing {
      failures += expect(.unsupported, "compiling a graph of \(missing)") {
        _ = try device.compile(
          Self.sum(TensorType([3], missing), donates: false), options: CompileOptions())
      }
    }
    return failures
  }

  private func bufferFailures(_ type: TensorType) throws -> [ConformanceFailure] {
    let plain = try device.compile(Self.sum(type, donates: false), options: CompileOptions())
    let donating = try device.compile(Self.sum(type, donates: true), options: CompileOptions())
    let buffers = try (0..<3).map { _ in try device.makeBuffer(type) }
    let (a, b, c) = (buffers[0], buffers[1], buffers[2])
    let longer = try device.makeBuffer(TensorType([4], type.dtype))
    let reshaped = try device.makeBuffer(TensorType([1, 3], type.dtype))
    let calls: [(String, any Executable, [any Buffer], [any Buffer])] = [
      ("too few inputs", plain, [a], [c]),
      ("too many inputs", plain, [a, b, c], [c]),
      ("too few outputs", plain, [a, b], []),
      ("too many outputs", plain, [a, b], [c, c]),
      ("an input that is too long", plain, [a, longer], [c]),
      ("an input of another shape", plain, [reshaped, b], [c]),
      ("an output that is too long", plain, [a, b], [longer]),
      ("an input of another device", plain, [ForeignBuffer(type: type), b], [c]),
      ("an output of another device", plain, [a, b], [ForeignBuffer(type: type)]),
      ("a donated result in another buffer", donating, [a, b], [c]),
    ]
    var failures = calls.flatMap { what, executable, inputs, outputs in
      expect(.invalidBuffers, "executing with \(what)") {
        try executable.execute(inputs: inputs, outputs: outputs)
      }
    }
    try failures += typeFailures(type, plain)
    failures += copyFailures(a)
    return failures
  }

  private func typeFailures(
    _ type: TensorType, _ plain: any Executable
  ) throws -> [ConformanceFailure] {
    let other = DType.allCases.first {
      $0 != type.dtype && device.descriptor.supportedTypes.contains($0)
    }
    guard let other else { return [] }
    let inputs = [
      try device.makeBuffer(type.with(dtype: other)), try device.makeBuffer(type),
    ]
    let output = try device.makeBuffer(type)
    return expect(.invalidBuffers, "executing with an input of \(other)") {
      try plain.execute(inputs: inputs, outputs: [output])
    }
  }

  private func copyFailures(_ buffer: any Buffer) -> [ConformanceFailure] {
    let count = buffer.type.byteCount + 1
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    return expect(.invalidBuffers, "copying in a byte too many") {
      try buffer.copyIn(from: UnsafeRawBufferPointer(bytes))
    }
      + expect(.invalidBuffers, "copying out a byte too many") {
        try buffer.copyOut(into: bytes)
      }
  }

  private func expect(
    _ kind: DeviceError.Kind, _ action: String, _ body: () throws -> Void
  ) -> [ConformanceFailure] {
    let detail: String
    do {
      try body()
      detail = "\(action) is accepted, expected the error \(kind)"
    } catch let error as DeviceError {
      if error.kind == kind { return [] }
      detail = "\(action) gives the error \(error.kind) (\(error)), expected \(kind)"
    } catch {
      detail = "\(action) gives \(error), expected the error \(kind)"
    }
    return [ConformanceFailure(caseName: "misuse", detail: detail)]
  }
}

/// A buffer that no device made.
private final class ForeignBuffer: Buffer {
  let type: TensorType

  init(type: TensorType) { self.type = type }

  func copyIn(from bytes: UnsafeRawBufferPointer) throws(DeviceError) {}

  func copyOut(into bytes: UnsafeMutableRawBufferPointer) throws(DeviceError) {}
}
