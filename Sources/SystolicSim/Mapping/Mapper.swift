internal import DeviceAPI
internal import Units

/// What the mapping of a group, and the plan of a program, are chosen by.
public enum MappingObjective: String, CaseIterable, Sendable {
  /// The fastest; among those within 2 % of it the one with least DRAM traffic, then least energy.
  case cycles
  /// Least energy, idle power included.
  case energy
  /// Least DRAM traffic, then the fastest.
  case traffic
  /// Least product of energy and cycles.
  case energyDelay

  /// Cycles within which the fastest may be passed over for one that moves less.
  static func limit(_ fastest: Int) -> Int {
    fastest == .max ? .max : fastest + fastest / 50
  }
}

/// What mappings and plans are compared by.
struct MappingScore: Hashable, Sendable {
  var cycles: Int
  /// Bytes over the DRAM's interface.
  var dramBytes: Int
  var picojoules: Double

  /// Comes before another one by an objective other than `cycles`, and among those within the limit of
  /// the fastest by `cycles`.
  func precedes(_ other: MappingScore, by objective: MappingObjective) -> Bool {
    switch objective {
    case .cycles:
      (dramBytes, picojoules, cycles) < (other.dramBytes, other.picojoules, other.cycles)
    case .energy: (picojoules, cycles) < (other.picojoules, other.cycles)
    case .traffic: (dramBytes, cycles) < (other.dramBytes, other.cycles)
    case .energyDelay:
      (picojoules * Double(cycles), cycles) < (
        other.picojoules * Double(other.cycles), other.cycles
      )
    }
  }
}

/// Chooses the mappings of groups: every one that there is and that fits, in the order of what a
/// closed formula says that it takes at least; each is put on the time axis until none is left that
/// could be better.
///
/// Not for several threads: it remembers what it has found.
final class Mapper {
  /// A mapping and what is known of it.
  struct Candidate {
    var program: GroupProgram
    /// No way to run its tiles takes fewer cycles.
    var bound: Int
    var cycles: Int
    /// Set for those that were compared by more than their cycles.
    fileprivate(set) var known: MappingScore?
  }

  let chip: Chip
  let timing: ChipTiming
  let objective: MappingObjective
  private let energy: EnergyModel
  private let copyPicojoulesPerByte: Double
  private let spillPicojoulesPerElement: Double
  private var known: [GroupProblem: [(vmemBytes: Int, program: GroupProgram?)]] = [:]

  init(chip: Chip, timing: ChipTiming, objective: MappingObjective = .cycles) {
    self.chip = chip
    self.timing = timing
    self.objective = objective
    energy = EnergyModel(chip: chip)
    let mebi = 1 << 20
    var copies = ActionCounts()
    copies.traffic[MemoryLevel.offChip.index].read = Bytes(mebi)
    copyPicojoulesPerByte =
      chip.dramRowEnergies == nil ? energy.energy(of: copies).total.value / Double(mebi) : 0
    // A sum goes to VMEM and back, 4 bytes each way.
    var spills = ActionCounts()
    for level in [MemoryLevel.onChip, .accumulators] {
      spills.traffic[level.index] = MemoryTraffic(read: Bytes(4 * mebi), written: Bytes(4 * mebi))
    }
    spillPicojoulesPerElement = energy.energy(of: spills).total.value / Double(mebi)
  }

  /// The best mapping with slots of so many bytes at most; `nil` if none fits.
  func best(_ problem: GroupProblem, vmemBytes: Int) -> GroupProgram? {
    let answers = known[problem, default: []]
    for answer in answers where answer.vmemBytes >= vmemBytes {
      // What is best with more memory is best with less if it fits.
      guard let program = answer.program else { return nil }
      if answer.vmemBytes == vmemBytes || program.vmemBytes <= vmemBytes { return program }
    }
    let program = candidates(problem, vmemBytes: vmemBytes).first?.program
    known[problem, default: []].append((vmemBytes, program))
    return program
  }

  /// The best mapping.
  ///
  /// - Parameter atLeast: with more than one, the best first, then others that were put on the time axis,
  ///   the fastest first; so many, if there are, also such as are known to be slower.
  func candidates(
    _ problem: GroupProblem, vmemBytes: Int, atLeast: Int = 1
  ) -> [Candidate] {
    guard vmemBytes >= 0 else { return [] }
    var search = MappingSearch(
      problem, mapper: self, vmemBytes: vmemBytes, atLeast: atLeast)
    if let product = problem.product, product.batch > 0, product.gemm.macs > 0 {
      search.run(product)
    } else {
      search.runLoop()
    }
    return search.result()
  }

  /// VMEM that the smallest tiles take.
  func leastBytes(_ problem: GroupProblem) -> Int {
    var tile = Tile()
    if problem.product == nil {
      tile.batch = max(1, problem.elements / max(1, min(problem.maximumTiles, problem.elements)))
    } else {
      tile.k =
        timing.mxu.dataflow == .outputStationary
        ? 1 : max(1, min(timing.mxu.rows, problem.extents.k))
    }
    var mapping = Mapping(tile: tile)
    let counts = tile.counts(of: problem.extents)
    for axis in [LoopNest.Axis.batch, .image, .row, .column, .n, .k] {
      mapping.nest.append(axis, counts[axis])
    }
    mapping.lhs.outside = mapping.nest.all
    mapping.rhs.outside = mapping.nest.all
    return GroupProgram(problem, mapping, timing).vmemBytes
  }

  /// Energy and DRAM traffic of a group that takes so many cycles.
  func score(_ program: GroupProgram, cycles: Int) -> MappingScore {
    var counts = ActionCounts()
    energy.count(program, timing, in: &counts)
    let offChip = counts.traffic[MemoryLevel.offChip.index]
    return MappingScore(
      cycles: cycles, dramBytes: offChip.total.count,
      picojoules: energy.energy(of: counts).total.value
        + energy.idleEnergy(cycles: cycles).value)
  }
}

/// One search of a mapper.
struct MappingSearch {
  private let problem: GroupProblem
  private let mapper: Mapper
  private let timing: ChipTiming
  private let vmemBytes: Int
  private let atLeast: Int
  private let bounds: MappingBounds
  private let bench: TimingBench
  private var done: [Mapper.Candidate] = []
  private var fastest = Int.max

  init(_ problem: GroupProblem, mapper: Mapper, vmemBytes: Int, atLeast: Int) {
    self.problem = problem
    self.atLeast = atLeast
    self.mapper = mapper
    timing = mapper.timing
    self.vmemBytes = vmemBytes
    bounds = MappingBounds(problem, mapper.timing)
    bench = TimingBench(problem, mapper.timing)
  }

  /// The best first.
  mutating func result() -> [Mapper.Candidate] {
    guard fastest < Int.max else { return [] }
    let limit = mapper.objective == .cycles ? MappingObjective.limit(fastest) : Int.max
    let close = done.indices.filter { done[$0].cycles <= limit }
    var best = close[0]
    for index in close.dropFirst()
    where score(index).precedes(score(best), by: mapper.objective) { best = index }
    if atLeast == 1 { return [done[best]] }
    let others = done.indices.filter { $0 != best }.sorted {
      (done[$0].cycles, $0) < (done[$1].cycles, $1)
    }
    return [done[best]] + others.map { done[$0] }
  }

  private mutating func time(_ mapping: Mapping, bound: Int) {
    let program = GroupProgram(problem, mapping, timing)
    guard program.vmemBytes <= vmemBytes else { return }
    let cycles = bench.cycles(program)
    done.append(Mapper.Candidate(program: program, bound: bound, cycles: cycles))
    fastest = min(fastest, cycles)
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
      time(mapping, bound: 0)
      if before < Int.max && fastest == before { worse += 1 } else { worse = 0 }
      if tiles >= most { break }
      tiles = min(most, tiles * 2)
    }
  }

  // MARK: Products

  /// A mapping that has not been timed.
  private struct Open {
    var mapping: Mapping
    var bound: Int
    var dramBytes: Int
    /// Energy at least.
    var picojoules: Double
    var order: Int
  }

  mutating func run(_ product: ProductShape) {
    let space = MappingSpace(problem, product, timing, vmemBytes: vmemBytes)
    let tiles = space.tiles(bounds)
    guard let least = tiles.map(\.bound).min() else { return }
    if mapper.objective == .cycles && atLeast == 1 {
      // Whatever is within 2 % of the bound of all is within 2 % of the fastest.
      let bound = max(least, bounds.leastBus)
      let limit = MappingObjective.limit(bound)
      if settle(open(space, tiles, limit: limit), within: limit), fastest - bound <= bound / 200 {
        return
      }
    }
    findFastest(space, tiles)
  }

  /// The mappings whose bounds are within a limit, of least traffic and then least energy first.
  private func open(
    _ space: MappingSpace, _ tiles: [MappingSpace.TileChoice], limit: Int
  ) -> [Open] {
    var open: [Open] = []
    let (bounds, mapper) = (bounds, mapper)
    for tile in tiles where tile.bound <= limit {
      var energy: Double?
      space.forEachMapping(tile) { mapping, loads in
        let (bound, bytes) = bounds.cycles(tile, mapping, loads)
        guard bound <= limit else { return }
        let arrays = energy ?? mapper.leastEnergy(of: tile, problem)
        energy = arrays
        open.append(
          Open(
            mapping: mapping, bound: bound, dramBytes: bytes,
            picojoules: mapper.leastEnergy(
              arrays, dramBytes: bytes, spilledElements: bounds.spilledElements(mapping),
              cycles: bound),
            order: open.count))
      }
    }
    return open
  }

  /// Times mappings until the best that takes a limit of cycles at most is found.
  ///
  /// - Returns: `false` if none takes so few.
  private mutating func settle(_ open: [Open], within limit: Int) -> Bool {
    let order = open.indices.sorted {
      let (a, b) = (open[$0], open[$1])
      return (a.dramBytes, a.picojoules, a.bound, a.order)
        < (b.dramBytes, b.picojoules, b.bound, b.order)
    }
    var best: MappingScore?
    for index in order {
      let candidate = open[index]
      if let best,
        candidate.dramBytes > best.dramBytes
          || candidate.dramBytes == best.dramBytes && candidate.picojoules >= best.picojoules
      {
        break
      }
      if candidate.bound > limit { continue }
      time(candidate.mapping, bound: candidate.bound)
      guard let cycles = done.last?.cycles, cycles <= limit else { continue }
      let last = score(done.count - 1)
      if best.map({ last.precedes($0, by: .cycles) }) ?? true { best = last }
    }
    return best != nil
  }

  /// Mappings in a row that are timed without finding a faster one, before the search stops.
  private static let patience = 12

  /// Times mappings in the order of their bounds, until none could be faster or many were not; then those
  /// that are slower by little and move less.
  private mutating func findFastest(_ space: MappingSpace, _ tiles: [MappingSpace.TileChoice]) {
    for tile in tiles.sorted(by: { $0.bound < $1.bound }).prefix(4) { guess(space, tile) }
    let wantsAll = mapper.objective != .cycles || atLeast > 1
    let all = open(
      space, tiles, limit: wantsAll ? .max : MappingObjective.limit(fastest))
    let timed = Set(done.map(\.program.mapping))
    var left: [Open] = []
    var inVain = 0
    for candidate in all.sorted(by: { ($0.bound, $0.order) < ($1.bound, $1.order) })
    where !timed.contains(candidate.mapping) {
      let mayBeFaster = candidate.bound < fastest && (inVain < Self.patience || wantsAll)
      if mayBeFaster || isWanted(candidate) {
        let before = fastest
        time(candidate.mapping, bound: candidate.bound)
        inVain = fastest < before ? 0 : inVain + 1
      } else {
        left.append(candidate)
      }
    }
    if mapper.objective == .cycles {
      _ = settle(left, within: MappingObjective.limit(fastest))
    }
  }

  /// Whether a mapping may be the best by another objective, or is wanted for a list.
  private mutating func isWanted(_ candidate: Open) -> Bool {
    if done.count < atLeast { return true }
    let score = MappingScore(
      cycles: candidate.bound, dramBytes: candidate.dramBytes, picojoules: candidate.picojoules)
    switch mapper.objective {
    case .cycles: return false
    case .energy, .traffic, .energyDelay:
      return done.indices.allSatisfy {
        score.precedes(self.score($0), by: mapper.objective)
      }
    }
  }

  /// Times the mapping of a tile with the least bound.
  private mutating func guess(_ space: MappingSpace, _ tile: MappingSpace.TileChoice) {
    if tile.bound >= fastest { return }
    var best: (mapping: Mapping, bound: Int)?
    let bounds = bounds
    space.forEachMapping(tile) { mapping, loads in
      let bound = bounds.cycles(tile, mapping, loads).cycles
      if bound < best?.bound ?? .max { best = (mapping, bound) }
    }
    if let best, best.bound < fastest { time(best.mapping, bound: best.bound) }
  }
}

extension Mapper {
  /// Energy of the arrays, and of the vector unit that takes their sums, at least, for all tiles of a
  /// size.
  fileprivate func leastEnergy(
    of tile: MappingSpace.TileChoice, _ problem: GroupProblem
  ) -> Double {
    var counts = ActionCounts()
    let extents = problem.extents
    let whole =
      extents.batch / tile.tile.batch * (extents.images / tile.tile.images)
      * (extents.rows / tile.tile.rows) * (extents.columns / tile.tile.columns)
      * (extents.n / tile.tile.n) * (extents.k / tile.tile.k)
    energy.count(tile.matmul, timing, times: whole, in: &counts)
    return energy.energy(of: counts).total.value
  }

  /// The same with copies from and to DRAM, and idle power.
  fileprivate func leastEnergy(
    _ arrays: Double, dramBytes: Int, spilledElements: Int, cycles: Int
  ) -> Double {
    arrays + Double(dramBytes) * copyPicojoulesPerByte
      + Double(spilledElements) * spillPicojoulesPerElement
      + energy.idleEnergy(cycles: cycles).value
  }
}
