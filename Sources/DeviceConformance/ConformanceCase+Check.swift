package import DeviceAPI
internal import GraphIR

extension ConformanceCase {
  /// Runs the case on a device: at most one failure a result or broken rule.
  ///
  /// - Parameter contracting: see `ConformanceSuite.run`.
  package func check(
    on device: any Device, contracting: Bool = false
  ) -> [ConformanceFailure] {
    do {
      let oracle = ErrorBounds(
        evaluator: ReferenceEvaluator(productOperandType: device.descriptor.productOperandType),
        contracts: contracting)
      let expected = try oracle.results(of: graph, inputs)
      return try check(on: device, against: expected)
    } catch let error as ConformanceFailure {
      return [error]
    } catch {
      return [failure("\(error)")]
    }
  }

  private func check(
    on device: any Device, against expected: [ErrorBounds.Bounded]
  ) throws -> [ConformanceFailure] {
    let executable = try device.compile(graph, options: CompileOptions(threads: 1))
    let first = try execute(executable, on: device, prefill: 1)
    let again = try execute(executable, on: device, prefill: 0)
    let threaded = try execute(
      device.compile(graph, options: CompileOptions(threads: 2)), on: device, prefill: 1)
    return graph.results.indices.compactMap { index in
      mismatch(index, first[index], expected[index])
        ?? difference(index, first[index], again[index], "in a second execution")
        ?? difference(index, first[index], threaded[index], "with two threads")
    }
  }

  /// - Parameter prefill: what undonated outputs hold before.
  private func execute(
    _ executable: any Executable, on device: any Device, prefill: Double
  ) throws -> [Literal] {
    let buffers = try inputs.map { try device.makeBuffer($0) }
    let outputs = try graph.results.map { result in
      if let donated = result.donatedParameter { return buffers[donated] }
      return try device.makeBuffer(Literal(graph.type(of: result.value), splat: prefill))
    }
    try executable.execute(inputs: buffers, outputs: outputs)
    let donated = Set(graph.results.compactMap(\.donatedParameter))
    for index in buffers.indices where !donated.contains(index) {
      if try buffers[index].literal() != inputs[index] {
        throw failure("parameter \(index) is not donated, but the execution changed it")
      }
    }
    return try outputs.map { try $0.literal() }
  }

  private func mismatch(
    _ index: Int, _ got: Literal, _ expected: ErrorBounds.Bounded
  ) -> ConformanceFailure? {
    if got.type != expected.type {
      return failure("result \(index) is \(got.type), expected \(expected.type)")
    }
    let wrong = (0..<got.type.elementCount).filter {
      !Self.agrees(got[$0], expected.literal[$0], expected.bounds[$0])
    }
    guard let first = wrong.first else { return nil }
    return failure(
      "result \(index) \(got.type) at \(got.type.index(at: first)) is \(got[first]), expected "
        + "\(expected.literal[first]) ± \(expected.bounds[first]); \(wrong.count) of "
        + "\(got.type.elementCount) elements are wrong")
  }

  private static func agrees(_ got: Double, _ expected: Double, _ bound: Double) -> Bool {
    if bound == .infinity || got == expected { return true }
    if expected.isNaN { return got.isNaN }
    return (got - expected).magnitude <= bound
  }

  private func difference(
    _ index: Int, _ a: Literal, _ b: Literal, _ occasion: String
  ) -> ConformanceFailure? {
    for position in 0..<a.type.elementCount
    where a[position].bitPattern != b[position].bitPattern {
      return failure(
        "result \(index) at \(a.type.index(at: position)) was \(a[position]), \(occasion) "
          + "\(b[position]); expected the same bits")
    }
    return nil
  }

  private func failure(_ detail: String) -> ConformanceFailure {
    ConformanceFailure(caseName: name, detail: detail)
  }
}
