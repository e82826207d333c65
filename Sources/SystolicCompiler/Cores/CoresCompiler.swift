internal import DeviceAPI
internal import GraphIR
internal import SystolicModel

/// Compiles a graph in shards for several cores of a chip.
struct CoresCompiler {
  let compiler: SystolicCompiler
  let cores: Int
  /// Programs by what they compute, whatever they are called; several cores may do the same.
  private var compiled: [Graph: CompiledProgram] = [:]

  init(_ compiler: SystolicCompiler, cores: Int) {
    self.compiler = compiler
    self.cores = cores
  }

  /// - Throws: `DeviceError` if a part does not fit on chip, all of it not in DRAM, or the shards cannot be
  ///   divided evenly.
  mutating func tree(of graph: Graph) throws(DeviceError) -> ProgramTree {
    let assignment = CoreAssignment(graph)
    try check(assignment)
    let parts = CoreParts(assignment, cores: cores)
    var nodes: [ProgramTree.Node] = []
    var deepest = 0
    for (index, part) in parts.phases.enumerated() {
      var phase = ProgramTree.Phase(
        programs: [],
        barrierCycles: index < parts.phases.count - 1 ? barrierCycles : 0)
      for (core, part) in part.enumerated() {
        guard let part else {
          phase.programs.append(nil)
          continue
        }
        let shard = index == 0 ? core * (assignment.shardCount / cores) : 0
        phase.programs.append(
          .init(program: try program(part, firstShard: shard), firstShard: shard))
      }
      let own = phase.programs.reduce(0) { $0 + ($1?.program.ownDRAMBytes ?? 0) }
      deepest = max(deepest, own)
      nodes.append(.cores(phase))
    }
    let (infeeds, outfeeds, bytes) = graph.hostCopies(
      firstReader: parts.firstReader, producer: parts.phase)
    let all = bytes + parts.storedBytes + deepest
    try compiler.requireDRAM(all, graph, cores: cores)
    var tree = ProgramTree(
      graph: graph, nodes: nodes, infeeds: infeeds, outfeeds: outfeeds, chip: compiler.chip,
      dramBytes: all)
    tree.cores = cores
    return tree
  }

  private func check(_ assignment: CoreAssignment) throws(DeviceError) {
    let graph = assignment.graph
    func fail(_ reason: String) -> DeviceError {
      DeviceError(.unsupported, device: compiler.deviceName, reason: "'\(graph.name)' \(reason)")
    }
    if assignment.shardCount == 0 || assignment.shardCount % cores != 0 {
      throw fail(
        "has \(assignment.shardCount) shards, which \(cores) cores cannot share evenly. Use a number of "
          + "shards that the cores divide.")
    }
    if graph.instructions.contains(where: \.operation.isControl) {
      throw fail("has loops or branches; those run on one core. Leave --cores out.")
    }
  }

  private mutating func program(
    _ part: GraphParts.Straight, firstShard: Int
  ) throws(DeviceError) -> CompiledProgram {
    let work = part.graph.withoutNames(firstShard: firstShard)
    if let known = compiled[work] { return known }
    var graph = part.graph
    for index in graph.instructions.indices {
      graph.instructions[index].scope = ShardScope.replacing(graph.instructions[index].scope) {
        $0 - firstShard
      }
    }
    let program = try compiler.plan(graph, launchCycles: 0)
    compiled[work] = program
    return program
  }

  /// From the end of the last program until every core knows of it: each writes a word that says so to
  /// DRAM, and reads those of all.
  private var barrierCycles: Int {
    let timing = ChipTiming(compiler.chip.architecture)
    let written = timing.copy(.barrierWords(1), on: .dmaStore, isWrite: true)
    let read = timing.copy(.barrierWords(cores), on: .dmaLoad, isWrite: false)
    return written.lead + written.work + read.lead + read.work
  }
}

extension TransferPattern {
  /// Words of 4 bytes that cores leave for each other.
  static func barrierWords(_ count: Int) -> TransferPattern { TransferPattern(bytes: 4 * count) }
}

extension ProgramTree.CoreProgram {
  /// What reports call an operation of the program on a core: `forward/shard1/dense1`,
  /// `update/core1/dense1.weight`.
  func name(of operation: String, core: Int) -> String {
    if ShardScope.shard(of: operation) != nil {
      return ShardScope.replacing(operation) { $0 + firstShard }
    }
    let first = operation.prefix { $0 != "/" }
    return first + "/core\(core)" + operation.dropFirst(first.count)
  }
}

extension Graph {
  /// The graph without what does not change its program: names, which shards they are, and what scalars
  /// hold.
  fileprivate func withoutNames(firstShard: Int) -> Graph {
    var graph = self
    for index in graph.parameters.indices { graph.parameters[index].name = "\(index)" }
    for index in graph.instructions.indices {
      let scope = graph.instructions[index].scope
      graph.instructions[index].scope = ShardScope.replacing(scope) { $0 - firstShard }
      switch graph.instructions[index].operation {
      case .constant(let literal) where literal.type.elementCount == 1:
        graph.instructions[index].operation = .constant(Literal(literal.type, splat: 0))
      case .randomBits: graph.instructions[index].operation = .randomBits(stream: 0)
      default: break
      }
    }
    return graph
  }

  /// What goes over the host link, and the bytes in DRAM of what the graph takes and returns.
  ///
  /// - Parameters:
  ///   - firstReader: the node that reads a parameter first.
  ///   - producer: the node that makes a value.
  func hostCopies(
    firstReader: (Int) -> Int?, producer: (ValueID) -> Int?
  ) -> (infeeds: [ProgramTree.HostCopy], outfeeds: [ProgramTree.HostCopy], bytes: Int) {
    var bytes = 0
    for parameter in parameters {
      bytes += parameter.type.byteCount * (parameter.role == .infeed ? 2 : 1)
    }
    var infeeds: [ProgramTree.HostCopy] = []
    for (index, parameter) in parameters.enumerated()
    where parameter.role == .infeed && parameter.type.byteCount > 0 {
      infeeds.append(
        .init(name: parameter.name, bytes: parameter.type.byteCount, node: firstReader(index)))
    }
    let outfeeds = results.compactMap { result -> ProgramTree.HostCopy? in
      let size = type(of: result.value).byteCount
      if result.donatedParameter != nil || size == 0 { return nil }
      bytes += size
      return .init(name: result.name, bytes: size, node: producer(result.value))
    }
    return (infeeds, outfeeds, bytes)
  }
}
