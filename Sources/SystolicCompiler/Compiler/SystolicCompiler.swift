public import DeviceAPI
public import GraphIR
public import GraphPasses
public import SystolicModel
internal import Units

/// Compiles graphs for one chip.
///
/// A pure function of graph and chip: it keeps no state and may be used from several threads.
///
/// The compiler makes several plans (`PlanSearch`), times each, and takes the best in the steady state.
public struct SystolicCompiler: Sendable {
  /// The chip to compile for.
  public let chip: Chip
  /// The name in error messages.
  package let deviceName: String
  /// What runs together.
  public let fusion: FusionMode
  /// What plans are chosen by.
  package let objective: MappingObjective

  /// A compiler for a chip; plans are chosen by time unless another objective is given.
  public init(
    chip: Chip, deviceName: String = "tpu-sim", fusion: FusionMode = .on,
    objective: MappingObjective = .cycles
  ) {
    self.chip = chip
    self.deviceName = deviceName
    self.fusion = fusion
    self.objective = objective
  }

  /// The program for a graph, with its schedule and costs.
  ///
  /// - Parameter placement: parameters and results that lie in VMEM throughout.
  /// - Throws: `DeviceError`: `invalidGraph`; `unsupported` for loops and branches (`tree`), f64, products of
  ///   integers other than i8, and of i8 on a chip without an int8 rate;
  ///   `outOfMemory` if the smallest tiles do not fit on chip, or the graph's values not in DRAM.
  public func compile(
    _ graph: Graph, placement: OnChipPlacement = OnChipPlacement()
  ) throws(DeviceError) -> CompiledProgram {
    try verify(graph)
    return try compile(verified: graph, placement: placement)
  }

  /// A graph with its loops and branches; one without them is a tree of one program.
  package func tree(of graph: Graph) throws(DeviceError) -> ProgramTree {
    try verify(graph)
    return try tree(verified: graph)
  }

  /// A graph in shards, divided over cores of the chip; see `CoreAssignment`.
  ///
  /// - Throws: as `compile`; `unsupported` for loops and branches, and shards that the cores do not divide.
  package func tree(of graph: Graph, cores: Int) throws(DeviceError) -> ProgramTree {
    try verify(graph)
    try requireSupport(graph)
    var compiler = CoresCompiler(self, cores: cores)
    return try compiler.tree(of: graph)
  }

  private func verify(_ graph: Graph) throws(DeviceError) {
    do {
      try graph.verify()
    } catch {
      throw DeviceError(.invalidGraph, device: deviceName, reason: "\(error)")
    }
  }

  /// The tree of a verified graph.
  func tree(verified graph: Graph) throws(DeviceError) -> ProgramTree {
    try requireSupport(graph)
    return try TreeCompiler(compiler: self).tree(of: graph)
  }

  /// The program for a verified graph.
  func compile(
    verified graph: Graph, placement: OnChipPlacement = OnChipPlacement()
  ) throws(DeviceError) -> CompiledProgram {
    try requireSupport(graph)
    if let index = graph.instructions.firstIndex(where: \.operation.isControl) {
      throw DeviceError(
        .unsupported, device: deviceName,
        reason: "%\(index) \(graph.instructions[index].operation.name) makes the graph several "
          + "programs; compile its tree.")
    }
    let compiled = try plan(graph, placement: placement)
    try requireDRAM(compiled.program.dramBytes, graph)
    return compiled
  }

  /// - Parameters:
  ///   - launchCycles: before the first instruction; the chip's own unless given.
  ///   - reserved: bytes of VMEM that are others'.
  func plan(
    _ graph: Graph, placement: OnChipPlacement = OnChipPlacement(), launchCycles: Int? = nil,
    reserved: Int = 0
  ) throws(DeviceError) -> CompiledProgram {
    var lowering = Lowering(
      graph, vpu: chip.architecture.vpu, fusion: fusion, placement: placement)
    let lowered = lowering.run()
    var graphs = [lowered]
    if fusion == .on, graph.hasReduction(ofAtLeast: rows.leastElements) {
      var overRows = Lowering(
        graph, vpu: chip.architecture.vpu, fusion: fusion, placement: placement, rows: rows)
      if overRows.hasRows { graphs.append(overRows.run()) }
    }
    let timing = ChipTiming(chip.architecture, launchCycles: launchCycles)
    let mapper = Mapper(chip: chip, timing: timing, objective: objective)
    var search = PlanSearch(graphs, mapper: mapper, reserved: reserved)
    guard let plan = search.run() else { throw tooSmall(lowered, search.failure) }
    return CompiledProgram(
      graph: graph, lowered: plan.graph, plan: plan, chip: chip, timing)
  }

  /// Loops over rows are tried where a tensor is large, whatever the chip's VMEM, and rows so short that
  /// several of each operand fit.
  private var rows: FusionPlan.Rules.Rows {
    .init(
      leastElements: 1 << 18, mostRowElements: chip.architecture.vmem.capacityBytes / (4 * 16))
  }

  private func tooSmall(
    _ lowered: LoweredGraph, _ failure: ProgramPlanner.Failure?
  ) -> DeviceError {
    let group = failure.map { lowered.groups[$0.group] }
    let name = group.map { "'\($0.name)' (\($0.kind))" } ?? "the program"
    let (wanted, capacity) = (failure?.wantedBytes ?? 0, chip.architecture.vmem.capacityBytes)
    let need =
      "\(name) wants at least \(wanted) bytes of VMEM with the smallest tiles that it can be divided "
      + "into"
    return DeviceError(
      .outOfMemory, device: deviceName,
      reason: need
        + (wanted > capacity
          ? "; a core has \(capacity)."
          : ", and no plan leaves room for them beside what else is in a core's \(capacity).")
        + " Raise vmem.capacityMebibytes or use smaller tensors.")
  }

  private func requireSupport(_ graph: Graph) throws(DeviceError) {
    for (index, instruction) in graph.instructions.enumerated() {
      if instruction.type.dtype == .f64 {
        throw DeviceError(
          .unsupported, device: deviceName,
          reason:
            "%\(index) \(instruction.operation.name) is \(instruction.type); the chip computes "
            + "in f32 and narrower. Convert to f32, or compute it on the device 'cpu'")
      }
      for (role, region) in instruction.operation.descriptor.regions {
        try requireSupport(region)
        guard !instruction.operation.isControl,
          let inner = region.instructions.first(where: { $0.operation.kind == .regions })
        else { continue }
        throw DeviceError(
          .unsupported, device: deviceName,
          reason: "%\(index) \(instruction.operation.name) has a \(inner.operation.name) in its "
            + "\(role); the vector unit computes such regions element by element. Compute it on the "
            + "device 'cpu'")
      }
      guard graph.productShape(of: ValueID(index)) != nil,
        let operand = instruction.operands.first, !graph.type(of: operand).dtype.isFloatingPoint
      else { continue }
      let dtype = graph.type(of: operand).dtype
      if dtype == .i8, chip.architecture.mxu.relativeRates.int8 != nil { continue }
      throw DeviceError(
        .unsupported, device: deviceName,
        reason: "%\(index) \(instruction.operation.name) multiplies \(dtype); "
          + (dtype == .i8 ? noInt8 : Self.noIntegers)
          + (dtype == .i8 ? "" : " Convert the operands to a float type first."))
    }
  }

  private static var noIntegers: String {
    "the array multiplies bf16, f16 and i8 values; f32 operands are rounded to bf16."
  }

  private var noInt8: String {
    "the arrays of \(chip.architecture.name) do not multiply int8. Use a chip that does, or give it "
      + "a rate at mxu.relativeRates.int8."
  }

  /// - Parameter bytes: what the graph takes on so many cores.
  func requireDRAM(_ bytes: Int, _ graph: Graph, cores: Int = 1) throws(DeviceError) {
    let capacity = cores * chip.architecture.dramBytesPerCore
    guard bytes > capacity else { return }
    throw DeviceError(
      .outOfMemory, device: deviceName,
      reason: "'\(graph.name)' wants \(bytes) bytes of DRAM for its parameters, "
        + "results and spilled values; \(cores == 1 ? "a core has" : "\(cores) cores have") \(capacity). Use a smaller batch or model, or "
        + "raise dram.capacityGibibytes.")
  }
}

extension Graph {
  /// Whether a tensor of so many elements is reduced, without which no loop runs over rows.
  fileprivate func hasReduction(ofAtLeast elements: Int) -> Bool {
    instructions.contains {
      $0.operation.isReduction && type(of: $0.operands[0]).elementCount >= elements
    }
  }
}
