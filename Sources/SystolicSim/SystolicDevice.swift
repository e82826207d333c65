public import DeviceAPI
public import GraphIR
package import GraphPasses
internal import HostRuntime
internal import SystolicCompiler
public import SystolicModel
internal import Units

/// The simulated TPU: values as its array computes them, costs as its schedule says.
public struct SystolicDevice: Device {
  /// The name by which it is asked for.
  public static let name = "tpu-sim"

  /// The chip that is simulated.
  public let chip: Chip

  /// How many of its cores work. What is not in shards runs on the first, while the others wait.
  public let cores: Int

  /// A device that simulates one core of the chip.
  public init(chip: Chip) { (self.chip, cores) = (chip, 1) }

  /// A device that simulates several cores of the chip.
  ///
  /// - Throws: `DeviceError.Kind.unsupported` if the chip has fewer.
  public init(chip: Chip, cores: Int) throws(DeviceError) {
    let available = chip.architecture.cores
    guard (1...available).contains(cores) else {
      throw DeviceError(
        .unsupported, device: Self.name,
        reason: "\(chip.architecture.name) has "
          + (available == 1 ? "one core. Use 1." : "\(available) cores. Use 1 to \(available)."))
    }
    (self.chip, self.cores) = (chip, cores)
  }

  /// The cores that work, with their share of the DRAM.
  public var descriptor: DeviceDescriptor {
    let architecture = chip.architecture
    let share = Double(cores) / Double(architecture.cores)
    let gigahertz = architecture.clockMegahertz / 1e3
    let peak = Double(cores) * architecture.peakFlopsPerSecondPerCore / 1e9
    let int8Rate = architecture.mxu.relativeRates.int8
    return DeviceDescriptor(
      name: Self.name,
      summary: (architecture.cores == cores
        ? "" : "\(cores == 1 ? "one" : "\(cores)") of \(architecture.cores) cores of ")
        + "\(architecture.name): \(architecture.description)",
      isSimulated: true, productOperandType: .bf16,
      memorySpaces: [
        .init(
          name: architecture.dram.kind, capacity: Bytes(cores * architecture.dramBytesPerCore),
          bandwidthGigabytesPerSecond: architecture.dram.bandwidthGigabytesPerSecond * share),
        .init(
          name: "VMEM", capacity: Bytes(cores * architecture.vmem.capacityBytes),
          bandwidthGigabytesPerSecond: Double(cores * architecture.vmem.readBytesPerCycle)
            * gigahertz),
      ],
      peakRates: [.init(dtype: .bf16, gigaflopsPerSecond: peak)]
        + (int8Rate.map { [.init(dtype: .i8, gigaflopsPerSecond: peak * $0)] } ?? []),
      supportedOperations: Set(Operation.allNames),
      supportedTypes: Set(DType.allCases).subtracting([.f64]),
      supportedProductTypes: int8Rate == nil ? [.bf16, .f16, .f32] : [.bf16, .f16, .f32, .i8])
  }

  /// A buffer in the process's memory, where values are computed.
  public func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    HostBuffer(type, device: Self.name)
  }

  /// Compiles twice over: to the chip's program, which gives schedule and costs, and to host
  /// kernels that compute what the program would.
  public func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    let modelled = try modelled(graph, fusion: options.fusion)
    let engine = SystolicProductEngine(
      graph: graph, mxu: chip.architecture.mxu, threads: options.threads)
    return HostExecutable(
      graph, device: Self.name, engine: engine, options: options, modelled: modelled)
  }

  /// What executions of a graph cost, and nothing to compute its values with, which would take memory
  /// for each of them. Where it depends on data, the cost says what is assumed.
  ///
  /// - Throws: as `compile`.
  package func cost(
    of graph: Graph, fusion: FusionMode = .on
  ) throws(DeviceError) -> SimulatedCost {
    try modelled(graph, fusion: fusion)(nil)
  }

  /// The cost of an execution in which loops and branches ran so often.
  private func modelled(
    _ graph: Graph, fusion: FusionMode
  ) throws(DeviceError) -> @Sendable (RegionRuns?) -> SimulatedCost {
    let compiler = SystolicCompiler(chip: chip, deviceName: Self.name, fusion: fusion)
    if cores > 1, graph.isInShards {
      let cost = try compiler.tree(of: graph, cores: cores).cost()
      try requireBalance(cost, graph)
      return { _ in cost }
    }
    let (cores, chip) = (cores, chip)
    guard graph.instructions.contains(where: \.operation.isControl) else {
      let cost = try compiler.compile(graph).cost.besideIdleCores(cores, of: chip)
      try requireBalance(cost, graph)
      return { _ in cost }
    }
    let tree = try compiler.tree(of: graph)
    let assumed = tree.cost()
    try requireBalance(assumed, graph)
    return { runs in
      let cost = runs.map { runs in tree.cost { runs[$0] } } ?? assumed
      return cost.besideIdleCores(cores, of: chip)
    }
  }

  /// - Throws: `executionFailed` if what a graph costs does not add up, which is a fault of the model.
  private func requireBalance(_ cost: SimulatedCost, _ graph: Graph) throws(DeviceError) {
    guard let imbalance = cost.imbalance else { return }
    throw DeviceError(
      .executionFailed, device: Self.name,
      reason: "the accounts of '\(graph.name)' do not balance: \(imbalance). This is a fault of "
        + "simtrain; please report it with the program and the chip's file")
  }
}
