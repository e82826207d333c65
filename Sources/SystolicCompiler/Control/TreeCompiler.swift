internal import DeviceAPI
internal import GraphIR
internal import GraphPasses
internal import Units

/// Compiles a graph with loops and branches part by part.
struct TreeCompiler {
  let compiler: SystolicCompiler
  /// So that every count fits in 64 bits: of operations and bytes there are at most so many a cycle.
  private var mostCycles: Double {
    let perCycle = max(1 << 14, 8 * compiler.chip.architecture.mxu.macsPerCycle)
    return min(0x1p50, 0x1p62 / Double(perCycle))
  }

  /// - Throws: `DeviceError` if a part does not fit on chip, or all of it not in DRAM.
  func tree(of graph: Graph) throws(DeviceError) -> ProgramTree {
    do {
      return try tree(of: graph, room: compiler.chip.architecture.vmem.capacityBytes / 8)
    } catch  where error.kind == .outOfMemory {
      // Where VMEM is that small, nothing stays in it between parts.
      return try tree(of: graph, room: 0)
    }
  }

  private func tree(of graph: Graph, room: Int) throws(DeviceError) -> ProgramTree {
    let parts = GraphParts(graph, KnownValues(graph))
    var deepest = 0
    let residence = Residence(of: parts, within: Residence(room: room))
    let nodes = try nodes(of: parts, residence, [], "", &deepest)
    let (infeeds, outfeeds, own) = graph.hostCopies(
      firstReader: parts.firstReader, producer: parts.part)
    let bytes = own + parts.storedBytes + deepest
    try compiler.requireDRAM(bytes, graph)
    let cycles = nodes.reduce(0) { $0 + $1.leastCycles }
    if cycles > mostCycles {
      throw DeviceError(
        .unsupported, device: compiler.deviceName,
        reason:
          "the loops of '\(graph.name)' take more than \(Int(mostCycles)) cycles together, which is "
          + "hours of the chip's time. Use fewer turns.")
    }
    return ProgramTree(
      graph: graph, nodes: nodes, infeeds: infeeds, outfeeds: outfeeds, chip: compiler.chip,
      dramBytes: bytes)
  }

  /// - Parameter deepest: becomes the bytes of DRAM that the one part takes that takes most, beside
  ///   what all parts have in common.
  func nodes(
    of parts: GraphParts, _ residence: Residence, _ place: [Int], _ prefix: String,
    _ deepest: inout Int
  ) throws(DeviceError) -> [ProgramTree.Node] {
    var nodes: [ProgramTree.Node] = []
    for part in parts.parts {
      switch part {
      case .straight(let part):
        let program = try program(part, residence)
        deepest = max(deepest, program.ownDRAMBytes)
        nodes.append(.straight(program))
      case .control(let value):
        let scope = parts.graph[value].scope
        let name = prefix + (scope.isEmpty ? "" : scope + "/")
        if case .whileLoop = parts.graph[value].operation {
          nodes.append(
            .loop(
              try LoopCompiler(
                self, parts, residence, value, place + [value.index], name + "while"
              )
              .loop(&deepest)))
        } else {
          nodes.append(
            .branch(
              try branch(value, of: parts, residence, place, name + "case", &deepest)))
        }
      }
    }
    return nodes
  }

  /// A part with its held values in VMEM.
  func program(
    _ part: GraphParts.Straight, _ residence: Residence
  ) throws(DeviceError) -> CompiledProgram {
    let (placement, reserved) = residence.placement(of: part)
    return try compiler.plan(
      part.graph, placement: placement, launchCycles: 0, reserved: reserved)
  }

  private func branch(
    _ value: ValueID, of parts: GraphParts, _ residence: Residence, _ place: [Int], _ name: String,
    _ deepest: inout Int
  ) throws(DeviceError) -> ProgramTree.Branch {
    let graph = parts.graph
    var branch = ProgramTree.Branch(
      place: place + [value.index], name: name, index: nil, branches: [], chosen: nil)
    guard case .branch(let regions) = graph[value].operation else { return branch }
    let index = graph[value].operands[0]
    if let known = parts.known.splat(index)?.splat.map({ Int($0) }) {
      branch.chosen = regions.indices.contains(known) ? known : regions.count - 1
    } else if !residence.held.contains(graph.viewBase(of: index)) {
      branch.index = try onChip(index, of: parts, residence)
    }
    let operands = graph[value].operands.dropFirst().enumerated()
    let held = operands.filter { residence.held.contains(graph.viewBase(of: $1)) }.map(\.offset)
    for (number, region) in regions.enumerated() {
      if let chosen = branch.chosen, chosen != number {
        branch.branches.append([])
        continue
      }
      let region = region.copyingParameters()
      let inner = GraphParts(
        region, KnownValues(region, parameters: parts.known.operands(of: value)))
      let own = Residence(of: inner, within: residence, parameters: Set(held)) {
        residence.held.contains(ValueID(value.index + $0))
      }
      var bytes = 0
      branch.branches.append(
        try nodes(
          of: inner, own, place + [value.index, number], "\(name).branch\(number)/", &bytes))
      deepest = max(deepest, bytes + inner.storedBytes)
    }
    branch.findDearest()
    return branch
  }

  /// A program that leaves a value of a few bytes in VMEM, where the core that starts programs reads it.
  private func onChip(
    _ value: ValueID, of parts: GraphParts, _ residence: Residence
  ) throws(DeviceError) -> CompiledProgram {
    var builder = PartBuilder("index", parts.graph, parts.known)
    let copy = builder.copy(value)
    builder.deliver(copy, as: value)
    return try compiler.plan(
      builder.part.graph, placement: OnChipPlacement(results: [0]), launchCycles: 0,
      reserved: residence.bytes)
  }
}

extension GraphParts {
  /// The first part that reads a parameter, through views too.
  fileprivate func firstReader(of index: Int) -> Int? {
    parts.firstIndex { part in
      switch part {
      case .straight(let part):
        part.sources.contains {
          $0.map { graph[$0].operation == .parameter(index: index) } ?? false
        }
      case .control(let value):
        graph[value].operands.contains {
          graph[graph.viewBase(of: $0)].operation == .parameter(index: index)
        }
      }
    }
  }
}

extension CompiledProgram {
  /// DRAM for constants and spilled values: what is neither parameter nor result.
  var ownDRAMBytes: Int {
    program.values.reduce(0) { sum, value in
      if case .parameter = graph[value.id].operation { return sum }
      return value.results.isEmpty ? sum + value.bytes : sum
    }
  }
}
