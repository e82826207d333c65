package import DeviceAPI
package import GraphIR

/// What every device must do, as a list of cases with expectations from the reference evaluator.
///
/// Rules that the cases hold a device to: values are within `ErrorBounds`; every value of the
/// graph is rounded to its type, so that fused operations give the same bits as separate ones;
/// executions repeat bit for bit, with any number of threads; inputs are left as they were unless
/// donated, and whatever an output held before does not matter; misuse is an error of the right
/// kind. Tensors without elements are not tried.
package struct ConformanceSuite: Sendable {
  package var cases: [ConformanceCase]

  /// All cases: one an operation and family of element types, programs, random graphs.
  ///
  /// - Throws: `GraphError` if a case breaks a rule of the IR, which would be a bug of the suite.
  package init(randomGraphs: Int = 40, randomLoops: Int = 12) throws(GraphError) {
    cases = []
    try cases.append(contentsOf: Self.elementwiseCases())
    try cases.append(contentsOf: Self.specialValueCases())
    try cases.append(contentsOf: Self.conversionCases())
    try cases.append(contentsOf: Self.randomCases())
    try cases.append(contentsOf: Self.shapeCases())
    try cases.append(contentsOf: Self.dotCases())
    try cases.append(contentsOf: Self.convolutionCases())
    try cases.append(contentsOf: Self.int8Cases())
    try cases.append(contentsOf: Self.reductionCases())
    try cases.append(contentsOf: Self.poolingCases())
    try cases.append(contentsOf: Self.bufferCases())
    try cases.append(contentsOf: Self.modelCases())
    try cases.append(contentsOf: Self.regionCases())
    try cases.append(contentsOf: Self.indexedCases())
    for seed in 0..<randomGraphs {
      let random = try RandomGraph(seed: UInt64(seed))
      cases.append(
        ConformanceCase(name: "random graph \(seed)", graph: random.graph, inputs: random.inputs))
    }
    for seed in 0..<randomLoops {
      let random = try RandomLoop(seed: UInt64(seed))
      cases.append(
        ConformanceCase(name: "random loop \(seed)", graph: random.graph, inputs: random.inputs))
    }
  }

  /// Runs every case that the device says it supports, and the misuse checks.
  ///
  /// - Parameter contracting: the device is another's compiler, which multiplies and adds with one
  ///   rounding and divides by multiplying where it can; what it computes may differ by as much.
  package func run(on device: any Device, contracting: Bool = false) -> [ConformanceFailure] {
    let chosen = cases.filter { $0.isSupported(by: device.descriptor) }
    if chosen.isEmpty {
      return [
        ConformanceFailure(
          caseName: "suite",
          detail: "\(device.descriptor.name) supports no case; list its operations and types in "
            + "the descriptor")
      ]
    }
    return chosen.flatMap { $0.check(on: device, contracting: contracting) }
      + MisuseChecks(device: device).run()
  }

  /// Names of the cases that `run` leaves out, because the descriptor lacks an operation or type.
  package func skipped(on device: any Device) -> [String] {
    cases.filter { !$0.isSupported(by: device.descriptor) }.map(\.name)
  }
}
