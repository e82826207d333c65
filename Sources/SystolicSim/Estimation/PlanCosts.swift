internal import Units

/// What all plans with the same tiles have in common.
struct PlanCosts {
  let tiles: ProductTiles
  /// Cycles of all instructions of the matrix unit, and of the vector unit.
  private(set) var matmul = 0
  private(set) var vector = 0
  /// Cycles of the DRAM's bus to bring each part of an operand once, and to take the results.
  private(set) var lhsBus = 0
  private(set) var rhsBus = 0
  private(set) var storeBus = 0
  /// VMEM's ports, copies of operands apart; and bytes to bring each part of an operand once.
  private let ports: PortDemand
  private let lhsLoaded: Int
  private let rhsLoaded: Int
  /// Before the first product: its operands arrive. After the last one: its result leaves.
  private let head: Int
  private let tail: Int

  init(_ problem: ProductProblem, _ tiling: Tiling, _ architecture: ChipArchitecture) {
    let tiles = ProductTiles(problem.product, tiling)
    self.tiles = tiles
    var (matmul, vector, lhsBus, rhsBus, storeBus) = (0, 0, 0, 0, 0)
    var ports = PortDemand()
    var (lhsLoaded, rhsLoaded) = (0, 0)
    tiles.forEachKind { kind, count in
      let duration = architecture.duration(of: .matmul(problem.matmul(tiles, kind)))
      matmul += count * (duration.occupied + duration.pause)
      if kind == tiles.firstKind { matmul += duration.lead }
      if kind == tiles.lastKind { matmul += duration.tail - duration.pause }
      ports.add(duration, on: .mxu, times: count)
    }
    func duration(_ work: ProgramInstruction.Work) -> InstructionDuration {
      architecture.duration(of: work)
    }
    var head = 0
    if !problem.resident.contains(.inputs) {
      tiles.forEachKind(over: ProductProblem.lhsMask) { kind, count in
        let duration = duration(problem.lhsLoad(tiles, kind))
        lhsBus += count * duration.occupied
        lhsLoaded += count * duration.portWritten
      }
      let first = duration(problem.lhsLoad(tiles, tiles.firstKind))
      head = first.lead + first.occupied
    }
    if !problem.resident.contains(.weights) {
      tiles.forEachKind(over: ProductProblem.rhsMask) { kind, count in
        let duration = duration(problem.rhsLoad(tiles, kind))
        rhsBus += count * duration.occupied
        rhsLoaded += count * duration.portWritten
      }
      let first = duration(problem.rhsLoad(tiles, tiles.firstKind))
      let isAfterInputs =
        head > 0 && problem.unit(of: .inputs) == problem.unit(of: .weights)
      head = isAfterInputs ? head + first.occupied : max(head, first.lead + first.occupied)
    }
    tiles.forEachKind(over: ProductProblem.outputMask) { kind, count in
      let duration = duration(.vector(problem.vector(tiles, kind)))
      vector += count * duration.occupied
      ports.add(duration, on: .vpu, times: count)
    }
    var tail = duration(.vector(problem.vector(tiles, tiles.lastKind))).occupied
    if !problem.resident.contains(.outputs) {
      tiles.forEachKind(over: ProductProblem.outputMask) { kind, count in
        let duration = duration(problem.outputStore(tiles, kind))
        storeBus += count * duration.occupied
        ports.add(duration, on: problem.unit(of: .outputs), times: count)
      }
      let last = duration(problem.outputStore(tiles, tiles.lastKind))
      tail += last.lead + last.occupied
    }
    (self.matmul, self.vector) = (matmul, vector)
    (self.lhsBus, self.rhsBus, self.storeBus) = (lhsBus, rhsBus, storeBus)
    (self.head, self.tail) = (head, tail)
    self.ports = ports
    (self.lhsLoaded, self.rhsLoaded) = (lhsLoaded, rhsLoaded)
  }

  /// What a plan wants of VMEM's ports.
  func portDemand(_ problem: ProductProblem, _ plan: ProductPlan) -> PortDemand {
    var demand = ports
    var loads = InstructionDuration(kind: .transfer)
    loads.portWritten =
      problem.lhsPasses(plan, tiles.grid) * lhsLoaded
      + problem.rhsPasses(plan, tiles.grid) * rhsLoaded
    demand.add(loads, on: .dmaLoad)
    return demand
  }

  /// The cycle before which VMEM's ports cannot have moved all bytes.
  func portEnd(
    _ problem: ProductProblem, _ plan: ProductPlan, _ vmem: VMEMParameters, launch: Int
  ) -> Int {
    launch + portDemand(problem, plan).leastCycles(vmem)
  }

  /// Cycles of the DRAM's bus.
  func bus(_ problem: ProductProblem, _ plan: ProductPlan) -> Int {
    loads(problem, plan, inCMEM: false) + stores(problem, inCMEM: false)
  }

  /// Cycles of CMEM.
  func cmem(_ problem: ProductProblem, _ plan: ProductPlan) -> Int {
    loads(problem, plan, inCMEM: true) + stores(problem, inCMEM: true)
  }

  private func loads(_ problem: ProductProblem, _ plan: ProductPlan, inCMEM: Bool) -> Int {
    func share(_ operand: ResidentOperands, _ cycles: Int) -> Int {
      problem.inCMEM.contains(operand) == inCMEM ? cycles : 0
    }
    return share(.inputs, problem.lhsPasses(plan, tiles.grid) * lhsBus)
      + share(.weights, problem.rhsPasses(plan, tiles.grid) * rhsBus)
  }

  private func stores(_ problem: ProductProblem, inCMEM: Bool) -> Int {
    problem.inCMEM.contains(.outputs) == inCMEM ? storeBus : 0
  }

  /// Cycles that a plan takes at least: the first operands arrive, the arrays work without a pause,
  /// the last result leaves; or the DRAM's bus, or CMEM, works without a pause, and the last result
  /// leaves.
  func bound(_ problem: ProductProblem, _ plan: ProductPlan, launch: Int) -> Int {
    var least = max(head + matmul + tail, head + vector)
    for inCMEM in [false, true] {
      let loads = loads(problem, plan, inCMEM: inCMEM)
      least = max(least, loads + tail, loads + stores(problem, inCMEM: inCMEM))
    }
    return launch + least
  }
}

extension ProductTiles {
  /// The kinds of the first and the last tile in either order of the loops.
  var firstKind: Int { batchKind(0) | rowKind(0) | columnKind(0) | blockKind(0) }
  var lastKind: Int {
    batchKind(grid.batches - 1) | rowKind(grid.rows - 1) | columnKind(grid.columns - 1)
      | blockKind(grid.blocks - 1)
  }
}
