import GraphIR

extension HostCompiler {
  /// `dynamic_slice`, or `dynamic_update_slice` if it has an update.
  mutating func appendDynamicSlice(_ value: ValueID, hasUpdate: Bool) -> Bool {
    let operands = graph[value].operands
    let slots = operandSlots(of: value)
    let type = graph.type(of: operands[0])
    let block = hasUpdate ? graph.type(of: operands[1]) : graph.type(of: value)
    let width = type.dtype.byteCount
    let first = hasUpdate ? 2 : 1
    let indexType = operands.count > first ? graph.type(of: operands[first]).dtype : .i32
    let rows = BlockRows(
      sizes: block.shape, strides: type.strides, blockStrides: block.strides,
      elementByteCount: width)
    let strides = type.strides
    let target = define(value)
    builder.append(
      .init(reads: slots, writes: [target]) { place in
        DynamicSliceStep(
          block: rows, tensor: place(slots[0]), update: hasUpdate ? place(slots[1]) : nil,
          starts: type.shape.indices.map { d in
            (place(slots[first + d]), type.shape[d] - block.shape[d], strides[d] * width)
          }, indexType: indexType, target: place(target), byteCount: type.byteCount)
      })
    return true
  }

  mutating func appendGather(_ value: ValueID, _ slices: IndexedSlices) -> Bool {
    let operands = graph[value].operands
    let slots = operandSlots(of: value)
    let (type, indices) = (graph.type(of: operands[0]), graph.type(of: operands[1]))
    let layout = SliceLayout(
      slices, operand: type, indices: indices, slice: graph.type(of: value))
    let rows = BlockRows(layout, elementByteCount: type.dtype.byteCount)
    let target = define(value)
    builder.append(
      .init(reads: slots, writes: [target]) { place in
        GatherStep(
          layout: layout, rows: rows, operand: place(slots[0]), indices: place(slots[1]),
          indexType: indices.dtype, target: place(target),
          elementByteCount: type.dtype.byteCount)
      })
    return true
  }

  /// - Returns: `false` for bodies that are more than arithmetic.
  mutating func appendScatter(
    _ value: ValueID, _ slices: IndexedSlices, _ body: Graph
  ) -> Bool {
    guard let program = ScalarProgram(body) else { return false }
    let operands = graph[value].operands
    let slots = operandSlots(of: value)
    let types = operands.map { graph.type(of: $0) }
    let layout = SliceLayout(slices, operand: types[0], indices: types[1], slice: types[2])
    let rows = BlockRows(layout, elementByteCount: types[0].dtype.byteCount)
    let window = TensorType(layout.sizes, types[0].dtype)
    let spanned = slices.spanned(rank: types[0].rank)
    let elements = (0..<window.elementCount).map { position in
      let index = window.index(at: position)
      let within = slices.indexMap.map { d in spanned.firstIndex(of: d).map { index[$0] } ?? 0 }
      return (
        within: within, operand: zip(index, layout.strides).reduce(0) { $0 + $1.0 * $1.1 },
        update: zip(index, layout.sliceStrides).reduce(0) { $0 + $1.0 * $1.1 }
      )
    }
    // A body that gives its second parameter replaces.
    let replaces = program.results == [program.parameters[1]]
    let target = define(value)
    builder.append(
      .init(reads: slots, writes: [target]) { place in
        ScatterStep(
          layout: layout, rows: rows, elements: elements, body: replaces ? nil : program,
          operand: place(slots[0]), indices: place(slots[1]), indexType: types[1].dtype,
          updates: place(slots[2]), target: place(target), dtype: types[0].dtype,
          byteCount: types[0].byteCount)
      })
    return true
  }

  /// The bits of the operand as they are.
  mutating func appendBitcast(_ value: ValueID) -> Bool {
    let source = denseSlot(of: graph[value].operands[0])
    let byteCount = graph.type(of: value).byteCount
    let target = define(value)
    builder.append(
      .init(reads: [source], writes: [target]) { place in
        CopyStep(
          shape: [byteCount], source: place(source), from: [1], target: place(target), to: [1],
          elementByteCount: 1)
      })
    return true
  }
}

extension BlockRows {
  /// Of one slice.
  fileprivate init(_ layout: SliceLayout, elementByteCount: Int) {
    self.init(
      sizes: layout.sizes, strides: layout.strides, blockStrides: layout.sliceStrides,
      elementByteCount: elementByteCount)
  }
}
