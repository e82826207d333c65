internal import SystolicModel
internal import Units

/// A mapping in words, as files hold it.
package struct MappingDescription: Hashable, Sendable, Codable {
  /// Extents of most tiles. Of a plain product `m` rows of the left operand; of a convolution images, rows
  /// and columns of its output.
  package struct TileExtents: Hashable, Sendable, Codable {
    package let batch: Int
    package let m: Int?
    package let images: Int?
    package let rows: Int?
    package let columns: Int?
    package let n: Int
    package let k: Int
  }

  /// How an operand comes to VMEM.
  package struct Operand: Hashable, Sendable, Codable {
    /// All of it stays once its parts are loaded.
    package let stays: Bool
    /// Otherwise: of so many loops, counted from the outermost, each turn brings another part.
    package let loadedInLoops: Int
  }

  package let tile: TileExtents
  /// The loops over tiles, outermost first: `n x 4`.
  package let loops: [String]
  package let inputs: Operand
  package let weights: Operand
  /// Where sums wait that are not complete: `accumulators`, `vmem` or `dram`.
  package let sums: String

  /// - Parameter problem: that the mapping is of.
  package init(_ mapping: Mapping, of problem: GroupProblem) {
    let (tile, isPlain) = (mapping.tile, problem.geometry == nil)
    self.tile = TileExtents(
      batch: tile.batch, m: isPlain ? tile.images : nil, images: isPlain ? nil : tile.images,
      rows: isPlain ? nil : tile.rows, columns: isPlain ? nil : tile.columns, n: tile.n, k: tile.k)
    loops = (0..<mapping.nest.depth).map {
      "\(mapping.nest.axis($0).name) x \(mapping.nest.counts[$0])"
    }
    func operand(_ hold: Mapping.Hold) -> Operand {
      Operand(stays: hold.keepsAll, loadedInLoops: hold.keepsAll ? 0 : hold.outside.nonzeroBitCount)
    }
    inputs = operand(mapping.lhs)
    weights = operand(mapping.rhs)
    sums = mapping.sums.rawValue
  }

  /// Why a description is of no mapping that can run: one line without its place.
  package struct Refusal: Error, Hashable, Sendable {
    package let reason: String
  }
}

extension MappingDescription {
  /// The mapping of a product that the description says.
  ///
  /// - Parameter vmemBytes: VMEM for slots.
  /// - Throws: `Refusal`: extents or loops that are not the product's, a capacity that is too small, with
  ///   what is wanted and what there is, and orders that the mapper does not know.
  func mapping(
    of problem: GroupProblem, _ timing: ChipTiming, vmemBytes: Int
  ) throws(Refusal) -> Mapping {
    guard let product = problem.product else {
      throw Refusal(reason: "the layer is no product, and has no mapping")
    }
    var mapping = Mapping(tile: try tile(of: problem))
    mapping.nest = try nest(mapping.tile.counts(of: problem.extents))
    let costs = TileCosts(problem, mapping.tile, timing)
    try requireAccumulators(mapping.tile, costs, problem.operandType, timing)
    guard let sums = Mapping.Sums(rawValue: sums) else {
      throw Refusal(reason: "'sums' must be accumulators, vmem or dram; found '\(self.sums)'")
    }
    mapping.sums = sums
    mapping.hasTwoHalves = costs.tilesHeld >= 2
    // What the mapper knows of this tile, as far as loops and sums go.
    var alike: [Mapping] = []
    func find(_ vmemBytes: Int) {
      MappingSpace(problem, product, timing, vmemBytes: vmemBytes).forEachMapping(costs) {
        known, _ in
        if known.nest == mapping.nest && known.sums == mapping.sums { alike.append(known) }
      }
    }
    find(vmemBytes)
    if let found = alike.first(where: { isHeldAlike($0) }) { return found }
    find(.max / 8)
    if let found = alike.first(where: { isHeldAlike($0) }) {
      let wanted = GroupProgram(problem, found, timing).vmemBytes
      throw Refusal(
        reason: "wants \(wanted) bytes of VMEM for its parts; \(max(0, vmemBytes)) are free. Use a "
          + "smaller tile, or raise vmem.capacityMebibytes")
    }
    throw Refusal(
      reason: alike.isEmpty
        ? "no mapping of this tile has the loops \(loops.joined(separator: ", ")) with sums in "
          + "\(self.sums): k is innermost where sums wait in the accumulators, and outside of m or n "
          + "where they wait elsewhere"
        : "no mapping with these loops loads inputs and weights like this; 'simtrain estimate --explain' "
          + "and --dump-mapping show some that there are")
  }

  private func tile(of problem: GroupProblem) throws(Refusal) -> Tile {
    let isPlain = problem.geometry == nil
    guard isPlain == (tile.m != nil), isPlain == (tile.images == nil),
      isPlain == (tile.rows == nil), isPlain == (tile.columns == nil)
    else {
      throw Refusal(
        reason: isPlain
          ? "the tile of a product has the extents batch, m, n, k"
          : "the tile of a convolution has the extents batch, images, rows, columns, n, k")
    }
    let made = Tile(
      batch: tile.batch, images: tile.m ?? tile.images ?? 1, rows: tile.rows ?? 1,
      columns: tile.columns ?? 1, n: tile.n, k: tile.k)
    for axis in LoopNest.Axis.allCases where !(1...problem.extents[axis]).contains(made[axis]) {
      throw Refusal(
        reason: "the tile's \(axis.name) must be from 1 to \(problem.extents[axis]); found "
          + "\(made[axis])")
    }
    return made
  }

  /// - Parameter counts: tiles along each axis.
  private func nest(_ counts: Tile) throws(Refusal) -> LoopNest {
    var nest = LoopNest()
    if loops.count > LoopNest.mostLevels {
      throw Refusal(reason: "there are at most \(LoopNest.mostLevels) loops; found \(loops.count)")
    }
    for loop in loops {
      let words = loop.split(separator: " ").map(String.init)
      guard words.count == 3, words[1] == "x", let count = Int(words[2]), count > 1,
        count <= Int(Int32.max),
        let axis = LoopNest.Axis.allCases.first(where: { $0.name == words[0] })
      else {
        throw Refusal(
          reason: "a loop is AXIS x TURNS of at least 2 turns, such as n x 4, along "
            + LoopNest.Axis.allCases.map(\.name).joined(separator: ", ") + "; found '\(loop)'")
      }
      nest.append(axis, count)
    }
    for axis in LoopNest.Axis.allCases {
      let turns = nest.turns(nest.levels(axis))
      if turns != counts[axis] {
        throw Refusal(
          reason: "the loops along \(axis.name) make \(turns) turns; with this tile there are "
            + "\(counts[axis]) tiles along it")
      }
    }
    return nest
  }

  private func requireAccumulators(
    _ tile: Tile, _ costs: TileCosts, _ type: OperandType, _ timing: ChipTiming
  ) throws(Refusal) {
    let (wanted, had) = (
      4 * tile.batch * tile.m * tile.n, timing.mxu.count * timing.mxu.accumulatorBytes
    )
    if wanted <= had && costs.tilesHeld > 0 { return }
    throw Refusal(
      reason:
        "wants \(wanted) bytes of accumulators for the sums of a tile, \(costs.arrayCost.sumRows) "
        + "rows below the fullest column; there are \(had) bytes, "
        + "\(timing.mxu.array(for: type).accumulatorRows) rows below a column. Use a smaller "
        + "tile, or raise mxu.accumulatorKibibytes")
  }

  private func isHeldAlike(_ mapping: Mapping) -> Bool {
    func matches(_ operand: Operand, _ hold: Mapping.Hold) -> Bool {
      operand.stays == hold.keepsAll
        && (operand.stays || operand.loadedInLoops == hold.outside.nonzeroBitCount)
    }
    return matches(inputs, mapping.lhs) && matches(weights, mapping.rhs)
  }
}

extension Mapper {
  /// A mapping that was chosen already, on the time axis.
  ///
  /// - Throws: `MappingDescription.Refusal` if it cannot run.
  package func pinned(
    _ description: MappingDescription, of problem: GroupProblem, vmemBytes: Int
  ) throws(MappingDescription.Refusal) -> Candidate {
    let mapping = try description.mapping(of: problem, timing, vmemBytes: vmemBytes)
    let program = GroupProgram(problem, mapping, timing)
    let costs = TileCosts(problem, mapping.tile, timing)
    let cycles = bench.cycles(
      ProgramFrame(problem).program(program), limit: .max, arrayCycles: costs.arrayCycles.occupied)
    return Candidate(program: program, bound: 0, cycles: cycles ?? .max)
  }
}
