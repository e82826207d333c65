package import GraphIR
internal import GraphPasses
internal import SystolicModel

/// A graph as the compiler sees it: values that need memory, and groups of fused instructions.
struct LoweredGraph: Sendable {
  var values: [StoredValue]
  var groups: [LoweredGroup]
  /// What the host sends, and what it fetches.
  var infeeds: [Infeed] = []
  var outfeeds: [Outfeed] = []
  /// Results that take the place of parameters.
  var donations: [(parameter: Int, result: Int)] = []

  struct Infeed: Sendable {
    var name: String
    var value: Int
  }

  struct Outfeed: Sendable {
    var name: String
    /// `nil` if it is no tensor in memory.
    var value: Int?
    var bytes: Int
    /// Which of the value's results it is.
    var copy: Int
  }
}

/// A value that is in DRAM, in VMEM or in both at some time. Views of it are the same value.
package struct StoredValue: Hashable, Sendable {
  /// Where a value is when it comes into being.
  package enum Home: Hashable, Sendable {
    /// A parameter that the host sends each time.
    case infeed(parameter: Int)
    /// A resident parameter or a constant.
    case dram
    /// The output of a group.
    case group(Int)
  }

  package var id: ValueID
  package var bytes: Int
  var elements: Int
  package var home: Home
  /// Groups that read it, ascending.
  package var uses: [Int] = []
  /// Results that it is delivered as.
  package var results: [Int] = []
  /// It is in VMEM before the program, or stays there after it, and is never copied.
  package var isHeld = false
  /// It is written into a parameter's memory, part by part, and never all in VMEM.
  package var isInPlace = false
  /// It lies in CMEM wherever others lie in DRAM.
  package var isInCMEM = false

  /// The group that computes it.
  package var producer: Int? {
    if case .group(let group) = home { group } else { nil }
  }
}

/// What a group reads.
package struct GroupInput: Hashable, Sendable {
  /// How the input is divided among the group's tiles.
  package enum Role: Hashable, Sendable {
    case lhs
    case rhs
    /// Along the group's index space.
    case tiled
    /// Every tile needs all of it.
    case whole
  }

  var value: Int
  var role: Role
  /// What is read of it where that is not all.
  var bytes: Int?
}

/// What a group computes.
struct GroupOutput: Hashable, Sendable {
  var value: Int
  /// Every tile adds to all of it (a reduction); otherwise it is divided like the index space.
  var isWhole: Bool
  /// What is written of it where that is not all.
  var bytes: Int?
}

/// Instructions that run together.
struct LoweredGroup: Sendable {
  var name: String
  var kind: String
  var product: ProductShape?
  /// The value that the product is, of the graph.
  var productValue: ValueID?
  var geometry: PatchGeometry?
  var lhsElementBytes = 0
  var rhsElementBytes = 0
  var operandType = OperandType.bf16
  /// Points of the index space.
  var elements: Int
  /// The most tiles that the index space can be divided into.
  var maximumTiles: Int
  var inputs: [GroupInput] = []
  var outputs: [GroupOutput] = []
  /// Work of the vector unit for the whole group.
  var work = VectorWork()
}

/// Lowers a graph; see `LoweredGraph`.
struct Lowering {
  let graph: Graph
  let vpu: VPUParameters
  let placement: OnChipPlacement
  private let plan: FusionPlan
  private let free: [Bool]
  /// Updates of a parameter that leave all else of it where it is.
  private let inPlace: Set<ValueID>
  private var values: [StoredValue] = []
  private var valueIndex: [Int?]

  init(
    _ graph: Graph, vpu: VPUParameters, fusion: FusionMode = .on,
    placement: OnChipPlacement = OnChipPlacement(), rows: FusionPlan.Rules.Rows? = nil
  ) {
    self.graph = graph
    self.vpu = vpu
    self.placement = placement
    var rules = fusion.rules
    if fusion == .on { rules.rows = rows }
    let plan = FusionPlan(graph, rules: rules)
    let free = graph.freeTransposes()
    self.plan = plan
    self.free = free
    inPlace = graph.updatesInPlace { free[$0.index] ? nil : plan.groupOfValue[$0.index] }
    valueIndex = [Int?](repeating: nil, count: graph.instructions.count)
  }

  /// Whether some loop runs over whole rows.
  var hasRows: Bool { plan.groups.contains { $0.rowRank != nil } }

  mutating func run() -> LoweredGraph {
    let kept = plan.groups.filter { !($0.members.count == 1 && free[$0.members[0].index]) }
    for (index, group) in kept.enumerated() {
      for output in group.outputs { add(output, home: .group(index)) }
    }
    var groups: [LoweredGroup] = []
    for (index, group) in kept.enumerated() { groups.append(lower(group, index: index)) }
    var lowered = LoweredGraph(values: [], groups: groups)
    var resultValues: [Int?] = []
    for (index, result) in graph.results.enumerated() {
      let value = stored(result.value)
      if let value { values[value].results.append(index) }
      resultValues.append(value)
    }
    hold(resultValues)
    lowered.values = values
    connect(&lowered, resultValues)
    return lowered
  }

  /// What the host sends and fetches, and which results take the place of parameters.
  private func connect(_ lowered: inout LoweredGraph, _ resultValues: [Int?]) {
    var parameters: [Int: Int] = [:]
    for (index, value) in values.enumerated() {
      if case .infeed(let parameter) = value.home, value.bytes > 0 {
        lowered.infeeds.append(.init(name: graph.parameters[parameter].name, value: index))
      }
      if case .parameter(let parameter) = graph[value.id].operation {
        parameters[parameter] = index
      }
    }
    for (index, result) in graph.results.enumerated() {
      let value = resultValues[index]
      if let donated = result.donatedParameter {
        if let value, let parameter = parameters[donated] {
          lowered.donations.append((parameter, value))
        }
        continue
      }
      let bytes = graph.type(of: result.value).byteCount
      guard bytes > 0 else { continue }
      let copy = value.flatMap { values[$0].results.firstIndex(of: index) } ?? 0
      lowered.outfeeds.append(.init(name: result.name, value: value, bytes: bytes, copy: copy))
    }
  }

  private mutating func hold(_ resultValues: [Int?]) {
    for index in values.indices {
      if case .parameter(let parameter) = graph[values[index].id].operation,
        placement.parameters.contains(parameter)
      {
        values[index].isHeld = true
        values[index].home = .dram
      }
    }
    for result in placement.results where resultValues.indices.contains(result) {
      if let value = resultValues[result] { values[value].isHeld = true }
    }
  }

  /// The value that `id` is a view of, also through transposes that cost nothing.
  private func base(of id: ValueID) -> ValueID {
    var base = graph.viewBase(of: id)
    while free[base.index] { base = graph.viewBase(of: graph[base].operands[0]) }
    return base
  }

  @discardableResult
  private mutating func add(_ id: ValueID, home: StoredValue.Home) -> Int {
    let type = graph.type(of: id)
    values.append(
      StoredValue(id: id, bytes: type.byteCount, elements: type.elementCount, home: home))
    valueIndex[id.index] = values.count - 1
    return values.count - 1
  }

  /// The stored value behind `id`; `nil` for scalars known at compile time and counters.
  private mutating func stored(_ id: ValueID) -> Int? {
    let base = base(of: id)
    if let index = valueIndex[base.index] { return index }
    switch graph[base].operation {
    case .parameter(let index):
      let isInfeed = graph.parameters[index].role == .infeed
      return add(base, home: isInfeed ? .infeed(parameter: index) : .dram)
    case .constant(let literal) where literal.type.elementCount > 1:
      return add(base, home: .dram)
    default: return nil
    }
  }

  private mutating func lower(_ group: FusionPlan.Group, index: Int) -> LoweredGroup {
    let first = group.members[0]
    let scope = graph[first].scope
    var elements = group.shape.reduce(1, *)
    if graph[first].operation.isAnyReduction, group.kind == .single {
      elements = graph.type(of: graph[first].operands[0]).elementCount
    }
    if case .randomBitGenerator(_, let type) = graph[first].operation {
      elements = type.elementCount
    }
    if inPlace.contains(first) {
      elements = graph.type(of: graph[first].operands[1]).elementCount
    }
    var lowered = LoweredGroup(
      name: scope.isEmpty ? graph[first].operation.name : scope,
      kind: group.members.map { graph[$0].operation }.filter { $0.kind != .result }
        .map(\.name).joined(separator: "+"),
      product: graph.productShape(of: first), elements: elements,
      maximumTiles: group.rowRank.map { group.shape.prefix($0).reduce(1, *) }
        ?? graph.maximumTiles(of: first, elements: elements))
    if lowered.product != nil {
      lowered.productValue = first
      lowered.geometry = graph.patchGeometry(of: first)
      lowered.operandType = OperandType(graph.type(of: graph[first].operands[0]).dtype)
      lowered.lhsElementBytes = graph.type(of: graph[first].operands[0]).dtype.byteCount
      lowered.rhsElementBytes = graph.type(of: graph[first].operands[1]).dtype.byteCount
    }
    addInputs(of: group, index: index, to: &lowered)
    for output in group.outputs {
      guard let value = valueIndex[output.index] else { continue }
      let isReduction =
        graph[output].operation.isAnyReduction || graph[first].operation.definesSeveral
      let isInPlace = inPlace.contains(output)
      values[value].isInPlace = isInPlace
      lowered.outputs.append(
        GroupOutput(
          value: value,
          isWhole: isReduction && values[value].elements != elements
            && !isOfRows(output, group),
          bytes: isInPlace ? graph.type(of: graph[output].operands[1]).byteCount : nil))
    }
    lowered.work = work(of: group, lowered)
    return lowered
  }

  private mutating func addInputs(
    of group: FusionPlan.Group, index: Int, to lowered: inout LoweredGroup
  ) {
    for member in group.members {
      for (position, operand) in graph[member].operands.enumerated() {
        let owner = plan.groupOfValue[base(of: operand).index]
        if owner != nil && owner == plan.groupOfValue[member.index] { continue }
        guard let value = stored(operand) else { continue }
        let isInPlace = inPlace.contains(member)
        if isInPlace && position == 0 { continue }
        let role: GroupInput.Role =
          if graph.productShape(of: member) != nil {
            position == 0 ? .lhs : .rhs
          } else if group.kind == .single {
            values[value].elements > 1
              && (position == (isInPlace ? 1 : 0) || graph[member].operation.kind != .indexed)
              ? .tiled : .whole
          } else {
            values[value].elements == lowered.elements || isOfRows(values[value].id, group)
              ? .tiled : .whole
          }
        let input = GroupInput(
          value: value, role: role,
          bytes: position == 0 ? graph.bytesOfSlices(member, of: values[value].bytes) : nil)
        if !lowered.inputs.contains(input) { lowered.inputs.append(input) }
        if values[value].uses.last != index { values[value].uses.append(index) }
      }
    }
  }

  private func work(of group: FusionPlan.Group, _ lowered: LoweredGroup) -> VectorWork {
    if group.kind == .single {
      return inPlace.contains(group.members[0])
        ? graph.updateWork(of: group.members[0], vpu: vpu)
        : graph.vectorWork(of: group.members[0], vpu: vpu)
    }
    let passes = RowPasses(group, of: graph)
    var work = VectorWork()
    for member in group.members where graph.productShape(of: member) == nil {
      if case .reduce(let reducer, let dimensions) = graph[member].operation {
        let operand = graph.type(of: graph[member].operands[0])
        let part = graph.reductionWork(reducer, operand, dimensions, vpu: vpu)
        work.operations = work.operations + part.operations
        work.crossLaneSteps += part.crossLaneSteps
      } else {
        work.operations =
          work.operations + passes.count(of: member)
          * graph.type(of: member).elementCount * graph.operationsPerElement(of: member)
      }
    }
    for input in lowered.inputs where input.role == .tiled || input.role == .whole {
      work.readBytes += passes.reads(of: values[input.value].id) * values[input.value].bytes
    }
    work.writtenBytes = lowered.outputs.reduce(0) { $0 + values[$1.value].bytes }
    work.operations.compare += conversions(lowered, passes)
    if lowered.product != nil {
      work.accumulatorReads = lowered.elements
    } else {
      work.loopElements = lowered.elements
    }
    return work
  }

  /// One value for each row of a loop over rows.
  private func isOfRows(_ value: ValueID, _ group: FusionPlan.Group) -> Bool {
    group.hasOneElementForEachRow(graph.type(of: value).shape)
  }

  /// Conversions at a group's edge: the vector unit computes in fp32, so that a tensor of 16-bit
  /// floats is widened on its way in and narrowed on its way out, an operation an element each.
  private func conversions(_ lowered: LoweredGroup, _ passes: RowPasses) -> Int {
    func isNarrow(_ value: Int) -> Bool {
      let type = graph.type(of: values[value].id).dtype
      return type == .bf16 || type == .f16
    }
    return lowered.inputs.reduce(0) {
      $1.role == .tiled && isNarrow($1.value)
        ? $0 + passes.reads(of: values[$1.value].id) * values[$1.value].elements : $0
    }
      + lowered.outputs.reduce(0) {
        !$1.isWhole && isNarrow($1.value) ? $0 + values[$1.value].elements : $0
      }
  }
}

extension Graph {
  /// What an instruction that takes slices reads of a tensor of so many bytes; `nil` for one that may
  /// read all of it.
  fileprivate func bytesOfSlices(_ value: ValueID, of bytes: Int) -> Int? {
    switch self[value].operation {
    case .gather, .dynamicSlice: min(bytes, type(of: value).byteCount)
    default: nil
    }
  }

  /// Transposes that only products read, and no result.
  ///
  /// They cost nothing: the matrix unit reads an operand in either orientation (as the MXU's
  /// transposed weight load does), and any other permutation is a matter of tile addresses.
  func freeTransposes() -> [Bool] {
    var free = instructions.map { instruction in
      if case .transpose = instruction.operation { true } else { false }
    }
    for instruction in instructions {
      if case .dotGeneral = instruction.operation { continue }
      for operand in instruction.operands { free[operand.index] = false }
    }
    for result in results { free[result.value.index] = false }
    return free
  }

  /// Into how many tiles the work of a group that starts with `value` can be divided.
  func maximumTiles(of value: ValueID, elements: Int) -> Int {
    let window: WindowAttributes
    switch self[value].operation {
    case .reduceWindow(_, let attributes), .selectAndScatter(let attributes): window = attributes
    case .sort(let dimension, _):
      // Lines are sorted whole.
      return max(1, elements / max(1, type(of: value).shape[dimension]))
    default: return max(1, elements)
    }
    // Along dimensions without a window, so that no tile needs its neighbour's elements.
    let shape = type(of: value).shape
    return zip(window.dimensions, shape).reduce(1) { product, dimension in
      dimension.0 == WindowDimension(size: 1) ? product * max(1, dimension.1) : product
    }
  }
}

extension Operation {
  /// A `reduce`, by a named reducer or by a region.
  fileprivate var isAnyReduction: Bool {
    switch self {
    case .reduce, .reduceByRegion: true
    default: false
    }
  }
}

extension OperandType {
  /// The type in which the array multiplies operands of an element type: f32 is rounded to bf16.
  init(_ dtype: DType) {
    switch dtype {
    case .f16: self = .fp16
    case .i8: self = .int8
    default: self = .bf16
    }
  }
}
