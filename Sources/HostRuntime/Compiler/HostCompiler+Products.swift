import GraphIR

extension HostCompiler {
  /// A `dot_general` of floats, or of `i8` with `i32` sums, as a batch of matrix products.
  mutating func appendDot(_ value: ValueID, _ dot: DotDimensions) -> Bool {
    let instruction = graph[value]
    guard instruction.type.dtype.fitsBinary32 || graph.isInt8Product(value) else {
      return false
    }
    let (a, b) = (instruction.operands[0], instruction.operands[1])
    let (lhsType, rhsType) = (graph.type(of: a), graph.type(of: b))
    let rounds = rounding.isRounding(value)
    let lhs = matrixOperand(
      a, batch: dot.lhsBatching, rows: dot.lhsFree(rank: lhsType.rank),
      columns: dot.lhsContracting, rounds: rounds)
    let rhs = matrixOperand(
      b, batch: dot.rhsBatching, rows: dot.rhsContracting,
      columns: dot.rhsFree(rank: rhsType.rank), rounds: rounds)
    appendProduct(
      MatrixProduct(
        batch: lhs.batch, m: lhs.rows, n: rhs.columns, k: lhs.columns, lhs: lhs.layout,
        rhs: rhs.layout),
      lhs: lhs.slot, lhsOffset: lhs.offset, rhs: rhs.slot, rhsOffset: rhs.offset, of: value,
      to: define(value))
    return true
  }

  /// Appends the product and, for a narrow result, its rounding.
  mutating func appendProduct(
    _ product: MatrixProduct, lhs: Slot, lhsOffset: Int, rhs: Slot, rhsOffset: Int,
    of value: ValueID, to target: Slot
  ) {
    let count = product.batch * product.m * product.n
    if count == 0 { return }
    let dtype = graph.type(of: value).dtype
    let isWide = dtype == .f32 || dtype == .i32
    let wide = isWide ? target : builder.arenaSlot(byteCount: count * 4)
    let kernel: any ProductKernel =
      dtype == .i32
      ? Int8ProductKernel(product, threads: threads) : engine.kernel(for: product, of: value)
    builder.append(
      .init(reads: [lhs, rhs], writes: [wide]) { place in
        var from = place(lhs)
        from.byteOffset += lhsOffset * product.lhs.dtype.byteCount
        var with = place(rhs)
        with.byteOffset += rhsOffset * product.rhs.dtype.byteCount
        return ProductStep(product, kernel: kernel, lhs: from, rhs: with, out: place(wide))
      })
    if !isWide { appendNarrowing(wide, to: target, dtype: dtype, count: count) }
  }

  /// An operand of a product as the host's kernels read it.
  struct MatrixOperand {
    var slot: Slot
    var offset: Int
    var layout: MatrixProduct.Operand
    var batch: Int
    var rows: Int
    var columns: Int
  }

  /// Sees an operand as a batch of matrices; copies it if its dimensions lie in an order that no
  /// row stride can say, and widens binary16, which no kernel reads.
  ///
  /// - Parameter rounds: the product rounds it, so a rounded copy is as good.
  mutating func matrixOperand(
    _ value: ValueID, batch: [Int], rows: [Int], columns: [Int], rounds: Bool
  ) -> MatrixOperand {
    let type = graph.type(of: value)
    let source = view(of: value)
    let count = { (dimensions: [Int]) in dimensions.reduce(1) { $0 * type.shape[$1] } }
    var result = MatrixOperand(
      slot: Slot(index: 0), offset: source.offset,
      layout: .init(dtype: type.dtype, isTransposed: false, rowStride: 0, batchStride: 0),
      batch: count(batch), rows: count(rows), columns: count(columns))
    let rounded = rounds ? roundedSlots[source.base] : nil
    let isRounded = rounded != nil || roundedValues.contains(source.base)
    if type.dtype != .f16,
      let batchStride = source.jointStride(batch), let rowStride = source.jointStride(rows),
      let columnStride = source.jointStride(columns),
      let layout = MatrixProduct.Operand(
        dtype: type.dtype, rows: result.rows, columns: result.columns, batchStride: batchStride,
        rowStride: rowStride, columnStride: columnStride)
    {
      result.slot = rounded ?? slot(of: source.base)
      result.layout = layout
      result.layout.isRounded = isRounded
      return result
    }
    let order = batch + rows + columns
    let moved = StridedView(
      base: source.base, shape: order.map { source.shape[$0] },
      strides: order.map { source.strides[$0] }, offset: source.offset)
    result.slot = builder.arenaSlot(byteCount: type.byteCount)
    appendCopy(
      moved, from: rounded, to: result.slot, strides: TensorType(moved.shape, type.dtype).strides,
      dtype: type.dtype)
    result.layout.isRounded = isRounded
    if type.dtype == .f16 {
      let narrow = result.slot
      result.slot = builder.arenaSlot(byteCount: type.elementCount * 4)
      appendWidening(narrow, dtype: .f16, to: result.slot, count: type.elementCount)
      result.layout.dtype = .f32
    }
    result.offset = 0
    result.layout.rowStride = result.columns
    result.layout.batchStride = result.rows * result.columns
    return result
  }
}

extension StridedView {
  /// The stride of several dimensions taken as one, row-major in the given order; `nil` if they
  /// do not step evenly. 0 for no dimension or a single element.
  func jointStride(_ dimensions: [Int]) -> Int? {
    let proper = dimensions.filter { shape[$0] != 1 }
    for (outer, inner) in zip(proper, proper.dropFirst())
    where strides[outer] != strides[inner] * shape[inner] {
      return nil
    }
    return proper.last.map { strides[$0] } ?? 0
  }
}

extension MatrixProduct.Operand {
  /// `nil` if neither rows nor columns are contiguous.
  init?(dtype: DType, rows: Int, columns: Int, batchStride: Int, rowStride: Int, columnStride: Int)
  {
    self.dtype = dtype
    self.batchStride = batchStride
    // A single row or column may be read either way; a stride of 0 repeats and is copied.
    if columns == 1 || columnStride == 1, rows == 1 || rowStride >= columns {
      isTransposed = false
      self.rowStride = rows == 1 ? columns : rowStride
    } else if rows == 1 || rowStride == 1, columns == 1 || columnStride >= rows {
      isTransposed = true
      self.rowStride = columns == 1 ? rows : columnStride
    } else {
      return nil
    }
  }
}
