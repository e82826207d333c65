internal import SystolicModel
internal import Units

/// One search of a mapper.
struct MappingSearch {
  private let problem: GroupProblem
  private let mapper: Mapper
  private let timing: ChipTiming
  private let vmemBytes: Int
  private let atLeast: Int
  private let bounds: MappingBounds
  private let frame: ProgramFrame
  private var done: [Mapper.Candidate] = []
  private var fastest = Int.max
  private var best: Int?
  /// The one that is looked at next is the last.
  private var closed: [Closed] = []
  /// Those that cannot be the fastest.
  private var slow: [Closed] = []
  private var tiles: [OpenTile] = []
  private var open: [Open] = []

  init(_ problem: GroupProblem, mapper: Mapper, vmemBytes: Int, atLeast: Int) {
    self.problem = problem
    self.atLeast = atLeast
    self.mapper = mapper
    timing = mapper.timing
    self.vmemBytes = vmemBytes
    bounds = MappingBounds(problem, mapper.timing)
    frame = ProgramFrame(problem)
  }

  /// The best first, of the others the fastest.
  func result() -> [Mapper.Candidate] {
    guard let best else { return [] }
    if atLeast == 1 { return [done[best]] }
    let others = done.indices.filter { $0 != best }.sorted {
      (done[$0].cycles, $0) < (done[$1].cycles, $1)
    }
    return [done[best]] + others.map { done[$0] }
  }

  /// The best of those that were timed.
  private mutating func choose() {
    let limit = mapper.objective == .cycles ? MappingObjective.limit(fastest) : Int.max
    best = nil
    for index in done.indices where done[index].cycles <= limit {
      if best.map({ score(index).precedes(score($0), by: mapper.objective) }) ?? true {
        best = index
      }
    }
  }

  /// Puts a mapping on the time axis.
  ///
  /// - Returns: its place in `done`; `nil` if it does not fit or takes more cycles than the limit.
  @discardableResult
  private mutating func time(
    _ mapping: Mapping, bound: Int, _ costs: TileCosts, limit: Int
  ) -> Int? {
    let program = GroupProgram(problem, mapping, timing, costs)
    guard program.vmemBytes <= vmemBytes else { return nil }
    let occupied = costs.arrayCycles.occupied
    guard
      let cycles = mapper.bench.cycles(frame.program(program), limit: limit, arrayCycles: occupied)
    else { return nil }
    done.append(Mapper.Candidate(program: program, bound: bound, cycles: cycles))
    fastest = min(fastest, cycles)
    return done.count - 1
  }

  /// Cycles of which the best one takes no more.
  private var mostCycles: Int {
    mapper.objective == .cycles ? MappingObjective.limit(fastest) : .max
  }

  /// Energy and traffic of a mapping that was timed; worked out for those that may be chosen.
  private mutating func score(_ index: Int) -> MappingScore {
    if let known = done[index].known { return known }
    let score = mapper.score(done[index].program, cycles: done[index].cycles)
    done[index].known = score
    return score
  }

  // MARK: Loops of the vector unit

  /// Tries 1, 2, 4, ... tiles, until more of them only add overhead.
  mutating func runLoop() {
    // A product of nothing has only results to write.
    let axis: LoopNest.Axis = problem.product == nil ? .batch : .image
    let extent = max(1, problem.extents[axis])
    // Windows need tiles of whole planes: `maximumTiles` of equal size.
    let plane = axis == .batch ? max(1, extent / max(1, problem.maximumTiles)) : 1
    let most = axis == .batch ? min(max(1, problem.maximumTiles), extent) : extent
    var tiles = 1
    var worse = 0
    while worse < 2 {
      let size = extent.dividedRoundingUp(by: tiles).roundedUp(toMultipleOf: plane)
      var mapping = Mapping(tile: problem.extents)
      mapping.tile[axis] = size
      mapping.nest.append(axis, extent.dividedRoundingUp(by: size))
      mapping.lhs.outside = mapping.nest.all
      let before = fastest
      // All are followed to their ends where others than the best are wanted: they are few.
      time(
        mapping, bound: 0, TileCosts(problem, mapping.tile, timing),
        limit: atLeast == 1 ? mostCycles : .max)
      if before < Int.max && fastest == before { worse += 1 } else { worse = 0 }
      if tiles >= most { break }
      tiles = min(most, tiles * 2)
    }
    choose()
  }

  // MARK: Products

  /// A tile whose mappings have not been looked at.
  private struct Closed {
    var costs: TileCosts
    /// No mapping of it takes fewer cycles.
    var bound: Int
    /// What its mappings may take beyond their bounds.
    var exposed: Int
    /// The bound has been worked out in full.
    var isExact = false

    var guess: Int { bound + exposed }
  }

  /// A tile whose mappings have been looked at.
  private struct OpenTile {
    var costs: TileCosts
    /// What its mappings may take beyond their bounds; once one was timed, the least that one did.
    var exposed: Int
    /// The energy of what its mappings have in common.
    var picojoules: Double?
    /// Mappings of it that were timed since one was the fastest; `nil` before the first.
    var inVain: Int?

    /// A mapping was timed, and took so many cycles beyond its bound, or more.
    mutating func took(_ beyond: Int, isFastest: Bool) {
      exposed = inVain == nil ? beyond : min(exposed, beyond)
      inVain = isFastest ? 0 : (inVain ?? 0) + 1
    }
  }

  /// A mapping.
  private struct Open {
    var mapping: Mapping
    /// Among the tiles that have been looked at.
    var tile: Int
    var bound: Int
    var dramBytes: Int
    var loadedBytes: Int
    var isTimed = false
    /// It was timed, and followed to its end.
    var isDone = false
  }

  mutating func run(_ product: ProductShape) {
    let space = MappingSpace(problem, product, timing, vmemBytes: vmemBytes)
    closed = space.tiles().map {
      Closed(costs: $0, bound: bounds.quick($0), exposed: bounds.exposed($0))
    }
    // Stable, the least guess last.
    closed.reverse()
    closed.sort { $0.guess > $1.guess }
    if mapper.objective == .cycles {
      findFastest(space)
      settle(space, within: MappingObjective.limit(fastest))
    } else {
      findBest(space)
    }
    choose()
    if atLeast > 1 { proveOthers(space) }
  }

  /// Looks at the tiles whose bounds are within a limit.
  private mutating func openTiles(_ space: MappingSpace, within limit: Int) {
    let tiles = closed + slow
    (closed, slow) = ([], [])
    for var tile in tiles {
      if tile.bound <= limit && !tile.isExact {
        tile.bound = max(tile.bound, bounds.arrays(tile.costs))
        tile.isExact = true
      }
      if tile.bound <= limit {
        openMappings(space, tile.costs, tile.bound)
      } else {
        slow.append(tile)
      }
    }
  }

  /// Works out the bound of the tile that comes next, or looks at its mappings if it is known.
  private mutating func openNext(_ space: MappingSpace) {
    var next = closed.removeLast()
    if next.isExact { return openMappings(space, next.costs, next.bound) }
    next.bound = max(next.bound, bounds.arrays(next.costs))
    next.isExact = true
    let place = closed.lastIndex { $0.guess > next.guess }.map { $0 + 1 } ?? 0
    closed.insert(next, at: place)
  }

  private mutating func openMappings(
    _ space: MappingSpace, _ costs: TileCosts, _ tileBound: Int
  ) {
    tiles.append(OpenTile(costs: costs, exposed: bounds.exposed(costs)))
    let (bounds, tile) = (bounds, tiles.count - 1)
    var found: [Open] = []
    space.forEachMapping(costs) { mapping, loads in
      let (bound, bytes) = bounds.cycles(costs, tileBound, mapping, loads)
      found.append(
        Open(
          mapping: mapping, tile: tile, bound: bound, dramBytes: bytes, loadedBytes: loads.bytes))
    }
    open += found
  }

  /// Energy at least of a mapping that takes so many cycles at least.
  private mutating func picojoules(_ candidate: Open, cycles: Int) -> Double {
    let costs = tiles[candidate.tile].costs
    let common = tiles[candidate.tile].picojoules ?? mapper.energy(of: costs, problem)
    tiles[candidate.tile].picojoules = common
    return common
      + mapper.energy(
        loadedBytes: candidate.loadedBytes,
        spilledElements: bounds.spilledElements(candidate.mapping))
      + mapper.idlePicojoules(max(candidate.bound, cycles))
  }

  @discardableResult
  private mutating func time(_ index: Int, limit: Int? = nil) -> Int? {
    open[index].isTimed = true
    let place = time(
      open[index].mapping, bound: open[index].bound, tiles[open[index].tile].costs,
      limit: limit ?? mostCycles)
    open[index].isDone = place != nil
    return place
  }

  /// Mappings that are timed in a row without finding a faster one, before the search stops; and of those
  /// of one tile, before others have their turn.
  private static let patience = (all: 160, tile: 24)

  /// Times mappings, those first that may be expected to be fast, until none could be faster by more
  /// than half a percent, or many were not.
  private mutating func findFastest(_ space: MappingSpace) {
    var inVain = 0
    while inVain < Self.patience.all {
      let limit = fastest == .max ? .max : fastest - fastest / 200
      var (next, guess) = (-1, Int.max)
      for index in open.indices where !open[index].isTimed && open[index].bound < limit {
        let tile = open[index].tile
        let own = open[index].bound + tiles[tile].exposed
        if own < guess && tiles[tile].inVain ?? 0 < Self.patience.tile {
          (next, guess) = (index, own)
        }
      }
      while let tile = closed.last, tile.bound >= limit { slow.append(closed.removeLast()) }
      if let tile = closed.last, tile.guess <= guess {
        openNext(space)
        continue
      }
      if next < 0 { return }
      let (before, bound) = (fastest, open[next].bound)
      let place = time(next)
      // One that was not followed to its end takes more than the fastest; one that does not fit says
      // nothing.
      let cycles = place.map { done[$0].cycles } ?? (fastest == .max ? bound : fastest)
      inVain = fastest < before ? 0 : inVain + 1
      tiles[open[next].tile].took(cycles - bound, isFastest: fastest < before)
    }
  }

  /// Times mappings that take a limit of cycles at most, and may move less than the best that is known,
  /// until there are none.
  private mutating func settle(_ space: MappingSpace, within limit: Int) {
    openTiles(space, within: limit)
    choose()
    guard open.contains(where: { !$0.isTimed && $0.bound <= limit }) else { return }
    guard var best = best.map({ score($0) }) else { return }
    var left: [(index: Int, picojoules: Double)] = []
    for index in open.indices
    where !open[index].isTimed && open[index].bound <= limit
      && open[index].dramBytes <= best.dramBytes
    {
      left.append((index, picojoules(open[index], cycles: fastest)))
    }
    left.sort {
      let (a, b) = (open[$0.index], open[$1.index])
      return (a.dramBytes, $0.picojoules, a.bound, $0.index)
        < (b.dramBytes, $1.picojoules, b.bound, $1.index)
    }
    for (index, picojoules) in left {
      if (open[index].dramBytes, picojoules) >= (best.dramBytes, best.picojoules) { return }
      guard let place = time(index), done[place].cycles <= limit else { continue }
      let score = score(place)
      if score.precedes(best, by: .cycles) { best = score }
    }
  }

  /// Times all mappings that may be the best by the objective.
  private mutating func findBest(_ space: MappingSpace) {
    openTiles(space, within: .max)
    for index in byBound where mayBeBest(open[index]) { time(index) }
  }

  /// Times mappings in the order of their bounds, until none that is left can be faster than the slowest
  /// of those that are wanted. The best is known, and stays so.
  private mutating func proveOthers(_ space: MappingSpace) {
    openTiles(space, within: .max)
    guard let best else { return }
    var others = done.indices.filter { $0 != best }.map { done[$0].cycles }.sorted()
    for index in byBound where !open[index].isDone {
      let limit = others.count < atLeast - 1 ? Int.max : others[atLeast - 2]
      if open[index].bound >= limit { return }
      guard let place = time(index, limit: limit) else { continue }
      let cycles = done[place].cycles
      others.insert(cycles, at: others.firstIndex { $0 > cycles } ?? others.endIndex)
    }
  }

  private var byBound: [Int] {
    open.indices.sorted { (open[$0].bound, $0) < (open[$1].bound, $1) }
  }

  private mutating func mayBeBest(_ candidate: Open) -> Bool {
    let least = MappingScore(
      cycles: candidate.bound, dramBytes: candidate.dramBytes,
      picojoules: picojoules(candidate, cycles: 0))
    return done.indices.allSatisfy { least.precedes(score($0), by: mapper.objective) }
  }
}
