internal import DeviceAPI
package import SystolicModel
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
package struct MappingScore: Hashable, Sendable {
  package var cycles: Int
  /// Bytes over the DRAM's interface.
  package var dramBytes: Int
  package var picojoules: Double

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
package final class Mapper {
  /// A mapping and what is known of it.
  package struct Candidate {
    package var program: GroupProgram
    /// No way to run its tiles takes fewer cycles.
    package var bound: Int
    package var cycles: Int
    /// Set for those that were compared by more than their cycles.
    var known: MappingScore?
  }

  let chip: Chip
  package let timing: ChipTiming
  let objective: MappingObjective
  let bench: TimingBench
  private let energy: EnergyModel
  private let loadPicojoulesPerByte: Double
  private let spillPicojoulesPerElement: Double
  private var known: [GroupProblem: [(vmemBytes: Int, program: GroupProgram?)]] = [:]

  package init(chip: Chip, timing: ChipTiming, objective: MappingObjective = .cycles) {
    self.chip = chip
    self.timing = timing
    self.objective = objective
    bench = TimingBench(timing)
    energy = EnergyModel(chip: chip)
    let mebi = 1 << 20
    var loads = ActionCounts()
    loads.traffic[MemoryLevel.offChip.index].read = Bytes(mebi)
    loads.traffic[MemoryLevel.onChip.index].written = Bytes(mebi)
    loadPicojoulesPerByte = energy.energy(of: loads).total.value / Double(mebi)
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
  /// - Parameter atLeast: with more than one, the best first, then the fastest of all others, so many if
  ///   there are; bounds prove that none that is left out is faster. More may follow.
  package func candidates(
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
  package func leastBytes(_ problem: GroupProblem) -> Int {
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
  package func score(_ program: GroupProgram, cycles: Int) -> MappingScore {
    var counts = ActionCounts()
    energy.count(program, timing, in: &counts)
    let offChip = counts.traffic[MemoryLevel.offChip.index]
    return MappingScore(
      cycles: cycles, dramBytes: offChip.total.count,
      picojoules: energy.energy(of: counts).total.value
        + energy.idleEnergy(cycles: cycles).value)
  }
}

extension Mapper {
  func idlePicojoules(_ cycles: Int) -> Double {
    energy.idleEnergy(cycles: cycles).value
  }

  /// Energy of all that the mappings of a tile have in common, idle power apart.
  func energy(of costs: TileCosts, _ problem: GroupProblem) -> Double {
    var counts = ActionCounts()
    energy.count(costs, of: problem, timing, in: &counts)
    return energy.energy(of: counts).total.value
  }

  /// Energy at least of copies of operands, and of sums that wait.
  func energy(loadedBytes: Int, spilledElements: Int) -> Double {
    Double(loadedBytes) * loadPicojoulesPerByte
      + Double(spilledElements) * spillPicojoulesPerElement
  }
}
