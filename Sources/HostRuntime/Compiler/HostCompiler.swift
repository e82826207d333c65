import GraphIR
import GraphPasses

/// Compiles a graph to steps over the host's memory.
struct HostCompiler {
  let graph: Graph
  let engine: any ProductEngine
  /// Threads that the program may run on.
  let threads: Int
  let fusion: FusionMode
  /// Which region the graph is, if it is one; see `RegionRuns`.
  let place: [Int]
  let counters: RegionCounters
  var builder: ProgramBuilder
  /// The memory of each value that is materialised.
  var slots: [Slot?]
  /// Copies of each value for convolutions, to be used again.
  var floatSources: [ValueID: [(key: FloatSource.Key, source: FloatSource)]] = [:]
  let rounding: OperandRounding
  /// Values whose memory holds them rounded to bfloat16.
  var roundedValues: Set<ValueID> = []
  /// Where values lie rounded, beside the values.
  var roundedSlots: [ValueID: Slot] = [:]
  /// For each value the parameters in whose memory it is returned.
  let donors: [[Slot]]
  let smallIntegers: SmallIntegers
  /// The constants that take part in loops as immediates need no memory; others get it on demand.
  private var plan: FusionPlan

  init(
    _ graph: Graph, engine: any ProductEngine, fusion: FusionMode = .on, threads: Int = 1,
    place: [Int] = [], counters: RegionCounters = RegionCounters()
  ) {
    self.place = place
    self.counters = counters
    self.graph = graph
    self.engine = engine
    self.threads = threads
    self.fusion = fusion
    builder = ProgramBuilder(graph)
    var donors = [[Slot]](repeating: [], count: graph.instructions.count)
    for result in graph.results {
      guard let parameter = result.donatedParameter else { continue }
      donors[result.value.index].append(builder.parameterSlot(parameter))
    }
    self.donors = donors
    smallIntegers = SmallIntegers(graph)
    rounding = OperandRounding(graph, engine: engine)
    slots = [Slot?](repeating: nil, count: graph.instructions.count)
    // Products write to memory: their epilogues are loops of their own.
    plan = FusionPlan(
      graph,
      rules: fusion == .on
        ? .init(elementwise: true, productEpilogues: false, reductions: true) : fusion.rules)
  }

  mutating func compile() -> HostProgram {
    for group in plan.groups { compile(group) }
    writeResults()
    let (steps, arenaByteCount) = builder.finish()
    return HostProgram(
      graph: graph, steps: steps, arenaByteCount: arenaByteCount, constants: builder.constants)
  }

  private mutating func compile(_ group: FusionPlan.Group) {
    if group.kind == .loop, appendLoop(group) { return }
    if group.kind == .product, group.members.count > 1 {
      compileSingle(group.members[0])
      compile(group.epilogue)
      return
    }
    if group.kind == .loop, group.members.count > 1 {
      let (loop, reductions) = group.separatingReductions(in: graph)
      if !reductions.isEmpty {
        compile(loop)
        for value in reductions { compileSingle(value) }
        return
      }
    }
    for value in group.members {
      // One member that no loop can compute does not keep the others from theirs.
      let single = FusionPlan.Group(
        kind: .loop, shape: group.shape, members: [value], inputs: [], outputs: [value])
      if group.kind == .loop, group.members.count > 1, appendLoop(single) { continue }
      compileSingle(value)
    }
  }

  mutating func compileSingle(_ value: ValueID) {
    let done: Bool =
      switch graph[value].operation {
      case .dotGeneral(let dimensions): appendDot(value, dimensions)
      case .convolution(let attributes): appendConvolution(value, attributes)
      case .reduce(let reducer, let dimensions): appendReduce(value, reducer, dimensions)
      case .randomBits(let stream): appendRandomBits(value, stream: stream)
      case .reduceWindow(let reducer, let window): appendReduceWindow(value, reducer, window)
      case .selectAndScatter(let window): appendSelectAndScatter(value, window)
      case .transpose, .reverse, .slice, .pad, .concatenate: appendMove(value)
      case .dynamicSlice: appendDynamicSlice(value, hasUpdate: false)
      case .dynamicUpdateSlice: appendDynamicSlice(value, hasUpdate: true)
      case .gather(let slices, _): appendGather(value, slices)
      case .scatter(let slices, let body): appendScatter(value, slices, body)
      case .bitcastConvert: appendBitcast(value)
      case .sort(let dimension, let comparator): appendSort(value, dimension, comparator)
      case .reduceByRegion(let dimensions, let body): appendReduce(value, dimensions, body)
      case .whileLoop(let condition, let body): appendWhile(value, condition, body)
      case .branch(let branches): appendBranch(value, branches)
      case let operation where operation.isElementwise: appendTyped(value)
      case .result: true  // with the first value of its instruction
      default: false
      }
    if !done { appendEvaluated(value) }
  }

  /// Memory for a value that a step is about to define.
  mutating func define(_ value: ValueID) -> Slot {
    let slot = builder.arenaSlot(byteCount: graph.type(of: value).byteCount)
    slots[value.index] = slot
    return slot
  }

  /// Memory for all values of an instruction.
  mutating func defineAll(_ value: ValueID) -> [Slot] {
    var slots: [Slot] = []
    for index in value.index..<value.index + graph.valueCount(at: value.index) {
      slots.append(define(ValueID(index)))
    }
    return slots
  }

  /// The memory of a value that is no view: defined before, a parameter, or a constant.
  mutating func slot(of base: ValueID) -> Slot {
    if let slot = slots[base.index] { return slot }
    let slot: Slot
    switch graph[base].operation {
    case .parameter(let index): slot = builder.parameterSlot(index)
    case .constant(let literal):
      let one = TensorType([1], literal.type.dtype)
      let stored = literal.splat.map { Literal(one, splat: $0) } ?? literal
      slot = builder.constantSlot(stored.bytes)
    case .iota(let dimension):
      let type = graph.type(of: base)
      let counts = TensorType([type.shape[dimension]], type.dtype)
      slot = builder.constantSlot(
        Literal(counts, (0..<type.shape[dimension]).map { Double($0) }).bytes)
    default: slot = define(base)
    }
    slots[base.index] = slot
    return slot
  }

  /// How a value's elements are read. Views that strides cannot express are copied first.
  mutating func view(of value: ValueID) -> StridedView {
    let type = graph.type(of: value)
    switch graph[value].operation {
    case .broadcastInDim(let dimensions):
      return view(of: graph[value].operands[0]).broadcast(to: type.shape, dimensions: dimensions)
    case .reshape:
      let source = view(of: graph[value].operands[0])
      if let view = source.reshaped(to: type.shape) { return view }
      if slots[value.index] == nil { copyDense(source, to: define(value), dtype: type.dtype) }
      return StridedView(dense: value, type)
    case .constant(let literal) where literal.splat != nil:
      return StridedView(
        base: value, shape: type.shape, strides: type.shape.map { _ in 0 })
    case .iota(let dimension):
      var strides = type.shape.map { _ in 0 }
      strides[dimension] = 1
      return StridedView(base: value, shape: type.shape, strides: strides)
    default: return StridedView(dense: value, type)
    }
  }

  /// The memory of a value's elements in dense row-major order, copied if they lie otherwise.
  mutating func denseSlot(of value: ValueID) -> Slot {
    let source = view(of: value)
    if source.isDense { return slot(of: source.base) }
    let type = graph.type(of: value)
    let copy = builder.arenaSlot(byteCount: type.byteCount)
    copyDense(source, to: copy, dtype: type.dtype)
    return copy
  }

  /// Copies a view to dense memory.
  mutating func copyDense(_ view: StridedView, to target: Slot, dtype: DType) {
    appendCopy(view, to: target, strides: TensorType(view.shape, dtype).strides, dtype: dtype)
  }

  /// Copies a view to memory with the given strides.
  ///
  /// - Parameter from: where the elements lie, if not in the memory of the view's base.
  mutating func appendCopy(
    _ view: StridedView, from: Slot? = nil, to target: Slot, strides: [Int],
    targetOffset: Int = 0, dtype: DType
  ) {
    if view.shape.contains(0) { return }
    let source = from ?? slot(of: view.base)
    let width = dtype.byteCount
    builder.append(
      .init(reads: [source], writes: [target]) { place in
        var from = place(source)
        from.byteOffset += view.offset * width
        var to = place(target)
        to.byteOffset += targetOffset * width
        return CopyStep(
          shape: view.shape, source: from, from: view.strides, target: to, to: strides,
          elementByteCount: width)
      })
  }

  /// Brings every result to its buffer: computed there if possible, else copied at the end.
  private mutating func writeResults() {
    var pending: [(source: Slot, result: Int)] = []
    for (index, result) in graph.results.enumerated() {
      let view = view(of: result.value)
      let ownsMemory = view.isDense && !graph.isView(view.base)
      if ownsMemory {
        pending.append((slot(of: view.base), index))
      } else {
        // Copied before any donated parameter is overwritten at the end.
        let type = graph.type(of: result.value)
        let copy = builder.arenaSlot(byteCount: type.byteCount)
        copyDense(view, to: copy, dtype: type.dtype)
        pending.append((copy, index))
      }
    }
    for (source, index) in pending where !builder.place(source, inResult: index) {
      let target = builder.resultSlot(index)
      let byteCount = graph.type(of: graph.results[index].value).byteCount
      builder.append(
        .init(reads: [source], writes: [target]) { place in
          CopyStep(
            shape: [byteCount], source: place(source), from: [1], target: place(target), to: [1],
            elementByteCount: 1)
        })
    }
  }
}

extension FusionPlan.Group {
  /// The loop without its reductions, which leaves what they read in memory.
  func separatingReductions(
    in graph: Graph
  ) -> (loop: FusionPlan.Group, reductions: [ValueID]) {
    var loop = self
    let reductions = members.filter { graph[$0].operation.isReduction }
    if reductions.isEmpty {
      loop.outputs.sort()
      return (loop, [])
    }
    loop.members.removeAll { graph[$0].operation.isReduction }
    var left = Set(outputs)
    for reduction in reductions {
      left.formUnion(graph[reduction].operands.map { graph.viewBase(of: $0) })
    }
    loop.outputs = loop.members.filter { left.contains($0) }.sorted()
    return (loop, reductions)
  }

  /// What follows a product, as a loop that reads the product.
  fileprivate var epilogue: FusionPlan.Group {
    var loop = self
    let product = loop.members.removeFirst()
    loop.kind = .loop
    loop.inputs = (inputs + [product]).sorted()
    loop.outputs.removeAll { $0 == product }
    return loop
  }
}
