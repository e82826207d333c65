internal import DeviceAPI
internal import GraphIR
internal import SystolicModel
internal import Units

/// What an execution of a tree of programs costs: the costs of its straight programs, each as often as it
/// runs, so that sums over operations are the totals.
struct TreeCost {
  typealias Runs = (_ place: [Int]) -> Int

  /// Cycles alone.
  struct Cycles {
    let runs: Runs?

    /// Of so many runs of some nodes, one after another.
    mutating func add(_ nodes: [ProgramTree.Node], times: Int) -> Int {
      var sum = 0
      if times == 0 { return 0 }
      for node in nodes {
        switch node {
        case .straight(let program): sum += times * program.cost.cold.cycles.count
        case .loop(let loop):
          let turns = loop.turns(times: times, runs)
          sum += times * ((loop.entry?.cycles ?? 0) + (loop.exit?.cycles ?? 0))
          sum += add(loop.condition, times: turns + times) + add(loop.body, times: turns)
        case .branch(let branch):
          sum += times * (branch.index?.cycles ?? 0)
          for (number, taken) in branch.taken(times: times, runs).enumerated() {
            sum += add(branch.branches[number], times: taken)
          }
        case .cores(let phase): sum += times * (phase.longest + phase.barrierCycles)
        }
      }
      return sum
    }
  }

  /// A straight program, and how often it runs.
  struct Part {
    var program: CompiledProgram
    var times: Int
    /// When it runs for the first time, from the start of the first node.
    var start: Int
    /// The operations that its own are, from the second on.
    var firstOp: Int
    /// The tensors that its own are, from the first on.
    var firstTensor: Int
    var core = 0
    /// Whether nothing runs longer beside it.
    var isLongest = true
  }

  /// Where cores wait for each other.
  struct Barrier {
    /// When all have come, from the start of the first node.
    var start: Int
    var cycles: Int
    var op: Int
  }

  private let tree: ProgramTree
  private let runs: Runs?
  private var parts: [Part] = []
  private var ops: [OpCost] = []
  private var tensors: [TensorCost] = []
  private var dependences: [DataDependence] = []
  /// When each of the tree's nodes has ended.
  private var ends: [Int] = []
  private var barriers: [Barrier] = []
  private let units: UnitTable
  private let energy: EnergyModel

  init(_ tree: ProgramTree, _ runs: Runs?) {
    (self.tree, self.runs) = (tree, runs)
    energy = EnergyModel(chip: tree.chip)
    units = UnitTable(tree.chip, cores: tree.cores)
  }

  // MARK: What runs

  private mutating func add(_ program: CompiledProgram, times: Int, at start: Int, _ name: String)
    -> Int
  {
    if times == 0 { return 0 }
    parts.append(
      Part(
        program: program, times: times, start: start, firstOp: ops.count,
        firstTensor: tensors.count))
    tensors += program.cost.tensors.map { $0.repeated(times, name) }
    ops += program.cost.ops.dropFirst().map { $0.repeated(times, name) }
    return times * program.cycles
  }

  /// - Parameter start: of the first of so many runs.
  /// - Returns: cycles of all of them.
  private mutating func add(
    _ nodes: [ProgramTree.Node], times: Int, at start: Int, _ prefix: String
  ) -> Int {
    var sum = 0
    if times == 0 { return 0 }
    for node in nodes {
      sum += add(node, times: times, at: start + sum / times, prefix)
      if prefix.isEmpty && times == 1 { ends.append(start + sum) }
    }
    return sum
  }

  private mutating func add(
    _ node: ProgramTree.Node, times: Int, at start: Int, _ prefix: String
  ) -> Int {
    var sum = 0
    func now() -> Int { start + sum / times }
    switch node {
    case .straight(let program): sum = add(program, times: times, at: start, prefix)
    case .loop(let loop):
      let turns = loop.turns(times: times, runs)
      if loop.turns == nil {
        dependences.append(
          DataDependence(
            name: loop.name, isLoop: true, entries: times, runs: [turns], isAssumed: runs == nil))
      }
      if let entry = loop.entry { sum += add(entry, times: times, at: now(), loop.name + "/") }
      let looks = turns + times
      let condition = add(loop.condition, times: looks, at: now(), loop.name + ".condition/")
      sum += condition
      // The first turn begins when the condition has been looked at once.
      let first = start + (loop.entry?.cycles ?? 0) + (looks == 0 ? 0 : condition / looks)
      sum += add(loop.body, times: turns, at: first, loop.name + ".body/")
      if let exit = loop.exit { sum += add(exit, times: times, at: now(), loop.name + "/") }
    case .branch(let branch):
      if let index = branch.index { sum += add(index, times: times, at: now(), branch.name + "/") }
      let taken = branch.taken(times: times, runs)
      if branch.chosen == nil {
        dependences.append(
          DataDependence(
            name: branch.name, isLoop: false, entries: times, runs: taken, isAssumed: runs == nil))
      }
      for (number, taken) in taken.enumerated() {
        sum += add(
          branch.branches[number], times: taken, at: now(), "\(branch.name).branch\(number)/")
      }
    case .cores(let phase): sum = add(phase, at: start)
    }
    return sum
  }

  private mutating func add(_ phase: ProgramTree.Phase, at start: Int) -> Int {
    for (core, own) in phase.programs.enumerated() {
      guard let own else { continue }
      parts.append(
        Part(
          program: own.program, times: 1, start: start, firstOp: ops.count,
          firstTensor: tensors.count, core: core, isLongest: core == phase.lastCore))
      tensors += own.program.cost.tensors.map { tensor in
        var tensor = tensor
        tensor.name = own.name(of: tensor.name, core: core)
        return tensor
      }
      ops += own.program.cost.ops.dropFirst().map { op in
        var op = op
        op.name = own.name(of: op.name, core: core)
        op.unit = units.index(ofUnit: op.unit, core: core)
        return op
      }
    }
    if phase.barrierCycles > 0 {
      barriers.append(
        Barrier(start: start + phase.longest, cycles: phase.barrierCycles, op: ops.count))
      ops.append(barrier(phase))
    }
    return phase.longest + phase.barrierCycles
  }

  /// Each core leaves a word in DRAM and reads those of all.
  private mutating func barrier(_ phase: ProgramTree.Phase) -> OpCost {
    let timing = ChipTiming(tree.chip.architecture)
    var counts = ActionCounts()
    let (own, all) = (TransferPattern.barrierWords(1), TransferPattern.barrierWords(tree.cores))
    energy.countCopy(own, .dmaStore, isWrite: true, times: tree.cores, timing, in: &counts)
    energy.countCopy(all, .dmaLoad, isWrite: false, times: tree.cores, timing, in: &counts)
    var op = OpCost(
      name: "barrier\(barriers.count)", kind: "barrier",
      unit: units.index(of: .sequencer, core: 0), cycles: phase.barrierCycles)
    op.traffic = counts.traffic
    op.energy = energy.energy(of: counts)
    let words = 4 * tree.cores
    tensors.append(
      TensorCost(
        name: op.name, bytes: Bytes(words), elementBytes: 4, home: .offChip, loads: tree.cores,
        stores: tree.cores, traffic: counts.traffic, energy: op.energy, lifetime: nil))
    return op
  }

  // MARK: Costs

  func cost() -> SimulatedCost {
    var copy = self
    return copy.made()
  }

  private mutating func made() -> SimulatedCost {
    let launch = tree.chip.architecture.launchOverheadCycles
    ops = [
      OpCost(
        name: "program", kind: "launch", unit: units.index(of: .sequencer, core: 0), cycles: launch)
    ]
    ops += tree.infeeds.map { host($0, isIn: true) }
    let core = add(tree.nodes, times: 1, at: 0, "")
    ops += tree.outfeeds.map { host($0, isIn: false) }
    for (index, name) in ops.map(\.name).uniqueNames.enumerated() { ops[index].name = name }
    let cold = TreeSchedule(
      isCold: true, launch: launch, core: core, waits: waits(launch), ends: ends,
      infeeds: hostCycles(tree.infeeds), outfeeds: hostCycles(tree.outfeeds),
      produced: tree.outfeeds.map(\.node), parts: parts,
      firstOutfeed: ops.count - tree.outfeeds.count, units: units, barriers: barriers)
    var steady = cold
    steady.isCold = false
    var cost = SimulatedCost(
      clockMegahertz: tree.chip.architecture.clockMegahertz, unitNames: units.names, ops: ops,
      cold: schedule(cold), steady: schedule(steady), occupancy: cold.occupancy,
      onChipCapacity: Bytes(tree.cores * tree.chip.architecture.vmem.capacityBytes),
      peakMACsPerCycle: tree.cores
        * (parts.filter { $0.program.cost.macs > 0 }
          .map(\.program.cost.peakMACsPerCycle).max()
          ?? tree.chip.architecture.mxu.macsPerCycle))
    cost.isSteadyExact = parts.allSatisfy(\.program.cost.isSteadyExact)
    cost.dataDependences = dependences
    cost.tensors = tensors
    for (index, name) in tensors.map(\.name).uniqueNames.enumerated() {
      cost.tensors[index].name = name
    }
    return cost
  }

  private func schedule(_ times: TreeSchedule) -> Schedule {
    var sum = EnergyBreakdown()
    for op in ops { sum += op.energy }
    sum[.idle] = energy.idleEnergy(cycles: tree.cores * times.cycles)
    return Schedule(
      cycles: Units.Cycles(times.cycles), units: times.usage,
      timeline: Timeline { times.rows },
      energy: sum)
  }

  private func hostCycles(_ copies: [ProgramTree.HostCopy]) -> [Int] {
    let timing = ChipTiming(tree.chip.architecture)
    return copies.map { timing.hostTransfer(bytes: $0.bytes).occupied }
  }

  /// For each node, how long after the end of the one before what the host sends it arrives in the first
  /// execution.
  private func waits(_ launch: Int) -> [Int] {
    var arrivals = [Int](repeating: 0, count: tree.nodes.count)
    var link = 0
    for (copy, cycles) in zip(tree.infeeds, hostCycles(tree.infeeds)) {
      link += cycles
      if let node = copy.node { arrivals[node] = max(arrivals[node], link) }
    }
    var waits: [Int] = []
    var (now, before) = (launch, 0)
    for (node, arrival) in arrivals.enumerated() {
      waits.append(max(0, arrival - now))
      now += waits[node] + ends[node] - before
      before = ends[node]
    }
    return waits
  }

  private mutating func host(_ copy: ProgramTree.HostCopy, isIn: Bool) -> OpCost {
    var counts = ActionCounts()
    energy.countHost(bytes: copy.bytes, isIn: isIn, in: &counts)
    var op = OpCost(
      name: copy.name, kind: isIn ? "infeed" : "outfeed",
      unit: units.index(of: isIn ? .hostIn : .hostOut),
      cycles: hostCycles([copy])[0])
    op.traffic = counts.traffic
    op.energy = energy.energy(of: counts)
    tensors.append(
      TensorCost(
        name: copy.name, bytes: Bytes(copy.bytes), elementBytes: 1, home: .offChip, loads: 0,
        stores: 0, traffic: counts.traffic, energy: op.energy, lifetime: nil))
    return op
  }
}

extension CompiledProgram {
  fileprivate var cycles: Int { cost.cold.cycles.count }
}

extension ProgramTree.Loop {
  /// Turns of so many runs of the loop; one each where nothing is known.
  fileprivate func turns(times: Int, _ runs: TreeCost.Runs?) -> Int {
    turns.map { $0 * times } ?? runs?(place + [1]) ?? times
  }
}

extension ProgramTree.Branch {
  /// How often each branch is taken; the most expensive one where nothing is known.
  fileprivate func taken(times: Int, _ runs: TreeCost.Runs?) -> [Int] {
    if let runs, chosen == nil { return branches.indices.map { runs(place + [$0]) } }
    return branches.indices.map { $0 == chosen ?? dearest ? times : 0 }
  }

  /// Finds the most expensive branch; those within know theirs.
  mutating func findDearest() {
    var cycles = TreeCost.Cycles(runs: nil)
    let costs = branches.map { cycles.add($0, times: 1) }
    dearest = costs.indices.max { (costs[$0], -$0) < (costs[$1], -$1) } ?? 0
  }
}

extension OpCost {
  fileprivate init(name: String, kind: String, unit: Int, cycles: Int) {
    self.init(
      name: name, kind: kind, unit: unit, cycles: Units.Cycles(cycles), macs: 0,
      vectorOperations: 0, traffic: MemoryLevel.allCases.map { _ in MemoryTraffic() },
      energy: EnergyBreakdown())
  }

  /// Of so many executions.
  fileprivate func repeated(_ times: Int, _ prefix: String) -> OpCost {
    var op = self
    op.name = prefix + name
    op.cycles = Units.Cycles(times * cycles.count)
    op.macs *= times
    op.vectorOperations *= times
    op.traffic = traffic.repeated(times)
    op.energy = energy.repeated(times)
    return op
  }
}

extension TensorCost {
  /// Of so many executions.
  fileprivate func repeated(_ times: Int, _ prefix: String) -> TensorCost {
    var tensor = self
    tensor.name = prefix + name
    tensor.loads *= times
    tensor.stores *= times
    tensor.traffic = traffic.repeated(times)
    tensor.energy = energy.repeated(times)
    return tensor
  }
}

extension [MemoryTraffic] {
  fileprivate func repeated(_ times: Int) -> [MemoryTraffic] {
    map {
      MemoryTraffic(
        read: Bytes(times * $0.read.count), written: Bytes(times * $0.written.count))
    }
  }
}

extension EnergyBreakdown {
  fileprivate func repeated(_ times: Int) -> EnergyBreakdown {
    var sum = EnergyBreakdown()
    for component in EnergyComponent.allCases {
      sum[component] = Picojoules(Double(times) * self[component].value)
    }
    return sum
  }
}
