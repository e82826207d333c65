import GraphIR

/// Rows of a block within a tensor, each a run of neighbouring elements, in bytes.
struct BlockRows: Sendable {
  /// Where each row lies in the tensor and in the dense block.
  private(set) var rows: [(tensor: Int, block: Int)]
  let rowByteCount: Int

  /// - Parameters:
  ///   - strides: of the tensor's dimensions, in elements.
  ///   - blockStrides: of the block's, in the same order.
  init(sizes: [Int], strides: [Int], blockStrides: [Int], elementByteCount: Int) {
    // The longest run of inner dimensions that are whole in both.
    var outer = sizes.count
    var run = 1
    while outer > 0,
      sizes[outer - 1] == 1 || strides[outer - 1] == run && blockStrides[outer - 1] == run
    {
      run *= sizes[outer - 1]
      outer -= 1
    }
    rows = [(0, 0)]
    for d in 0..<outer {
      rows = rows.flatMap { row in
        (0..<sizes[d]).map {
          (
            row.tensor + $0 * strides[d] * elementByteCount,
            row.block + $0 * blockStrides[d] * elementByteCount
          )
        }
      }
    }
    rowByteCount = run * elementByteCount
    if sizes.contains(0) { rows = [] }
  }

  func copy(from tensor: UnsafeRawPointer, toBlock block: UnsafeMutableRawPointer) {
    for row in rows {
      (block + row.block).copyMemory(from: tensor + row.tensor, byteCount: rowByteCount)
    }
  }

  func copy(fromBlock block: UnsafeRawPointer, to tensor: UnsafeMutableRawPointer) {
    for row in rows {
      (tensor + row.tensor).copyMemory(from: block + row.block, byteCount: rowByteCount)
    }
  }
}

/// Takes a block out of a tensor, or puts one into a copy of it, at a place that is known when it
/// runs.
struct DynamicSliceStep: Step {
  let block: BlockRows
  let tensor: Location
  /// What is put in, if something is.
  let update: Location?
  /// A scalar a dimension, and how it is bounded and counts, in bytes.
  let starts: [(location: Location, last: Int, byteStride: Int)]
  let indexType: DType
  let target: Location
  /// Of the whole tensor.
  let byteCount: Int

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let offset = starts.reduce(0) { sum, start in
      let index = indexType.index(indexType.load(at: 0, from: memory.pointer(start.location)))
      return sum + min(max(index, 0), start.last) * start.byteStride
    }
    let (source, out) = (memory.pointer(tensor), memory.pointer(target))
    guard let update else {
      block.copy(from: source + offset, toBlock: out)
      return
    }
    if out != source { out.copyMemory(from: source, byteCount: byteCount) }
    block.copy(fromBlock: memory.pointer(update), to: out + offset)
  }
}

/// Where the slices of a gather or scatter lie: worked out from the shapes.
struct SliceLayout: Sendable {
  /// One number of an index vector.
  struct Index: Sendable {
    /// From the vector's first number, in elements.
    var offset: Int
    /// Of the operand's dimension.
    var extent: Int
    var size: Int
    var stride: Int
  }

  let rank: Int
  let indices: [Index]
  /// For each position of the batch: its index vector, its slice of the result, and what it adds to
  /// the place in the operand; in elements.
  let batch: [(vector: Int, slice: Int, operand: Int)]
  /// Of a slice: sizes, and strides in the operand and in the result.
  let sizes: [Int]
  let strides: [Int]
  let sliceStrides: [Int]

  /// - Parameter slice: the result of a gather, the updates of a scatter.
  init(_ slices: IndexedSlices, operand: TensorType, indices type: TensorType, slice: TensorType) {
    rank = operand.rank
    let (operandStrides, resultStrides) = (operand.strides, slice.strides)
    let vector = slices.indexVectorDimension
    let vectorStride = vector < type.rank ? type.strides[vector] : 0
    let spanned = slices.spanned(rank: operand.rank)
    sizes = slices.windowDimensions.map { slice.shape[$0] }
    strides = spanned.map { operandStrides[$0] }
    sliceStrides = slices.windowDimensions.map { resultStrides[$0] }
    let spans = Dictionary(uniqueKeysWithValues: zip(spanned, sizes))
    indices = slices.indexMap.enumerated().map { number, d in
      Index(
        offset: number * vectorStride, extent: operand.shape[d], size: spans[d] ?? 1,
        stride: operandStrides[d])
    }
    let numbered = type.shape.indices.filter { $0 != vector }
    let vectors = type.positions(of: numbered)
    let places = slice.positions(of: slices.batch(rank: slice.rank))
    var added = [0]
    for d in numbered {
      let partner = slices.indicesBatching.firstIndex(of: d)
      let step = partner.map { operandStrides[slices.operandBatching[$0]] } ?? 0
      added = added.flatMap { sum in (0..<type.shape[d]).map { sum + $0 * step } }
    }
    batch = vectors.indices.map { (vectors[$0], places[$0], added[$0]) }
  }
}

/// Takes slices of a tensor at places that index vectors name, moved to where they lie in it.
struct GatherStep: Step {
  let layout: SliceLayout
  let rows: BlockRows
  let operand: Location
  let indices: Location
  let indexType: DType
  let target: Location
  let elementByteCount: Int

  /// Large enough that handing a part to another thread pays.
  private var slicesPerPart: Int {
    max(1, 65_536 / max(1, rows.rows.count * rows.rowByteCount))
  }

  var partCount: Int { max(1, (layout.batch.count + slicesPerPart - 1) / slicesPerPart) }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let (source, numbers) = (memory.pointer(operand), memory.pointer(indices))
    let out = memory.pointer(target)
    let first = part * slicesPerPart
    for slice in layout.batch[first..<min(layout.batch.count, first + slicesPerPart)] {
      var place = slice.operand
      for index in layout.indices {
        let start = indexType.index(indexType.load(at: slice.vector + index.offset, from: numbers))
        place += min(max(start, 0), index.extent - index.size) * index.stride
      }
      rows.copy(
        from: source + place * elementByteCount, toBlock: out + slice.slice * elementByteCount)
    }
  }
}

/// Combines slices with those of a tensor's copy at places that index vectors name, one after another.
struct ScatterStep: Step {
  let layout: SliceLayout
  let rows: BlockRows
  /// The index within a slice, by indexed dimension, for each of its elements; and where the element
  /// lies in operand and updates.
  let elements: [(within: [Int], operand: Int, update: Int)]
  /// `nil` puts the update in place of what was there.
  let body: ScalarProgram?
  let operand: Location
  let indices: Location
  let indexType: DType
  let updates: Location
  let target: Location
  let dtype: DType
  /// Of the whole operand.
  let byteCount: Int

  var scratchByteCount: Int { ((body?.registerCount ?? 0) + layout.indices.count) * 8 }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let (source, out) = (memory.pointer(operand), memory.pointer(target))
    let (numbers, changes) = (memory.pointer(indices), memory.pointer(updates))
    if out != source { out.copyMemory(from: source, byteCount: byteCount) }
    let starts = scratch.assumingMemoryBound(to: Int.self)
    let registers = UnsafeMutableRawPointer(starts + layout.indices.count)
      .assumingMemoryBound(to: Double.self)
    body?.prepare(registers)
    for slice in layout.batch {
      var place = slice.operand
      var isInside = true
      for (number, index) in layout.indices.enumerated() {
        let start = indexType.index(indexType.load(at: slice.vector + index.offset, from: numbers))
        starts[number] = start
        isInside = isInside && start >= 0 && start <= index.extent - index.size
        place += start * index.stride
      }
      if body == nil, isInside {
        rows.copy(
          fromBlock: changes + slice.slice * dtype.byteCount, to: out + place * dtype.byteCount)
        continue
      }
      for element in elements where isInside || contains(element.within, starts) {
        let (at, from) = (place + element.operand, slice.slice + element.update)
        combine(at, dtype.load(at: from, from: changes), out, registers)
      }
    }
  }

  private func contains(_ within: [Int], _ starts: UnsafeMutablePointer<Int>) -> Bool {
    for (number, index) in layout.indices.enumerated() {
      let place = starts[number] + within[number]
      if place < 0 || place >= index.extent { return false }
    }
    return true
  }

  private func combine(
    _ place: Int, _ update: Double, _ out: UnsafeMutableRawPointer,
    _ registers: UnsafeMutablePointer<Double>
  ) {
    guard let body else {
      dtype.store(update, at: place, in: out)
      return
    }
    registers[body.parameters[0]] = dtype.load(at: place, from: out)
    registers[body.parameters[1]] = update
    body.run(registers)
    dtype.store(registers[body.results[0]], at: place, in: out)
  }
}
