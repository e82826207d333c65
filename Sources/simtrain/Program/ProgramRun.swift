internal import Datasets
internal import DeviceAPI
internal import Foundation
internal import GraphIR

/// One run of a program, from its request to its report.
struct ProgramRun {
  let request: ProgramRequest
  let program: ProgramFile
  let runDevice: RunDevice
  private let inputs: [Literal]
  private let expected: [Literal?]

  /// Reads what is needed.
  ///
  /// - Throws: what is wrong with the program, its inputs, the expected results or the architecture.
  init(_ request: ProgramRequest) throws {
    self.request = request
    program = try ProgramFile(path: request.program)
    try program.requireMemory()
    inputs = try Self.inputs(of: program, request.inputs)
    expected = try Self.expected(of: program, request.check)
    if let outputs = request.outputs, !request.replaces,
      FileManager.default.fileExists(atPath: outputs)
    {
      throw CommandFailure.usage(
        "--outputs \(outputs): there is such a file. Give another name, or replace it with --force."
      )
    }
    runDevice = try RunDevice(request.device)
  }

  private static func inputs(of program: ProgramFile, _ path: String?) throws -> [Literal] {
    let parameters = program.graph.parameters
    if parameters.isEmpty { return [] }
    guard let path else {
      throw CommandFailure.usage(
        "\(program.path): @main takes \(parameters.count) argument\(parameters.count == 1 ? "" : "s"). Give \(Self.range(parameters.count)) of a file (.npz, .h5) with --inputs."
      )
    }
    return try ProgramArrays.values(of: parameters, in: path)
  }

  private static func range(_ count: Int) -> String {
    count == 1 ? "it as the array in0" : "them as the arrays in0 to in\(count - 1)"
  }

  private static func expected(of program: ProgramFile, _ path: String?) throws -> [Literal?] {
    let results = program.graph.results
    guard let path else { return results.map { _ in nil } }
    let wanted = Set(results.map(\.name))
    let archive = try ProgramArrays.file(path, reading: wanted)
    return try results.map { result in
      let type = program.graph.type(of: result.value)
      guard let entry = archive.entries[result.name] else {
        throw CommandFailure.usage(ProgramArrays.missing(result.name, type, archive, path))
      }
      // Compared as wide numbers: the file may hold more digits than the type.
      let wide = type.dtype == .bf16 ? type.with(dtype: .f32) : type
      return try ProgramArrays.literal(entry, as: wide, "\(path): '\(result.name)'")
    }
  }

  /// Compiles, executes, compares, writes the results.
  func report() throws -> ProgramReport {
    let device = runDevice.device
    let graph = try program.graph.computingProducts(request.precision, on: device)
    let clock = Surroundings.monotonicSeconds
    let begin = clock()
    let executable = try device.compile(
      graph, options: CompileOptions(threads: request.threads))
    let compileSeconds = clock() - begin
    let arguments = try inputs.map { try device.makeBuffer($0) }
    let results = try graph.results.map { result in
      try result.donatedParameter.map { arguments[$0] }
        ?? device.makeBuffer(graph.type(of: result.value))
    }
    var seconds = 0.0
    var literals: [Literal] = []
    var comparisons: [ProgramReport.Comparison] = []
    for number in 0..<request.repeats {
      let start = clock()
      try executable.execute(inputs: arguments, outputs: results)
      seconds += clock() - start
      guard number == 0 || number == request.repeats - 1 else { continue }
      literals = try results.map { try $0.literal() }
      if number > 0 { continue }
      comparisons = zip(graph.results, zip(literals, expected)).map { result, values in
        ProgramReport.Comparison(name: result.name, found: values.0, expected: values.1)
      }
    }
    if let path = request.outputs {
      try write(zip(graph.results, literals).map { ($0.name, ProgramArrays.entry($1)) }, to: path)
    }
    return ProgramReport(
      program: program.path, operations: program.graph.instructions.count, device: runDevice.name,
      config: runDevice.configName, executions: request.repeats, threads: request.threads,
      tolerance: request.check == nil ? nil : request.tolerance, comparisons: comparisons,
      profile: executable.profile, compileSeconds: compileSeconds, executionSeconds: seconds,
      precision: request.precision, deviation: try deviation())
  }

  private func deviation() throws -> ProgramDeviation? {
    guard let choice = request.reference else { return nil }
    let reference = try RunDevice(choice)
    return try ProgramDeviation(
      program, inputs,
      device: .init(device: runDevice.device, precision: request.precision),
      reference: .init(device: reference.device, precision: nil),
      options: CompileOptions(threads: request.threads), tolerance: request.tolerance)
  }

  private func write(_ arrays: [(String, NumberArray)], to path: String) throws {
    let data = Data(ArrayArchive.bytes(of: arrays.map { (name: $0.0, array: $0.1) }))
    do { try data.write(to: URL(filePath: path), options: .atomic) } catch {
      throw CommandFailure.runtime(
        "\(path): the results cannot be written: \(error.localizedDescription).")
    }
  }
}
