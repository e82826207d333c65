internal import SystolicModel
internal import Units

/// Decides which values stay in VMEM, which pass through it in tiles, and when copies start.
///
/// A value that stays is in VMEM from its load or computation to its last use, and loads start as early
/// as there is room. Values are kept in the order of DRAM traffic saved for the bytes and groups that
/// they occupy, up to a share of the memory; the rest of it is for tiles, which the mapper chooses.
struct ProgramPlanner {
  let graph: LoweredGraph
  let mapper: Mapper
  /// VMEM that the plan may use, in bytes.
  let budget: Int
  /// Bytes planned for in each group.
  private var usage: [Int] = []
  private var residentBuffer: [Int?] = []
  private var lifetimes: [Allocator.Lifetime] = []
  private var labels: [String] = []
  private var groups: [PlannedGroup] = []

  private struct PlannedGroup {
    var program: GroupProgram
    var inputs: [Int]
    var outputs: [Int]
    var spill: Int?
  }

  /// Why a plan could not be made.
  struct Failure: Error {
    /// The group that does not fit.
    var group: Int
    /// Bytes that it needs with the smallest tiles.
    var wantedBytes: Int
  }

  init(_ graph: LoweredGraph, mapper: Mapper, budget: Int) {
    self.graph = graph
    self.mapper = mapper
    self.budget = budget
  }

  /// Shares of the memory for values that stay, in eighths, and of what may be planned for; the rest is
  /// for what best fit wastes.
  private static let shares = [(8, 8), (6, 8), (4, 8), (2, 8), (4, 6), (0, 8), (0, 6), (0, 4)]

  /// A program within the budget.
  mutating func run() throws(Failure) -> Program {
    var failure = Failure(group: 0, wantedBytes: 0)
    for (share, room) in Self.shares {
      let budget = budget / 8 * room
      do {
        try attempt(budget: budget, residentShare: share)
        for (prefetches, linger) in [(true, 4), (true, 1), (true, 0), (false, 0)] {
          if let made = finish(budget: prefetches ? budget : 0, linger: linger) { return made }
        }
      } catch {
        // With less to plan for it wants no more.
        if failure.wantedBytes == 0 { failure = error }
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

  /// Nothing is gained if it stays, nor could it be loaded before the group that reads it.
  private func isPointless(_ value: StoredValue) -> Bool {
    value.producer == nil && value.uses == [0]
      || value.producer != nil && value.uses.isEmpty && graph.groups.count == 1
  }

  private mutating func attempt(budget: Int, residentShare: Int) throws(Failure) {
    usage = [Int](repeating: 0, count: graph.groups.count)
    residentBuffer = [Int?](repeating: nil, count: graph.values.count)
    lifetimes = []
    labels = []
    groups = []
    keepValues(limit: budget / 8 * residentShare, everything: residentShare == 8)
    for index in graph.groups.indices { try placeGroup(index, budget: budget) }
  }

  private mutating func keepValues(limit: Int, everything: Bool) {
    var order: [(density: Double, index: Int)] = []
    for (index, value) in graph.values.enumerated() {
      guard let span = span(of: value), value.bytes > 0, !value.isInPlace else { continue }
      let saving = Double(saving(of: value))
      if !value.isHeld && (saving <= 0 && !everything || isPointless(value)) { continue }
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
      residentBuffer[index] = buffer("%\(value.id.index)", bytes, span)
    }
  }

  private mutating func buffer(_ label: String, _ bytes: Int, _ span: ClosedRange<Int>) -> Int {
    lifetimes.append(.init(bytes: bytes, first: span.lowerBound, last: span.upperBound))
    labels.append(label)
    return lifetimes.count - 1
  }

  // MARK: Tiles

  private mutating func placeGroup(_ index: Int, budget: Int) throws(Failure) {
    let problem = graph.problem(of: index) { residentBuffer[$0] != nil }
    let left = budget - usage[index]
    // Few different amounts, so that what is known of one group holds for others and other plans.
    let offered = graph.groups.count == 1 ? left : left.roundedDown(toSignificantBits: 8)
    guard let program = mapper.best(problem, vmemBytes: offered) else {
      throw Failure(group: index, wantedBytes: usage[index] + mapper.leastBytes(problem))
    }
    usage[index] += program.vmemBytes
    place(program, in: index)
  }

  private mutating func place(_ program: GroupProgram, in index: Int) {
    let group = graph.groups[index]
    var planned = PlannedGroup(program: program, inputs: [], outputs: [], spill: nil)
    for (place, input) in group.inputs.enumerated() {
      let bytes = program.streams.first { $0.input == place }.map { $0.slots * $0.slotBytes }
      planned.inputs.append(slots(of: input.value, bytes ?? 0, in: index))
    }
    for (place, output) in group.outputs.enumerated() {
      let bytes = program.stores.first { $0.output == place }.map { $0.slots * $0.slotBytes }
      planned.outputs.append(slots(of: output.value, bytes ?? 0, in: index))
    }
    if let spill = program.spill {
      planned.spill = buffer("sums", spill.slots * spill.slotBytes, index...index)
    }
    groups.append(planned)
  }

  private mutating func slots(of value: Int, _ bytes: Int, in group: Int) -> Int {
    residentBuffer[value]
      ?? buffer("%\(graph.values[value].id.index) tiles", bytes, group...group)
  }

  // MARK: Copies ahead of use

  /// Starts loads as early as `budget` allows and gives addresses. No buffer is used again for
  /// `linger` groups after its last use, so that nothing waits for a copy to leave it.
  ///
  /// - Returns: `nil` if that takes more memory than there is.
  private func finish(budget: Int, linger: Int) -> Program? {
    var lifetimes = lifetimes
    var usage = usage
    var loads: [(value: Int, buffer: Int, firstUse: Int)] = []
    for (value, buffer) in residentBuffer.enumerated() {
      guard let buffer, graph.values[value].producer == nil, !graph.values[value].isHeld,
        let firstUse = graph.values[value].uses.first
      else { continue }
      loads.append((value, buffer, firstUse))
    }
    loads.sort { ($0.firstUse, $0.value) < ($1.firstUse, $1.value) }
    var starts = [[(value: Int, buffer: Int, firstUse: Int)]](
      repeating: [], count: graph.groups.count)
    for load in loads {
      let bytes = lifetimes[load.buffer].bytes
      var start = load.firstUse
      while start > 0 && usage[start - 1] <= budget - bytes {
        start -= 1
        usage[start] += bytes
      }
      lifetimes[load.buffer].first = start
      starts[start].append(load)
    }
    let end = max(0, graph.groups.count - 1)
    var longer = lifetimes
    for index in longer.indices { longer[index].last = min(end, longer[index].last + linger) }
    let allocator = Allocator(
      longer, groups: graph.groups.count, sideBySide: self.budget, limit: self.budget)
    guard allocator.peakBytes <= self.budget else { return nil }
    var assembly = ProgramAssembly(graph, mapper.timing)
    assembly.setBuffers(labels, lifetimes, longer, allocator)
    for (index, group) in groups.enumerated() {
      let (before, after) = (
        starts[index].filter { $0.firstUse == index }, starts[index].filter { $0.firstUse != index }
      )
      assembly.append(
        group.program, index, inputs: group.inputs, outputs: group.outputs, spill: group.spill,
        before: before.map { ($0.value, $0.buffer) }, after: after.map { ($0.value, $0.buffer) })
    }
    return assembly.program()
  }
}

extension LoweredGraph {
  /// A group as the mapper sees it.
  func problem(of index: Int, isInVMEM: (_ value: Int) -> Bool) -> GroupProblem {
    let group = groups[index]
    func place(_ value: Int) -> GroupProblem.Place {
      if isInVMEM(value) { return .vmem }
      return values[value].isInCMEM ? .cmem : .dram
    }
    return GroupProblem(
      product: group.product, geometry: group.geometry, operandType: group.operandType,
      lhsElementBytes: group.lhsElementBytes, rhsElementBytes: group.rhsElementBytes,
      elements: group.elements, maximumTiles: group.maximumTiles,
      inputs: group.inputs.map {
        let value = values[$0.value]
        return .init(
          role: $0.role, bytes: $0.bytes ?? value.bytes,
          elementBytes: value.elements > 0 ? value.bytes / value.elements : 0,
          place: place($0.value))
      },
      outputs: group.outputs.map {
        let value = values[$0.value]
        let isIn = isInVMEM($0.value)
        let spills = !isIn && (!value.uses.isEmpty || value.isInPlace)
        let stores =
          value.isHeld || value.bytes == 0
          ? 0 : max(value.results.count, spills ? 1 : 0)
        return .init(
          bytes: $0.bytes ?? value.bytes, isWhole: $0.isWhole, place: place($0.value),
          stores: stores,
          storesToCMEM: value.isInCMEM)
      },
      work: group.work)
  }
}

extension Int {
  /// A positive number with all but its highest bits cleared.
  fileprivate func roundedDown(toSignificantBits bits: Int) -> Int {
    guard self > 0 else { return self }
    let lost = Swift.max(0, Int.bitWidth - leadingZeroBitCount - bits)
    return (self >> lost) << lost
  }
}
