internal import CPJRT
internal import DeviceAPI
internal import GraphIR

/// A program that a plugin compiled.
final class PJRTExecutable: Executable {
  let graph: Graph
  private let client: PluginClient
  private let device: String
  private nonisolated(unsafe) let executable: OpaquePointer
  private let clock = ExecutionClock()

  init(
    _ graph: Graph, program: String, on client: PluginClient, device: String
  ) throws(DeviceError) {
    self.graph = graph
    self.client = client
    self.device = device
    executable = try Self.compiled(program, client)
    let count = try Self.resultCount(of: executable, client)
    if count != graph.results.count {
      throw DeviceError(
        .executionFailed, device: device,
        reason: "the plugin made \(count) results of \(graph.results.count)")
    }
  }

  deinit {
    var arguments = pj_loaded_executable_destroy_args_make()
    arguments.executable = executable
    try? client.calls(PJ_LOADED_EXECUTABLE_DESTROY, &arguments)
  }

  /// Time on the device so far, of the executions that are over.
  var profile: ExecutionProfile? {
    ExecutionProfile(name: graph.name, measured: clock.measured)
  }

  private static func compiled(
    _ text: String, _ client: PluginClient
  ) throws(DeviceError) -> OpaquePointer {
    do {
      return try compiled(text, client, CompileRequest.strict)
    } catch  where error.reason.contains("compile option") {
      // A plugin that is not of XLA, or of another time.
      return try compiled(text, client, CompileRequest.plain)
    }
  }

  private static func compiled(
    _ text: String, _ client: PluginClient, _ options: [UInt8]
  ) throws(DeviceError) -> OpaquePointer {
    var text = Array(text.utf8)
    let format = Array("mlir".utf8)
    var arguments = pj_client_compile_args_make()
    arguments.client = client.client
    let done: Result<Void, DeviceError> = text.withUnsafeMutableBytes { text in
      format.withUnsafeBytes { format in
        options.withUnsafeBytes { options in
          var program = pj_program_make()
          program.code = text.assumingMemoryBound(to: CChar.self).baseAddress
          program.code_size = text.count
          program.format = format.assumingMemoryBound(to: CChar.self).baseAddress
          program.format_size = format.count
          arguments.options = options.assumingMemoryBound(to: CChar.self).baseAddress
          arguments.options_size = options.count
          return withUnsafePointer(to: &program) { program in
            arguments.program = program
            return Result { () throws(DeviceError) in
              try client.calls(PJ_CLIENT_COMPILE, &arguments, kind: .unsupported)
            }
          }
        }
      }
    }
    try done.get()
    guard let executable = arguments.executable else {
      throw DeviceError(
        .executionFailed, device: client.calls.name, reason: "the plugin gave no program")
    }
    return executable
  }

  private static func resultCount(
    of loaded: OpaquePointer, _ client: PluginClient
  ) throws(DeviceError) -> Int {
    var arguments = pj_loaded_executable_get_executable_args_make()
    arguments.loaded = loaded
    try client.calls(PJ_LOADED_EXECUTABLE_GET_EXECUTABLE, &arguments)
    defer {
      var destroy = pj_executable_destroy_args_make()
      destroy.executable = arguments.executable
      try? client.calls(PJ_EXECUTABLE_DESTROY, &destroy)
    }
    var count = pj_executable_num_outputs_args_make()
    count.executable = arguments.executable
    try client.calls(PJ_EXECUTABLE_NUM_OUTPUTS, &count)
    return count.output_count
  }

  // MARK: Execution

  /// Gives the device the program to do, and returns: who copies a result out waits for it.
  ///
  /// The plugin makes a new buffer for each result. Those of donated inputs are gone afterwards, and
  /// the results take their places.
  func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
    let (arguments, results) = try bound(inputs, outputs)
    var handles: [OpaquePointer?] = []
    handles.reserveCapacity(arguments.count)
    for argument in arguments { handles.append(try argument.lent()) }
    var made = [OpaquePointer?](repeating: nil, count: results.count)
    let start = clock.now
    let done = try call(&handles, &made)
    for (result, handle) in zip(results, made) {
      guard let handle else {
        throw DeviceError(
          .executionFailed, device: device,
          reason: "the plugin left out a result of '\(graph.name)'")
      }
      result.take(handle)
    }
    clock.measure(done, from: start, client.calls)
  }

  /// - Returns: the event of the execution's end.
  private func call(
    _ handles: inout [OpaquePointer?], _ made: inout [OpaquePointer?]
  ) throws(DeviceError) -> OpaquePointer? {
    var options = pj_execute_options_make()
    var done: OpaquePointer?
    var arguments = pj_loaded_executable_execute_args_make()
    arguments.executable = executable
    arguments.device_count = 1
    arguments.argument_count = handles.count
    let outcome: Result<Void, DeviceError> = handles.withUnsafeMutableBufferPointer { handles in
      made.withUnsafeMutableBufferPointer { made in
        // By device; something to point to also where there are none.
        var nothing: OpaquePointer?
        return withUnsafeMutablePointer(to: &nothing) { nothing in
          var argumentList: UnsafePointer<OpaquePointer?>? = UnsafePointer(
            handles.baseAddress ?? nothing)
          var resultList: UnsafeMutablePointer<OpaquePointer?>? = made.baseAddress ?? nothing
          return withUnsafeMutablePointer(to: &options) { options in
            withUnsafePointer(to: &argumentList) { argumentList in
              withUnsafePointer(to: &resultList) { resultList in
                withUnsafeMutablePointer(to: &done) { done in
                  arguments.options = options
                  arguments.arguments = argumentList
                  arguments.results = resultList
                  arguments.done = done
                  return Result { () throws(DeviceError) in
                    try client.calls(PJ_LOADED_EXECUTABLE_EXECUTE, &arguments)
                  }
                }
              }
            }
          }
        }
      }
    }
    try outcome.get()
    return done
  }

  // MARK: Buffers

  private func bound(
    _ inputs: [any Buffer], _ outputs: [any Buffer]
  ) throws(DeviceError) -> ([PJRTBuffer], [PJRTBuffer]) {
    guard inputs.count == graph.parameters.count, outputs.count == graph.results.count else {
      throw failure(
        "takes \(graph.parameters.count) inputs and \(graph.results.count) outputs, not "
          + "\(inputs.count) and \(outputs.count)")
    }
    var arguments: [PJRTBuffer] = []
    arguments.reserveCapacity(inputs.count)
    for (input, parameter) in zip(inputs, graph.parameters) {
      arguments.append(try own(input, parameter.type) { "input '\(parameter.name)'" })
    }
    var results: [PJRTBuffer] = []
    results.reserveCapacity(outputs.count)
    for (output, result) in zip(outputs, graph.results) {
      let buffer = try own(output, graph.type(of: result.value)) { "output '\(result.name)'" }
      let isSound =
        result.donatedParameter.map { buffer === arguments[$0] }
        ?? !arguments.contains { $0 === buffer }
      if !isSound || results.contains(where: { $0 === buffer }) {
        throw failure(
          "needs for output '\(result.name)' "
            + (result.donatedParameter.map {
              "the buffer of its donated input '\(graph.parameters[$0].name)'"
            } ?? "a buffer that is neither an input nor another output"))
      }
      results.append(buffer)
    }
    return (arguments, results)
  }

  private func own(
    _ buffer: any Buffer, _ expected: TensorType, _ place: () -> String
  ) throws(DeviceError) -> PJRTBuffer {
    guard let buffer = buffer as? PJRTBuffer, buffer.client === client else {
      throw failure(
        "has as \(place()) a buffer of another device; make it with this device's makeBuffer")
    }
    if buffer.type != expected {
      throw failure("has as \(place()) a buffer of \(buffer.type), expected \(expected)")
    }
    return buffer
  }

  private func failure(_ reason: String) -> DeviceError {
    DeviceError(.invalidBuffers, device: device, reason: "'\(graph.name)' \(reason)")
  }
}
