internal import DeviceAPI
internal import GraphIR

extension ProgramRunner {
  /// Checks the buffers of a device and binds them.
  func bind(
    inputs: [any Buffer], outputs: [any Buffer], of device: String
  ) throws(DeviceError) {
    let graph = program.graph
    guard inputs.count == layout.parameterCount, outputs.count == layout.resultCount else {
      throw DeviceError(
        .invalidBuffers, device: device,
        reason: "'\(graph.name)' takes \(layout.parameterCount) inputs and "
          + "\(layout.resultCount) outputs, not \(inputs.count) and \(outputs.count)")
    }
    for index in inputs.indices {
      let buffer = try hostBuffer(inputs[index], graph.parameters[index].type, device) {
        "input '\(graph.parameters[index].name)'"
      }
      bind(parameter: index, to: buffer)
    }
    for index in outputs.indices {
      let result = graph.results[index]
      let buffer = try hostBuffer(outputs[index], graph.type(of: result.value), device) {
        "output '\(result.name)'"
      }
      bind(result: index, to: buffer)
      try requireDistinct(index, result, buffer, device)
    }
  }

  private func hostBuffer(
    _ buffer: any Buffer, _ expected: TensorType, _ device: String, _ place: () -> String
  ) throws(DeviceError) -> UnsafeMutableRawPointer {
    guard Swift.type(of: buffer) == HostBuffer.self else {
      throw DeviceError(
        .invalidBuffers, device: device,
        reason: "\(place()) of '\(program.graph.name)' is a buffer of another device; "
          + "make it with this device's makeBuffer")
    }
    let host = unsafeDowncast(buffer, to: HostBuffer.self)
    if host.type != expected || host.device != device {
      throw DeviceError(
        .invalidBuffers, device: device,
        reason: "\(place()) of '\(program.graph.name)' is \(host.type) on \(host.device), "
          + "expected \(expected) on \(device)")
    }
    return host.memory.baseAddress ?? arena
  }

  /// A donated parameter's result is in its own buffer; any other output is in none of the inputs.
  private func requireDistinct(
    _ index: Int, _ result: GraphResult, _ buffer: UnsafeMutableRawPointer, _ device: String
  ) throws(DeviceError) {
    var isSound = true
    if let donated = result.donatedParameter {
      isSound = buffer == table[layout.parameter(donated)]
    } else {
      for input in 0..<layout.parameterCount where table[layout.parameter(input)] == buffer {
        isSound = false
      }
    }
    for other in 0..<index where table[layout.result(other)] == buffer { isSound = false }
    if isSound { return }
    throw DeviceError(
      .invalidBuffers, device: device,
      reason: "output '\(result.name)' of '\(program.graph.name)' must be "
        + (result.donatedParameter.map {
          "the buffer of its donated input '\(program.graph.parameters[$0].name)'"
        } ?? "a buffer that is neither an input nor another output"))
  }
}
