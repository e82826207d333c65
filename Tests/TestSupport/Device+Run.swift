package import DeviceAPI
package import GraphIR

extension Device {
  /// Compiles and runs a graph once on literals.
  package func run(
    _ graph: Graph, _ inputs: [Literal], options: CompileOptions = CompileOptions()
  ) throws(DeviceError) -> [Literal] {
    let executable = try compile(graph, options: options)
    if inputs.count != graph.parameters.count {
      throw DeviceError(
        .invalidBuffers, device: descriptor.name,
        reason: "\(graph.name) has \(graph.parameters.count) parameters, was given "
          + "\(inputs.count) inputs")
    }
    var buffers: [any Buffer] = []
    for input in inputs { buffers.append(try makeBuffer(input)) }
    var outputs: [any Buffer] = []
    for result in graph.results {
      if let donated = result.donatedParameter {
        outputs.append(buffers[donated])
      } else {
        outputs.append(try makeBuffer(graph.type(of: result.value)))
      }
    }
    try executable.execute(inputs: buffers, outputs: outputs)
    var literals: [Literal] = []
    for output in outputs { literals.append(try output.literal()) }
    return literals
  }
}
