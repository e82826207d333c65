internal import SystolicCompiler
internal import SystolicModel
internal import Units

/// Writes the tiles of one group down, one after another.
struct GroupExpansion {
  /// An input whose parts pass through slots.
  private struct Passing {
    let stream: GroupProgram.Stream
    let input: GroupProblem.Input
    let buffer: Int
    let value: Int
    /// Loops whose turns bring another part.
    let outside: UInt8
    /// The part in use and its slot; and where each part is that stays.
    var part: Int?
    var slot = 0
    var bytes = 0
    var kept: [Int: (slot: Int, bytes: Int)] = [:]
    var loads = 0
    /// The copy that brought the part in use; the last uses of it, and of the part before.
    var arrived = -1
    var used: [Int]
    var usedBefore: [Int]
    /// A copy for the next tile, which takes its place when this one is done.
    var coming: (part: Int, slot: Int, bytes: Int, copy: Int)?
  }

  /// An output whose parts pass through slots, or are copied from where they stay.
  private struct Leaving {
    let store: GroupProgram.Store
    let output: GroupProblem.Output
    let buffer: Int
    let value: Int
    var parts = 0
    /// After which the slot of the part before the last one, and that of the last, are free.
    var before: [Int]
    var last: [Int]
  }

  /// Sums on their way to the next block of `k`.
  private struct Waiting {
    let spill: GroupProgram.Spill
    let buffer: Int
    var putEnd = -1
    var loaded = -1
    var takes = 0
    var puts = 0
    var loads = 0
    var putBefore: [Int]
    var putLast: [Int]
    var storeBefore: [Int]
    var storeLast: [Int]
    /// The tile in the accumulators that the next product adds to.
    var tile: Int?
  }

  private let group: ProgramGroup
  private let index: Int
  private let arithmetic: TileArithmetic
  private var passing: [Passing] = []
  private var leaving: [Leaving] = []
  private var waiting: Waiting?
  private var operandsReady: [Int] = []
  private var inputsReady: [Int] = []
  private var outputsFree: [Int] = []
  private var openTile: Int?
  /// Points of the result in complete tiles so far, and bytes of each output that they wrote.
  private var points = 0
  private var lastVector = -1
  private var costs: [Tile: Cost] = [:]

  /// What the instructions of tiles of one size take.
  private struct Cost {
    var matmul: InstructionDuration
    var macs: Int
    var rows: Int
  }

  init(_ group: ProgramGroup, _ index: Int, _ expansion: Expansion) {
    self.group = group
    self.index = index
    arithmetic = TileArithmetic(group.program)
    let problem = group.program.problem
    for (place, input) in problem.inputs.enumerated() {
      let buffer = group.inputs[place].buffer
      let isOperand = input.role == .lhs || input.role == .rhs
      if input.place == .vmem {
        let ready = [expansion.ready[buffer]]
        if isOperand { operandsReady += ready } else { inputsReady += ready }
      } else if let stream = group.program.streams.first(where: { $0.input == place }) {
        let free = expansion.acquired(buffer)
        passing.append(
          Passing(
            stream: stream, input: input, buffer: buffer, value: group.inputs[place].value,
            outside: outside(input), used: free, usedBefore: free))
      }
    }
    for (place, output) in problem.outputs.enumerated() {
      let buffer = group.outputs[place].buffer
      let free = expansion.acquired(buffer)
      if output.place == .vmem { outputsFree += free }
      if let store = group.program.stores.first(where: { $0.output == place }) {
        let slots = output.place == .vmem ? [] : free
        leaving.append(
          Leaving(
            store: store, output: output, buffer: buffer, value: group.outputs[place].value,
            before: slots, last: slots))
      }
    }
    if let spill = group.program.spill, let buffer = group.spillBuffer {
      let free = expansion.acquired(buffer)
      outputsFree += free
      waiting = Waiting(
        spill: spill, buffer: buffer, putBefore: free, putLast: free, storeBefore: free,
        storeLast: free)
    }
  }

  private func outside(_ input: GroupProblem.Input) -> UInt8 {
    switch input.role {
    case .lhs: arithmetic.mapping.lhs.outside
    case .rhs: arithmetic.mapping.rhs.outside
    case .tiled: arithmetic.all & ~arithmetic.blocks
    case .whole: 0
    }
  }

  // MARK: Tiles

  mutating func run(_ expansion: inout Expansion) {
    enterAccumulators(&expansion)
    let counts = arithmetic.counts
    var position = [Int](repeating: 0, count: counts.count)
    load(position, &expansion)
    commit()
    var next: [Int]? = position
    while let current = next {
      position = current
      next = following(position)
      if let next {
        load(next, &expansion)
      } else {
        for load in group.loadsAfter { expansion.load(load, group, index) }
      }
      let putsNext = waiting != nil && next.map { !isFirstBlock($0) } ?? false
      let isEarly =
        putsNext && arithmetic.mapping.hasTwoHalves && waiting?.spill.isInDRAM == false
      // The tile whose sums are back; the next one's come while it is worked on.
      let restored = waiting?.tile
      let putEnd = waiting?.putEnd ?? -1
      let begins = isFirstBlock(position)
      if isEarly, let next { put(next, &expansion) }
      let product = multiply(
        position, restored: begins ? nil : restored, putEnd: begins ? -1 : putEnd, &expansion)
      if isLastBlock(position) {
        compute(position, product, isLast: next == nil, &expansion)
      } else if waiting != nil {
        take(position, product, &expansion)
      }
      if putsNext, !isEarly, let next { put(next, &expansion) }
      commit()
    }
    finish(&expansion)
  }

  private func following(_ position: [Int]) -> [Int]? {
    var next = position
    for level in next.indices.reversed() {
      next[level] += 1
      if next[level] < arithmetic.counts[level] { return next }
      next[level] = 0
    }
    return nil
  }

  private func isFirstBlock(_ position: [Int]) -> Bool {
    arithmetic.number(position, arithmetic.blocks) == 0
  }

  private func isLastBlock(_ position: [Int]) -> Bool {
    arithmetic.number(position, arithmetic.blocks) == arithmetic.turns(arithmetic.blocks) - 1
  }

  /// The first tile may fill the accumulators beside the last one of the group before only where both
  /// fit.
  private func enterAccumulators(_ expansion: inout Expansion) {
    guard group.program.hasProduct else { return }
    let timing = expansion.timing
    var whole = arithmetic.extents
    for axis in LoopNest.Axis.allCases {
      whole[axis] = min(whole[axis], arithmetic.mapping.tile[axis])
    }
    let rows = timing.arrayCost(of: arithmetic.problem.matmul(whole)).sumRows
    let capacity = timing.mxu.array(for: arithmetic.problem.operandType).accumulatorRows
    if expansion.rowsBefore + rows > capacity || !arithmetic.mapping.hasTwoHalves {
      expansion.emptied.before = expansion.emptied.last
    }
    expansion.rowsBefore = rows
  }

  private mutating func finish(_ expansion: inout Expansion) {
    for (place, output) in arithmetic.problem.outputs.enumerated() where output.place == .vmem {
      expansion.ready[group.outputs[place].buffer] = lastVector
    }
    for leaves in leaving where leaves.store.copies > 0 {
      expansion.stored[leaves.value] = leaves.last.last ?? -1
    }
  }

  // MARK: Loads

  private mutating func load(_ position: [Int], _ expansion: inout Expansion) {
    for place in passing.indices {
      let passes = passing[place]
      // Where sums wait elsewhere, what the vector unit adds is wanted in the last block only.
      if passes.input.role == .tiled && waiting != nil && !isLastBlock(position) { continue }
      let part = arithmetic.number(position, passes.outside)
      if passes.part == part || passes.kept[part] != nil {
        if let kept = passes.kept[part] {
          passing[place].coming = (part, kept.slot, kept.bytes, -1)
        }
        continue
      }
      let pattern = arithmetic.pattern(passes.input, position, passes.outside)
      let duration = expansion.timing.copy(pattern, on: passes.stream.unit, isWrite: false)
      guard duration.work > 0 else {
        passing[place].coming = (part, passes.slot, 0, -1)
        continue
      }
      let slot = passes.stream.keepsAll ? part : passes.loads % max(1, passes.stream.slots)
      let start = slot * passes.stream.slotBytes
      let copy = expansion.made.append(
        passes.stream.unit, op: group.op, group: index, duration,
        .load(value: passes.value, bytes: pattern.bytes),
        waits: [expansion.launch, expansion.stored[passes.value]] + passes.usedBefore,
        accesses: [
          .init(buffer: passes.buffer, range: start..<start + pattern.bytes, isWrite: true)
        ])
      expansion.use(passes.buffer, copy)
      expansion.lastLoad[passes.value] = copy
      passing[place].loads += 1
      passing[place].coming = (part, slot, pattern.bytes, copy)
    }
    loadSums(position, &expansion)
  }

  /// What was loaded for the next tile takes the place of what is in use.
  private mutating func commit() {
    for place in passing.indices {
      guard let coming = passing[place].coming else { continue }
      passing[place].part = coming.part
      passing[place].slot = coming.slot
      passing[place].bytes = coming.bytes
      passing[place].coming = nil
      guard coming.copy >= 0 else { continue }
      passing[place].arrived = coming.copy
      if passing[place].stream.keepsAll {
        passing[place].kept[coming.part] = (coming.slot, coming.bytes)
      } else {
        passing[place].usedBefore = passing[place].used
        passing[place].used = []
      }
    }
  }

  // MARK: Units

  /// What the arrays, or the vector unit, read of the inputs; and what they wait for.
  private func inputs(operands: Bool) -> (accesses: [ExpandedProgram.Access], waits: [Int]) {
    var accesses: [ExpandedProgram.Access] = []
    var waits = operands ? operandsReady : inputsReady
    for passes in passing where passes.stream.isOperand == operands {
      let start = passes.slot * passes.stream.slotBytes
      accesses.append(
        .init(buffer: passes.buffer, range: start..<start + passes.bytes, isWrite: false))
      waits.append(passes.arrived)
    }
    for (place, input) in arithmetic.problem.inputs.enumerated()
    where input.place == .vmem && (input.role == .lhs || input.role == .rhs) == operands {
      accesses.append(
        .init(buffer: group.inputs[place].buffer, range: 0..<input.bytes, isWrite: false))
    }
    return (accesses, waits)
  }

  private mutating func mark(
    _ instruction: Int, operands: Bool, _ expansion: inout Expansion
  ) {
    for place in passing.indices where passing[place].stream.isOperand == operands {
      passing[place].used = [instruction]
      expansion.use(passing[place].buffer, instruction)
    }
    for (place, input) in arithmetic.problem.inputs.enumerated()
    where input.place == .vmem && (input.role == .lhs || input.role == .rhs) == operands {
      expansion.use(group.inputs[place].buffer, instruction)
    }
  }

  private mutating func multiply(
    _ position: [Int], restored: Int?, putEnd: Int, _ expansion: inout Expansion
  ) -> Int {
    guard group.program.hasProduct else { return -1 }
    let part = arithmetic.part(position, arithmetic.all)
    let cost = costs[part] ?? cost(part, expansion.timing)
    costs[part] = cost
    let tile =
      restored ?? openTile
      ?? expansion.made.addSums(
        bytes: 4 * arithmetic.elements(part), rows: cost.rows)
    openTile = tile
    let (accesses, waits) = inputs(operands: true)
    let free =
      arithmetic.mapping.hasTwoHalves ? expansion.emptied.before : expansion.emptied.last
    let product = expansion.made.append(
      .mxu, op: group.op, group: index, cost.matmul, .matmul(macs: cost.macs),
      waits: [expansion.launch, putEnd, free] + waits, accesses: accesses, sums: .adds(tile))
    mark(product, operands: true, &expansion)
    return product
  }

  private func cost(_ part: Tile, _ timing: ChipTiming) -> Cost {
    let tile = arithmetic.problem.matmul(part)
    return Cost(
      matmul: timing.matmul(tile), macs: part.batch * part.m * part.n * part.k,
      rows: timing.arrayCost(of: tile).sumRows)
  }

  /// The vector unit takes the tile's sums, if it has any, and writes the results.
  private mutating func compute(
    _ position: [Int], _ product: Int, isLast: Bool, _ expansion: inout Expansion
  ) {
    let part = arithmetic.part(position, arithmetic.all)
    var (accesses, waits) = inputs(operands: false)
    let ranges = writtenRanges(arithmetic.elements(part))
    for (place, range) in ranges.enumerated() {
      accesses.append(.init(buffer: group.outputs[place].buffer, range: range, isWrite: true))
    }
    waits += [expansion.launch, product] + outputsFree
    for leaves in leaving where leaves.store.slots > 0 {
      waits += leaves.store.slots > 1 ? leaves.before : leaves.last
    }
    let vector = expansion.made.append(
      .vpu, op: group.op, group: index, expansion.timing.vector(arithmetic.vectorWork(part)),
      .vector, waits: waits, accesses: accesses, sums: openTile.map { .empties($0) })
    lastVector = vector
    openTile = nil
    mark(vector, operands: false, &expansion)
    for output in group.outputs { expansion.use(output.buffer, vector) }
    if group.program.hasProduct { emptied(by: vector, &expansion) }
    points += arithmetic.elements(part)
    for place in leaving.indices where isLast || !leaving[place].store.isWhole {
      store(place, position, ranges[leaving[place].store.output], after: vector, &expansion)
    }
  }

  /// The bytes of each output's buffer that a tile with so many points writes.
  private func writtenRanges(_ elements: Int) -> [Range<Int>] {
    arithmetic.problem.outputs.enumerated().map { place, output in
      if output.isWhole { return 0..<output.bytes }
      if output.place == .vmem {
        return arithmetic.bytes(
          output, elements: points)..<arithmetic.bytes(output, elements: points + elements)
      }
      guard let leaves = leaving.first(where: { $0.store.output == place }) else { return 0..<0 }
      let start = leaves.parts % max(1, leaves.store.slots) * leaves.store.slotBytes
      return start..<start + arithmetic.bytes(output, elements: elements)
    }
  }

  private func emptied(by vector: Int, _ expansion: inout Expansion) {
    expansion.emptied = (expansion.emptied.last, vector)
  }

  private mutating func store(
    _ place: Int, _ position: [Int], _ range: Range<Int>, after vector: Int,
    _ expansion: inout Expansion
  ) {
    let leaves = leaving[place]
    let pattern = arithmetic.pattern(leaves.output, position)
    let duration = expansion.timing.copy(pattern, on: leaves.store.unit, isWrite: true)
    var last = vector
    for copy in 0..<leaves.store.copies where duration.work > 0 {
      last = expansion.made.append(
        leaves.store.unit, op: group.op, group: index, duration,
        .store(value: leaves.value, bytes: pattern.bytes), waits: [expansion.launch, vector],
        accesses: [.init(buffer: leaves.buffer, range: range, isWrite: false)])
      let outfeed = group.fetched.isEmpty ? -1 : group.fetched[leaves.store.number(in: group)][copy]
      if outfeed >= 0 { expansion.delivers(last, outfeed: outfeed) }
      expansion.use(leaves.buffer, last)
    }
    leaving[place].parts += 1
    leaving[place].before = leaves.last
    leaving[place].last = [last]
  }

  // MARK: Sums that wait

  /// Where a tile's sums wait: its number among the tiles inside the loop over `k`.
  private func place(_ position: [Int]) -> Int {
    let block = arithmetic.axes.firstIndex(of: .k) ?? 0
    let inside = arithmetic.counts.indices.reduce(UInt8(0)) {
      $1 > block ? $0 | 1 << UInt8($1) : $0
    }
    return arithmetic.number(position, inside)
  }

  private func sumBytes(_ position: [Int]) -> Int {
    4 * arithmetic.elements(arithmetic.part(position, arithmetic.all))
  }

  private mutating func take(
    _ position: [Int], _ product: Int, _ expansion: inout Expansion
  ) {
    guard var sums = waiting else { return }
    let part = arithmetic.part(position, arithmetic.all)
    let bytes = sumBytes(position)
    let slot = sums.spill.isInDRAM ? sums.takes % 2 : place(position)
    let start = slot * sums.spill.slotBytes
    let vector = expansion.made.append(
      .vpu, op: group.op, group: index, expansion.timing.vector(arithmetic.takingSums(part)),
      .take,
      waits: [expansion.launch, product]
        + (sums.spill.isInDRAM ? sums.storeBefore : outputsFree),
      accesses: [.init(buffer: sums.buffer, range: start..<start + bytes, isWrite: true)],
      sums: openTile.map { .empties($0) })
    lastVector = vector
    sums.takes += 1
    expansion.use(sums.buffer, vector)
    emptied(by: vector, &expansion)
    openTile = nil
    if sums.spill.isInDRAM {
      let store = expansion.made.append(
        .dmaStore, op: group.op, group: index,
        expansion.timing.copy(TransferPattern(bytes: bytes), on: .dmaStore, isWrite: true),
        .storeSums(place: place(position), bytes: bytes), waits: [expansion.launch, vector],
        accesses: [.init(buffer: sums.buffer, range: start..<start + bytes, isWrite: false)])
      expansion.use(sums.buffer, store)
      sums.storeBefore = sums.storeLast
      sums.storeLast = [store]
    }
    waiting = sums
  }

  private mutating func loadSums(_ position: [Int], _ expansion: inout Expansion) {
    guard var sums = waiting, sums.spill.isInDRAM, !isFirstBlock(position) else { return }
    let bytes = sumBytes(position)
    let start = (2 + sums.loads % 2) * sums.spill.slotBytes
    sums.loaded = expansion.made.append(
      .dmaLoad, op: group.op, group: index,
      expansion.timing.copy(TransferPattern(bytes: bytes), on: .dmaLoad, isWrite: false),
      .loadSums(place: place(position), bytes: bytes),
      waits: [expansion.launch] + sums.storeBefore + sums.putBefore,
      accesses: [.init(buffer: sums.buffer, range: start..<start + bytes, isWrite: true)])
    expansion.use(sums.buffer, sums.loaded)
    sums.loads += 1
    waiting = sums
  }

  private mutating func put(_ position: [Int], _ expansion: inout Expansion) {
    guard var sums = waiting else { return }
    let part = arithmetic.part(position, arithmetic.all)
    let slot = sums.spill.isInDRAM ? 2 + sums.puts % 2 : place(position)
    let start = slot * sums.spill.slotBytes
    let cost = costs[part] ?? cost(part, expansion.timing)
    costs[part] = cost
    let tile = expansion.made.addSums(bytes: sumBytes(position), rows: cost.rows)
    let vector = expansion.made.append(
      .vpu, op: group.op, group: index, expansion.timing.vector(arithmetic.puttingSums(part)),
      .put, waits: [expansion.launch, sums.spill.isInDRAM ? sums.loaded : -1],
      accesses: [
        .init(
          buffer: sums.buffer, range: start..<start + sumBytes(position), isWrite: false)
      ], sums: .restores(tile))
    expansion.use(sums.buffer, vector)
    sums.puts += 1
    sums.putEnd = vector
    sums.putBefore = sums.putLast
    sums.putLast = [vector]
    sums.tile = tile
    waiting = sums
  }
}

extension GroupProgram.Store {
  /// Its place among the group's stores.
  fileprivate func number(in group: ProgramGroup) -> Int {
    group.program.stores.firstIndex { $0.output == output } ?? 0
  }
}
