internal import CKernels
import GraphIR
import GraphPasses

extension HostCompiler {
  /// Compiles elementwise instructions of one shape, and reductions of what they compute, into one
  /// loop. Reductions that cannot be fused follow it.
  ///
  /// - Returns: `false`, having changed nothing, if a member is of a type that loops do not have.
  mutating func appendLoop(_ whole: FusionPlan.Group) -> Bool {
    var (group, reductions) = whole.separatingReductions(in: graph)
    guard var lowering = LoopLowering(graph, group, smallIntegers: smallIntegers) else {
      return false
    }
    let read = reductions.compactMap { lowering.operand(ofMember: graph[$0].operands[0]) }
    lowering.body.formSuperinstructions(keeping: lowering.outputs.map(\.operand) + read)
    let type = TensorType(group.shape, .f32)
    if type.elementCount == 0 {
      for output in group.outputs { _ = define(output) }
      for value in reductions { compileSingle(value) }
      return true
    }
    var shape = group.shape
    var views = lowering.views.map { loopView(of: $0, shape: shape) }
    var coalesced = coalesce(views, shape: shape)
    if coalesced.sizes.last ?? 1 < Self.shortRow, type.elementCount > Self.smallTensor {
      shape = withLongerRows(&views, coalesced)
      coalesced = coalesce(views, shape: shape)
    }
    if coalesced.sizes.last ?? 1 < Self.shortRow && type.elementCount <= Self.smallTensor {
      for index in views.indices where !views[index].strided.isScalar {
        views[index] = densified(views[index])
      }
      coalesced = coalesce(views, shape: shape)
    }
    for index in views.indices where (coalesced.strides[index].last ?? 0) > 1 {
      views[index] = densified(views[index])
    }
    coalesced = coalesce(views, shape: shape)
    // A region may reduce what it reads; that is no value of the loop.
    let foreign = reductions.filter { lowering.operand(ofMember: graph[$0].operands[0]) == nil }
    reductions.removeAll { foreign.contains($0) }
    let fused = fusible(&reductions, sizes: &coalesced.sizes, strides: &coalesced.strides)
    let stored = Set(whole.outputs + reductions.map { graph[$0].operands[0] })
    appendLoopStep(
      lowering, views, coalesced: coalesced, group: group, reductions: fused, stored: stored)
    for value in reductions + foreign { compileSingle(value) }
    return true
  }

  /// Joins short rows of a large tensor into longer ones: what repeats from row to row (a bias over
  /// a few features) is written out that many times, anything else that keeps them apart in full.
  ///
  /// - Returns: the shape in which the views are now seen.
  private mutating func withLongerRows(
    _ views: inout [LoopView], _ coalesced: (sizes: [Int], strides: [[Int]])
  ) -> [Int] {
    let sizes = coalesced.sizes
    guard let inner = sizes.last, sizes.count > 1 else { return sizes }
    let rows = sizes[sizes.count - 2]
    let most = max(1, min(rows, Self.joinedRow / inner))
    let joined = (1...most).last { rows % $0 == 0 } ?? 1
    let split = sizes.dropLast(2) + [rows / joined, joined, inner]
    for index in views.indices {
      let strides = coalesced.strides[index]
      let step = strides[strides.count - 2]
      views[index].strided.shape = Array(split)
      views[index].strided.strides = strides.dropLast(2) + [step * joined, step, strides.last ?? 0]
      let isEven = step == (strides.last ?? 0) * inner
      if isEven { continue }
      if step == 0 {
        views[index] = repeated(views[index], rows: joined, of: inner)
      } else {
        views[index] = densified(views[index])
      }
    }
    return Array(split)
  }

  /// The view with its last two dimensions, which repeat along the others, in memory.
  private mutating func repeated(_ view: LoopView, rows: Int, of inner: Int) -> LoopView {
    var tile = view
    tile.strided.shape = [rows, inner]
    tile.strided.strides = Array(view.strided.strides.suffix(2))
    guard view.strided.strides.dropLast(2).allSatisfy({ $0 == 0 }) else { return densified(view) }
    var result = densified(tile)
    result.strided.shape = view.strided.shape
    result.strided.strides = view.strided.shape.dropLast(2).map { _ in 0 } + [inner, 1]
    result.strided.base = view.strided.base
    return result
  }

  /// Rows are joined up to this length.
  private static let joinedRow = 1024
  /// Rows shorter than this are not worth a block each if the tensor is small enough to copy.
  private static let shortRow = 64
  private static let smallTensor = 16_384

  /// A tensor that a loop reads.
  struct LoopView {
    var slot: Slot
    var strided: StridedView
    var dtype: DType
  }

  private mutating func loopView(of view: LoopLowering.View, shape: [Int]) -> LoopView {
    var strided = self.view(of: view.value)
    // The predicate of a `select` may be a scalar.
    if strided.shape != shape { strided = strided.broadcast(to: shape, dimensions: []) }
    var result = LoopView(
      slot: slot(of: strided.base), strided: strided, dtype: graph.type(of: view.value).dtype)
    // Loads convert whole blocks; what is spread over a block is converted beforehand.
    if result.dtype != .f32 && !view.isLoaded { result = widened(result) }
    return result
  }

  /// The view's whole base as `f32`, seen in the same way.
  private mutating func widened(_ view: LoopView) -> LoopView {
    let count = zip(view.strided.shape, view.strided.strides).reduce(view.strided.offset + 1) {
      $0 + max(0, ($1.0 - 1) * $1.1)
    }
    var result = view
    result.slot = builder.arenaSlot(byteCount: count * 4)
    result.dtype = .f32
    appendWidening(view.slot, dtype: view.dtype, to: result.slot, count: count)
    return result
  }

  /// The view's elements copied to dense memory.
  private mutating func densified(_ view: LoopView) -> LoopView {
    let type = TensorType(view.strided.shape, view.dtype)
    if view.strided.isDense { return view }
    let (source, target) = (view.slot, builder.arenaSlot(byteCount: type.byteCount))
    let strided = view.strided
    builder.append(
      .init(reads: [source], writes: [target]) { place in
        var from = place(source)
        from.byteOffset += strided.offset * type.dtype.byteCount
        return CopyStep(
          shape: type.shape, source: from, from: strided.strides, target: place(target),
          to: type.strides, elementByteCount: type.dtype.byteCount)
      })
    return LoopView(
      slot: target, strided: StridedView(dense: view.strided.base, type), dtype: view.dtype)
  }

  /// Merges dimensions over all views and the dense outputs, which come last.
  private func coalesce(_ views: [LoopView], shape: [Int]) -> (sizes: [Int], strides: [[Int]]) {
    let dense = StridedView(dense: ValueID(0), TensorType(shape, .f32))
    guard let merged = Coalesced(views.map(\.strided) + [dense]) else { return ([], []) }
    return (merged.sizes, merged.strides)
  }

  /// What a loop leaves: a value in memory, or in private memory for reductions alone.
  private struct LoopTarget {
    var value: ValueID
    var slot: Slot?
    var dtype: DType
    var isRounded = false
  }

  private mutating func appendLoopStep(
    _ lowering: LoopLowering, _ views: [LoopView],
    coalesced: (sizes: [Int], strides: [[Int]]), group: FusionPlan.Group,
    reductions: [FusedReduction], stored: Set<ValueID>
  ) {
    let scalars = views.indices.map { (coalesced.strides[$0].last ?? 0) == 0 }
    let denseStrides = coalesced.strides[views.count]
    // A parameter read only where it is written may be overwritten in place; a reduction writes
    // elsewhere than it reads.
    var inPlace = reductions.isEmpty ? Set(views.map(\.slot)) : []
    for (index, view) in views.enumerated()
    where coalesced.strides[index] != denseStrides || view.strided.offset != 0 {
      inPlace.remove(view.slot)
    }
    var lowering = lowering
    let (outputs, targets, sources) = loopTargets(
      &lowering, views, group: group, reductions: reductions, stored: stored)
    let code = LoopCode(lowering.body, viewIsScalar: scalars, outputs: outputs)
    let results = reductions.map { reductionTarget($0) }
    builder.append(
      .init(
        reads: views.map(\.slot), writes: targets.compactMap(\.slot) + results, inPlace: inPlace
      ) { place in
        let reads = views.enumerated().map { index, view in
          access(
            place(view.slot), coalesced.strides[index], offset: view.strided.offset,
            dtype: view.dtype)
        }
        let writes = targets.map {
          access($0.slot.map(place), denseStrides, offset: 0, dtype: $0.dtype)
        }
        return LoopStep(
          code: code, accesses: reads + writes, sizes: coalesced.sizes,
          reductions: zip(reductions, zip(sources, results)).map { reduction, ends in
            LoopStep.Reduction(
              kind: reduction.kind, access: reads.count + ends.0, target: place(ends.1),
              rows: reduction.rows, columns: reduction.columns)
          })
      })
    for (reduction, result) in zip(reductions, results) { narrow(result, to: reduction.value) }
  }

  /// What the loop leaves, and which of it each reduction reads.
  private mutating func loopTargets(
    _ lowering: inout LoopLowering, _ views: [LoopView], group: FusionPlan.Group,
    reductions: [FusedReduction], stored: Set<ValueID>
  ) -> (outputs: [LoopCode.Output], targets: [LoopTarget], sources: [Int]) {
    var outputs: [LoopCode.Output] = []
    var targets: [LoopTarget] = []
    let inside = Set(group.members + reductions.map(\.value))
    for (value, output) in zip(group.outputs, lowering.outputs) where stored.contains(value) {
      let form = rounding.form(of: value, inside: inside, in: graph)
      let donors = donors[value.index]
      var operand = output.operand
      if form != .asComputed { operand = lowering.body.append(Opcode(CK_ROUND_BF16), [operand]) }
      if form == .both {
        let slot = builder.arenaSlot(byteCount: graph.type(of: value).byteCount)
        roundedSlots[value] = slot
        outputs.append(LoopCode.Output(operand: operand, storeCode: nil, overwrittenViews: []))
        targets.append(LoopTarget(value: value, slot: slot, dtype: .f32, isRounded: true))
        operand = output.operand
      }
      if form == .rounded { roundedValues.insert(value) }
      outputs.append(
        LoopCode.Output(
          operand: operand, storeCode: output.storeCode,
          overwrittenViews: Set(views.indices.filter { donors.contains(views[$0].slot) })))
      targets.append(
        LoopTarget(
          value: value, slot: define(value), dtype: graph.type(of: value).dtype,
          isRounded: form == .rounded))
    }
    // A reduction reads binary32: what is stored in a narrow type it gets besides.
    var sources: [Int] = []
    for reduction in reductions {
      if let index = targets.firstIndex(where: {
        $0.value == reduction.operand && $0.dtype == .f32 && !$0.isRounded
      }) {
        sources.append(index)
        continue
      }
      guard let operand = lowering.operand(ofMember: reduction.operand) else { continue }
      sources.append(targets.count)
      outputs.append(LoopCode.Output(operand: operand, storeCode: nil, overwrittenViews: []))
      targets.append(LoopTarget(value: reduction.operand, slot: nil, dtype: .f32))
    }
    return (outputs, targets, sources)
  }

  /// Converts dense memory of another type to `f32`.
  mutating func appendWidening(_ source: Slot, dtype: DType, to target: Slot, count: Int) {
    appendConversion(
      source, target, count: count, code: Opcode.load(dtype) ?? .copy, from: dtype, to: .f32)
  }

  /// Rounds dense `f32` memory to another type.
  mutating func appendNarrowing(_ source: Slot, to target: Slot, dtype: DType, count: Int) {
    appendConversion(
      source, target, count: count, code: Opcode.store(dtype) ?? .copy, from: .f32, to: dtype)
  }

  private mutating func appendConversion(
    _ source: Slot, _ target: Slot, count: Int, code: Opcode, from: DType, to: DType
  ) {
    let output = LoopCode.Output(operand: .view(0), storeCode: code, overwrittenViews: [])
    let loop = LoopCode(LoopBody(), viewIsScalar: [false], outputs: [output])
    builder.append(
      .init(reads: [source], writes: [target]) { place in
        LoopStep(
          code: loop,
          accesses: [
            access(place(source), [1], offset: 0, dtype: from),
            access(place(target), [1], offset: 0, dtype: to),
          ], sizes: [count])
      })
  }
}

/// How a loop steps through a tensor, in bytes.
private func access(
  _ location: Location?, _ strides: [Int], offset: Int, dtype: DType
) -> LoopStep.Access {
  var location = location
  location?.byteOffset += offset * dtype.byteCount
  return LoopStep.Access(
    location: location, outerStrides: strides.dropLast().map { $0 * dtype.byteCount },
    innerStride: (strides.last ?? 0) * dtype.byteCount)
}

extension Opcode {
  /// The kernel that reads blocks of a type as `f32`; `nil` for `f32` itself, and for types that have
  /// none.
  static func load(_ dtype: DType) -> Opcode? {
    switch dtype {
    case .f32, .f64, .i16, .ui16, .ui32, .i64, .ui64: nil
    case .i8: Opcode(CK_LOAD_I8)
    case .i1, .ui8: Opcode(CK_LOAD_U8)
    case .i32: Opcode(CK_LOAD_I32)
    case .bf16: Opcode(CK_LOAD_BF16)
    case .f16: Opcode(CK_LOAD_F16)
    }
  }

  /// The kernel that writes `f32` blocks as a type; `nil` for `f32` itself, and for types that have
  /// none.
  static func store(_ dtype: DType) -> Opcode? {
    switch dtype {
    case .f32, .f64, .i16, .ui16, .ui32, .i64, .ui64: nil
    case .i8: Opcode(CK_STORE_I8)
    case .i1, .ui8: Opcode(CK_STORE_U8)
    case .i32: Opcode(CK_STORE_I32)
    case .bf16: Opcode(CK_STORE_BF16)
    case .f16: Opcode(CK_STORE_F16)
    }
  }
}
