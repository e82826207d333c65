internal import DeviceAPI

/// When a product's tiles run: the rules of `Emitter` and `TimelineEngine` for a program that is
/// one product, without the program. Turns of its loops that repeat are multiplied out.
struct ProductTimeline {
  /// What came out.
  struct Result: Hashable {
    /// Cycles from the start to the end of the last instruction.
    var cycles = 0
    /// Cycles for which the matrix unit waited, by cause, in the order of `StallCause.allCases`.
    var stalls = SIMD8<Int>(repeating: 0)
    /// Cycles in which the arrays only wait for their first stationary operand, and for their last
    /// results to leave, between products.
    var exposed = SIMD2<Int>(0, 0)
    /// Tiles that were run one by one.
    var simulatedTiles = 0

    /// The same, but not over before a cycle: VMEM's ports have that much to do.
    func waiting(until cycle: Int) -> Result {
      var result = self
      result.cycles = max(cycles, cycle)
      result.stalls[StallCause.onChipPorts.index] += result.cycles - cycles
      return result
    }
  }

  private let grid: TileGrid
  private let tiles: ProductTiles
  private let isRowMajor: Bool
  private let lhsPolicy: LoadPolicy
  private let rhsPolicy: LoadPolicy
  private let lhsSlots: Int
  private let rhsSlots: Int
  private let outputSlots: Int
  private let launch: Int
  /// The units that copy operands and results.
  private let lhsUnit: ProgramUnit
  private let rhsUnit: ProgramUnit
  private let outputUnit: ProgramUnit
  /// By instruction, then by kind of tile.
  private var durations: [InstructionDuration]
  private static let (matmuls, vectors, lhsLoads, rhsLoads, stores) = (0, 16, 32, 48, 64)

  private var state: State
  private var result = Result()
  private let compresses: Bool

  /// - Parameters:
  ///   - launch: cycles before the first instruction.
  ///   - compresses: multiply repeated turns out; without it every tile is run.
  init(
    _ problem: ProductProblem, _ plan: ProductPlan, architecture: ChipArchitecture, launch: Int,
    compresses: Bool = true
  ) {
    tiles = ProductTiles(problem.product, plan.tiling)
    grid = tiles.grid
    isRowMajor = plan.tiling.isRowMajor
    lhsPolicy = problem.lhsPolicy(plan, grid)
    rhsPolicy = problem.rhsPolicy(plan, grid)
    lhsSlots = problem.lhsSlots(plan, grid)
    rhsSlots = problem.rhsSlots(plan, grid)
    outputSlots = problem.outputSlots(grid)
    self.launch = launch
    lhsUnit = problem.unit(of: .inputs)
    rhsUnit = problem.unit(of: .weights)
    outputUnit = problem.unit(of: .outputs)
    self.compresses = compresses
    durations = [InstructionDuration](repeating: .init(kind: .compute), count: 80)
    state = State(copiesInFlight: architecture.dma.queues)
    setDurations(problem, architecture)
  }

  private mutating func setDurations(_ problem: ProductProblem, _ architecture: ChipArchitecture) {
    let tiles = tiles
    durations.withUnsafeMutableBufferPointer { durations in
      tiles.forEachKind { kind, _ in
        durations[Self.matmuls + kind] = architecture.duration(
          of: .matmul(problem.matmul(tiles, kind)))
      }
      if lhsPolicy != .never {
        tiles.forEachKind(over: ProductProblem.lhsMask) { kind, _ in
          durations[Self.lhsLoads + kind] = architecture.duration(
            of: problem.lhsLoad(tiles, kind))
        }
      }
      if rhsPolicy != .never {
        tiles.forEachKind(over: ProductProblem.rhsMask) { kind, _ in
          durations[Self.rhsLoads + kind] = architecture.duration(
            of: problem.rhsLoad(tiles, kind))
        }
      }
      tiles.forEachKind(over: ProductProblem.outputMask) { kind, _ in
        durations[Self.vectors + kind] = architecture.duration(
          of: .vector(problem.vector(tiles, kind)))
        if outputSlots > 0 {
          durations[Self.stores + kind] = architecture.duration(
            of: problem.outputStore(tiles, kind))
        }
      }
    }
  }

  // MARK: Loops

  /// A place in the loops; the last one is followed by `nil`.
  private struct Position {
    var batch = 0
    var outer = 0
    var inner = 0
    var block = 0
  }

  private var outerCount: Int { isRowMajor ? grid.rows : grid.columns }
  private var innerCount: Int { isRowMajor ? grid.columns : grid.rows }

  /// Runs the whole product.
  mutating func run() -> Result {
    state.clocks.free[ProgramUnit.sequencer.rawValue] = launch
    load(Position())
    var position = Position()
    loop(grid.batches, alike: 0) { timeline, batch in
      position.batch = batch
      timeline.loop(timeline.outerCount, alike: 1) { timeline, outer in
        position.outer = outer
        timeline.loop(timeline.innerCount, alike: 1) { timeline, inner in
          position.inner = inner
          timeline.loop(timeline.grid.blocks, alike: 0) { timeline, block in
            position.block = block
            timeline.step(position)
          }
        }
      }
    }
    result.cycles = max(launch, state.clocks.free.max())
    result.stalls = state.stalls
    result.stalls[StallCause.idle.index] += result.cycles - state.drained
    result.exposed = state.exposed
    result.exposed[1] += state.drained - state.fed
    return result
  }

  /// Runs a loop; turns `alike` to `count - 3` do the same things (the two last ones run or load a
  /// last tile, which may be smaller).
  private mutating func loop(
    _ count: Int, alike first: Int, _ body: (inout ProductTimeline, Int) -> Void
  ) {
    guard compresses, count - 2 - first >= 4 else {
      for turn in 0..<count { body(&self, turn) }
      return
    }
    var history = TurnHistory()
    var turn = 0
    while turn < count {
      body(&self, turn)
      if turn >= first && turn <= count - 3 {
        let skipped = history.skip(&state, turnsLeft: count - 3 - turn)
        turn += skipped
      }
      turn += 1
    }
  }

  private func next(_ position: Position) -> Position? {
    var next = position
    next.block += 1
    if next.block < grid.blocks { return next }
    next.block = 0
    next.inner += 1
    if next.inner < innerCount { return next }
    next.inner = 0
    next.outer += 1
    if next.outer < outerCount { return next }
    next.outer = 0
    next.batch += 1
    return next.batch < grid.batches ? next : nil
  }

  private func kinds(_ position: Position) -> (batch: Int, row: Int, column: Int, block: Int) {
    let (row, column) =
      isRowMajor ? (position.outer, position.inner) : (position.inner, position.outer)
    return (
      tiles.batchKind(position.batch), tiles.rowKind(row), tiles.columnKind(column),
      tiles.blockKind(position.block)
    )
  }

  // MARK: Instructions

  private func isLoaded(_ policy: LoadPolicy, _ position: Position) -> Bool {
    switch policy {
    case .never: false
    case .atInnerStart: position.inner == 0
    case .atOuterStart: position.outer == 0
    case .always: true
    }
  }

  /// Loads what a step needs and no slot holds.
  private mutating func load(_ position: Position) {
    let kind = kinds(position)
    let (row, column) =
      isRowMajor ? (position.outer, position.inner) : (position.inner, position.outer)
    let needsLhs = isLoaded(lhsPolicy, position)
    let needsRhs = isLoaded(rhsPolicy, position)
    state.lhs.next(
      piece: row * grid.blocks + position.block, isLoaded: needsLhs, slots: lhsSlots)
    state.rhs.next(
      piece: column * grid.blocks + position.block, isLoaded: needsRhs, slots: rhsSlots)
    if needsLhs {
      let duration = durations[Self.lhsLoads + (kind.batch | kind.row | kind.block)]
      state.lhs.loadEnd = copy(lhsUnit, after: state.lhs.freeSince, duration)
    }
    if needsRhs {
      let duration = durations[Self.rhsLoads + (kind.batch | kind.column | kind.block)]
      state.rhs.loadEnd = copy(rhsUnit, after: state.rhs.freeSince, duration)
    }
  }

  private mutating func copy(
    _ unit: ProgramUnit, after cycle: Int, _ duration: InstructionDuration
  ) -> Int {
    var time = InstructionTime()
    time.issue = max(launch, cycle)
    state.clocks.copy(&time, on: unit, duration)
    return time.end
  }

  private mutating func step(_ position: Position) {
    result.simulatedTiles += 1
    let (lhs, rhs) = (state.lhs, state.rhs)
    if let next = next(position) { load(next) }
    let kind = kinds(position)
    let output = kind.batch | kind.row | kind.column
    let sums = matmul(
      durations[Self.matmuls + (output | kind.block)], loadEnd: max(lhs.loadEnd, rhs.loadEnd))
    state.lhs.read(slot: lhs.slot, end: sums)
    state.rhs.read(slot: rhs.slot, end: sums)
    guard position.block == grid.blocks - 1 else { return }
    var time = InstructionTime()
    time.issue = max(launch, sums, outputSlots > 0 ? state.storeEnds[state.output] : 0)
    state.clocks.run(&time, on: .vpu, durations[Self.vectors + output])
    state.emptied[state.half] = time.end
    state.half = 1 - state.half
    guard outputSlots > 0 else { return }
    state.storeEnds[state.output] = copy(
      outputUnit, after: time.end, durations[Self.stores + output])
    if outputSlots > 1 { state.output = 1 - state.output }
  }

  private mutating func matmul(_ duration: InstructionDuration, loadEnd: Int) -> Int {
    var time = InstructionTime()
    time.issue = launch
    time.cause = .launch
    if loadEnd > time.issue { (time.issue, time.cause) = (loadEnd, .dma) }
    let emptied = state.emptied[state.half]
    if emptied > time.issue { (time.issue, time.cause) = (emptied, .memorySpace) }
    state.clocks.multiply(&time, duration)
    var cursor = min(state.drained, time.begin)
    state.exposed[0] += time.dataStart - time.begin
    state.exposed[1] += cursor - state.fed
    (state.fed, state.drained) = (time.end - duration.tail, time.end)
    let launched = min(time.begin, launch)
    if launched > cursor {
      state.stalls[StallCause.launch.index] += launched - cursor
      cursor = launched
    }
    if time.begin > cursor { state.stalls[time.cause.index] += time.begin - cursor }
    return time.end
  }
}
