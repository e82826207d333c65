public import DeviceAPI
public import GraphIR
internal import StableHLO
internal import Units

/// Hardware behind a PJRT plugin: a GPU, a TPU, a processor. Graphs go to it as StableHLO text.
public struct PJRTDevice: Device {
  package let client: PluginClient
  /// The name by which it was asked for: `pjrt:cuda`.
  private let name: String

  /// Starts a plugin, or takes one that was started with the same options.
  ///
  /// - Parameters:
  ///   - name: by which it was asked for.
  ///   - path: of the plugin's library.
  ///   - options: what it is told when it starts; see `PluginOption`.
  /// - Throws: `unsupported` for a file that is no plugin, `executionFailed` for a plugin that refuses.
  public init(
    name: String, path: String, options: [String: String] = [:]
  ) throws(DeviceError) {
    client = try PluginClient.start(path: path, options: options, name: name)
    self.name = name
  }

  /// What the plugin says of itself; programs decide what it supports when they are compiled.
  public var descriptor: DeviceDescriptor {
    let kind = client.deviceKinds.first ?? ""
    return DeviceDescriptor(
      name: name, summary: "\(client.platform) (\(kind)) by the plugin \(client.plugin.path)",
      isSimulated: false, productOperandType: nil,
      memorySpaces: [
        .init(
          name: client.platform == "cpu" ? "host" : "HBM",
          capacity: client.memoryLimit.map { Bytes($0) }, bandwidthGigabytesPerSecond: nil)
      ],
      peakRates: [], supportedOperations: Set(Operation.allNames),
      supportedTypes: Set(DType.allCases), supportedProductTypes: Set(DType.allCases),
      productKernels: "\(client.platform) \(client.platformVersion)")
  }

  /// A buffer in the device's memory.
  public func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    PJRTBuffer(type, on: client, device: name)
  }

  /// Compiles what `TextPrinter` writes. Products of f32 are asked to be computed as such.
  ///
  /// Threads and fusion are the plugin's own business.
  public func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    let text: String
    do throws(GraphError) {
      text = try TextPrinter.text(of: graph, precision: .highest)
    } catch {
      throw DeviceError(.invalidGraph, device: name, reason: error.description)
    }
    return try PJRTExecutable(graph, program: text, on: client, device: name)
  }
}
