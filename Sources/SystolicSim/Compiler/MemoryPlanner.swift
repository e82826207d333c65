/// Decides which values stay in VMEM, which pass through it in tiles, and when copies start.
///
/// If everything fits, everything stays: a value is in VMEM from its load or computation to its
/// last use, and loads start as early as there is room. If not, values are kept in the order of
/// DRAM traffic saved for the bytes and groups that they occupy, up to a share of the memory; the
/// rest of it is for tiles.
struct MemoryPlanner {
  let graph: LoweredGraph
  let mxu: MXUParameters
  let options: PlanOptions
  /// Bytes planned for in each group.
  private var usage: [Int] = []
  private var residentBuffer: [Int?] = []
  private var plan: MemoryPlan
  private var loadStart: [Int?] = []

  init(_ graph: LoweredGraph, mxu: MXUParameters, options: PlanOptions) {
    self.graph = graph
    self.mxu = mxu
    self.options = options
    plan = MemoryPlan(
      tilings: [], inputs: [], outputs: [], lifetimes: [], loads: [], addresses: [], peakBytes: 0)
  }

  /// A plan within the budget.
  mutating func run() throws(PlanFailure) -> MemoryPlan {
    var failure = PlanFailure(group: 0, wantedBytes: 0)
    // Shares of the memory for values that stay, in eighths; then the whole again with room for
    // what best fit wastes.
    for (share, room) in [(8, 8), (6, 8), (4, 8), (2, 8), (4, 6), (0, 8), (0, 6), (0, 4)] {
      let budget = options.budget / 8 * room
      do {
        try attempt(budget: budget, residentShare: share)
        for (prefetching, linger) in [(true, Int.max), (true, 4), (true, 1), (true, 0), (false, 0)]
        {
          let made = finish(budget: prefetching ? budget : 0, linger: linger)
          if made.peakBytes <= options.budget { return made }
        }
      } catch {
        failure = error
      }
    }
    throw failure
  }

  // MARK: What stays

  /// The groups during which a value is in VMEM if it stays.
  private func span(of value: StoredValue) -> ClosedRange<Int>? {
    if value.isHeld { return graph.groups.isEmpty ? nil : 0...graph.groups.count - 1 }
    return switch value.home {
    case .group(let producer): producer...max(producer, value.uses.last ?? producer)
    case .infeed, .dram:
      value.uses.first.map { $0...max($0, value.uses.last ?? $0) }
    }
  }

  /// DRAM bytes saved if the value stays.
  private func saving(of value: StoredValue) -> Int {
    value.producer == nil
      ? (value.uses.count - 1) * value.bytes
      : (value.uses.count + (value.results.isEmpty ? 1 : 0)) * value.bytes
  }

  private mutating func attempt(budget: Int, residentShare: Int) throws(PlanFailure) {
    usage = [Int](repeating: 0, count: graph.groups.count)
    residentBuffer = [Int?](repeating: nil, count: graph.values.count)
    plan.lifetimes = []
    keepValues(limit: budget / 8 * residentShare, everything: residentShare == 8)
    plan.tilings = []
    plan.inputs = []
    plan.outputs = []
    for index in graph.groups.indices { try placeGroup(index, budget: budget) }
  }

  private mutating func keepValues(limit: Int, everything: Bool) {
    var order: [(density: Double, index: Int)] = []
    for (index, value) in graph.values.enumerated() {
      guard let span = span(of: value), value.bytes > 0 else { continue }
      let saving = Double(saving(of: value))
      if saving <= 0 && !everything && !value.isHeld { continue }
      let density = saving / (Double(value.bytes) * Double(span.count))
      order.append((value.isHeld ? .infinity : density, index))
    }
    order.sort { ($1.density, $0.index) < ($0.density, $1.index) }
    for (_, index) in order {
      let value = graph.values[index]
      guard let span = span(of: value) else { continue }
      let bytes = value.bytes.alignedForVMEM
      if !value.isHeld && span.contains(where: { usage[$0] > limit - bytes }) { continue }
      for group in span { usage[group] += bytes }
      residentBuffer[index] = plan.lifetimes.count
      plan.lifetimes.append(
        .init(
          label: "%\(value.id.index)", bytes: bytes, first: span.lowerBound, last: span.upperBound))
    }
  }

  // MARK: Tiles

  private mutating func placeGroup(_ index: Int, budget: Int) throws(PlanFailure) {
    let group = graph.groups[index]
    let search = TileSearch(
      group: group, values: graph.values, mxu: mxu,
      streamedInputs: group.inputs.map { residentBuffer[$0.value] == nil },
      streamedOutputs: group.outputs.map { residentBuffer[$0.value] == nil }, options: options)
    guard let tiling = search.best(budget: budget - usage[index]) else {
      throw PlanFailure(group: index, wantedBytes: usage[index] + search.smallestWorkingBytes)
    }
    plan.tilings.append(tiling)
    usage[index] += search.workingBytes(tiling)
    var inputs: [MemoryPlan.Placement] = []
    for input in group.inputs {
      inputs.append(
        placement(
          of: input.value, in: index, slots: search.slotCount(input, tiling),
          bytes: search.slotBytes(input, tiling)))
    }
    plan.inputs.append(inputs)
    var outputs: [MemoryPlan.Placement] = []
    for output in group.outputs {
      outputs.append(
        placement(
          of: output.value, in: index, slots: search.slotCount(output, tiling),
          bytes: search.slotBytes(output, tiling)))
    }
    plan.outputs.append(outputs)
  }

  private mutating func placement(
    of value: Int, in group: Int, slots: Int, bytes: Int
  ) -> MemoryPlan.Placement {
    if let buffer = residentBuffer[value] { return .resident(buffer: buffer) }
    let first = plan.lifetimes.count
    for slot in 0..<slots {
      plan.lifetimes.append(
        .init(
          label: "%\(graph.values[value].id.index) slot \(slot)", bytes: bytes, first: group,
          last: group))
    }
    return .slots(Array(first..<first + slots))
  }

  // MARK: Copies ahead of use

  /// Starts loads as early as `budget` allows and gives addresses. No buffer is used again for
  /// `linger` groups after its last use, so that nothing waits for a copy to leave it.
  private func finish(budget: Int, linger: Int) -> MemoryPlan {
    var made = plan
    var usage = usage
    var loads: [MemoryPlan.Load] = []
    for (value, buffer) in residentBuffer.enumerated() {
      guard let buffer, graph.values[value].producer == nil, !graph.values[value].isHeld,
        let firstUse = graph.values[value].uses.first
      else { continue }
      loads.append(.init(value: value, buffer: buffer, firstUse: firstUse))
    }
    loads.sort { ($0.firstUse, $0.value) < ($1.firstUse, $1.value) }
    made.loads = Array(repeating: [], count: graph.groups.count)
    for load in loads {
      let bytes = made.lifetimes[load.buffer].bytes
      var start = load.firstUse
      while start > 0 && usage[start - 1] <= budget - bytes {
        start -= 1
        usage[start] += bytes
      }
      made.lifetimes[load.buffer].first = start
      made.loads[start].append(load)
    }
    let end = graph.groups.count
    (made.addresses, made.peakBytes) = Allocator.place(
      made.lifetimes.map { lifetime in
        var lifetime = lifetime
        lifetime.last += min(linger, end - lifetime.last)
        return lifetime
      })
    return made
  }
}

extension TileSearch {
  /// Bytes of the slots with the smallest tiles that there are.
  var smallestWorkingBytes: Int {
    guard let product = group.product else {
      let tiles = min(group.maximumTiles, max(1, group.elements))
      return workingBytes(Tiling(elements: max(1, group.elements / tiles)))
    }
    return workingBytes(Tiling(k: max(1, min(mxu.rows, product.k))))
  }
}
