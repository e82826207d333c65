internal import SystolicCompiler
internal import SystolicModel
internal import Units

/// Which part of what a tile works on, worked out from its position in the loops.
struct TileArithmetic {
  let problem: GroupProblem
  let mapping: Mapping
  let extents: Tile
  let counts: [Int]
  let axes: [LoopNest.Axis]

  init(_ group: GroupProgram) {
    problem = group.problem
    mapping = group.mapping
    extents = group.problem.extents
    counts = (0..<group.mapping.nest.depth).map { Int(group.mapping.nest.counts[$0]) }
    axes = (0..<group.mapping.nest.depth).map { group.mapping.nest.axis($0) }
  }

  var all: UInt8 { UInt8((1 << counts.count) - 1) }

  /// The loops over `k`.
  var blocks: UInt8 { axes.indices.reduce(0) { axes[$1] == .k ? $0 | 1 << UInt8($1) : $0 } }

  /// The number of a turn of some loops, in the order in which they run.
  func number(_ position: [Int], _ levels: UInt8) -> Int {
    var number = 0
    for level in counts.indices where levels & 1 << UInt8(level) != 0 {
      number = number * counts[level] + position[level]
    }
    return number
  }

  func turns(_ levels: UInt8) -> Int {
    counts.indices.reduce(1) { levels & 1 << UInt8($1) != 0 ? $0 * counts[$1] : $0 }
  }

  /// The indices along an axis of a part, of which another comes with each turn of the loops `outside`.
  func range(_ axis: LoopNest.Axis, _ position: [Int], _ outside: UInt8) -> Range<Int> {
    let levels = counts.indices.filter { axes[$0] == axis }
    // An axis without loops is not cut.
    if levels.isEmpty { return 0..<extents[axis] }
    var (number, size) = (0, mapping.tile[axis])
    for level in levels {
      if outside & 1 << UInt8(level) != 0 {
        number = number * counts[level] + position[level]
      } else {
        size *= counts[level]
      }
    }
    let start = number * size
    return start..<max(start, min(extents[axis], start + size))
  }

  /// The extents of a part.
  func part(_ position: [Int], _ outside: UInt8) -> Tile {
    var part = extents
    for axis in LoopNest.Axis.allCases { part[axis] = range(axis, position, outside).count }
    return part
  }

  // MARK: Bytes

  /// A fraction of a tensor in whole elements, rounded up.
  private func share(_ part: Int, of whole: Int, bytes: Int, elementBytes: Int) -> Int {
    if part == whole || whole == 0 { return bytes }
    let unit = max(1, elementBytes)
    let (number, divisor) = (Int128(bytes / unit) * Int128(part), Int128(whole))
    return Int((number + divisor - 1) / divisor) * unit
  }

  /// Consecutive bytes, or pieces of the rows of a matrix that is `width` wide.
  private func block(_ bytes: Int, rows: Int, columns: Int, width: Int) -> TransferPattern {
    guard columns < width, columns > 0, rows > 0 else { return TransferPattern(bytes: bytes) }
    return TransferPattern(
      rows: rows, bytesPerRow: bytes / rows, strideBytes: bytes / rows / columns * width)
  }

  /// Where a part of an input lies in DRAM.
  func pattern(_ input: GroupProblem.Input, _ position: [Int], _ outside: UInt8) -> TransferPattern
  {
    if input.role == .whole { return TransferPattern(bytes: input.bytes) }
    let part = part(position, outside)
    guard let product = problem.product else {
      return TransferPattern(
        bytes: share(
          part.batch, of: max(1, problem.elements), bytes: input.bytes,
          elementBytes: input.elementBytes))
    }
    switch input.role {
    case .lhs:
      if problem.geometry != nil { return patches(input, product, part, position, outside) }
      return operand(
        input, part.batch * part.m, part.k, (product.batch * product.m, product.k),
        elementBytes: problem.lhsElementBytes)
    case .rhs:
      return operand(
        input, part.batch * part.k, part.n, (product.batch * product.k, product.n),
        elementBytes: problem.rhsElementBytes)
    case .tiled, .whole:
      return resultPart(part, bytes: input.bytes, elementBytes: input.elementBytes)
    }
  }

  private func operand(
    _ input: GroupProblem.Input, _ rows: Int, _ columns: Int, _ whole: (rows: Int, columns: Int),
    elementBytes: Int
  ) -> TransferPattern {
    let bytes = share(
      rows * columns, of: max(1, whole.rows * whole.columns), bytes: input.bytes,
      elementBytes: input.elementBytes)
    // What a tensor repeats is no matrix in memory.
    if bytes != rows * columns * elementBytes { return TransferPattern(bytes: bytes) }
    return block(bytes, rows: rows, columns: columns, width: whole.columns)
  }

  /// A part of what lies like the result.
  private func resultPart(_ part: Tile, bytes: Int, elementBytes: Int) -> TransferPattern {
    let (rows, columns) = (part.batch * part.m, part.n)
    let bytes = share(
      rows * columns, of: max(1, problem.elements), bytes: bytes, elementBytes: elementBytes)
    guard let product = problem.product, rows * columns > 0, bytes % (rows * columns) == 0 else {
      return TransferPattern(bytes: bytes)
    }
    return block(bytes, rows: rows, columns: columns, width: product.n)
  }

  /// The input of a convolution under a part of its patches: rows and columns with their halos.
  private func patches(
    _ input: GroupProblem.Input, _ product: ProductShape, _ part: Tile, _ position: [Int],
    _ outside: UInt8
  ) -> TransferPattern {
    guard let geometry = problem.geometry else { return TransferPattern(bytes: 0) }
    let rows = geometry.rows.read(range(.row, position, outside), skipsGaps: true)
    let columns = geometry.columns.read(range(.column, position, outside), skipsGaps: false)
    let count = part.batch * part.images * rows
    let bytes = count * columns * geometry.placeBytes
    let elements = part.batch * part.m * part.k * problem.lhsElementBytes
    if part.k < product.k && elements < bytes { return TransferPattern(bytes: elements) }
    let hasGaps = geometry.rows.stride > geometry.rows.window && rows < geometry.rows.input
    if columns == geometry.columns.input, !hasGaps,
      rows == geometry.rows.input || part.images == 1
    {
      return TransferPattern(bytes: bytes)
    }
    return TransferPattern(
      rows: count, bytesPerRow: columns * geometry.placeBytes,
      strideBytes: max(geometry.columns.input, columns + 1) * geometry.placeBytes)
  }

  func pattern(_ output: GroupProblem.Output, _ position: [Int]) -> TransferPattern {
    if output.isWhole { return TransferPattern(bytes: output.bytes) }
    let elementBytes = output.bytes / max(1, problem.elements)
    return resultPart(
      part(position, all & ~blocks), bytes: output.bytes,
      elementBytes: problem.elements > 0 ? elementBytes : 0)
  }

  /// Bytes of an output in the tiles with so many of its points.
  func bytes(_ output: GroupProblem.Output, elements: Int) -> Int {
    share(
      elements, of: max(1, problem.elements), bytes: output.bytes,
      elementBytes: problem.elements > 0 ? output.bytes / problem.elements : 0)
  }

  // MARK: Work

  /// Points of the result in a tile.
  func elements(_ part: Tile) -> Int { part.batch * part.m * part.n }

  func vectorWork(_ part: Tile) -> VectorWork {
    let elements = elements(part)
    var work = problem.work.share(elements, of: max(1, problem.elements))
    var read = 0
    for input in problem.inputs {
      switch input.role {
      case .whole: read += input.bytes
      case .tiled:
        read += share(
          elements, of: max(1, problem.elements), bytes: input.bytes,
          elementBytes: input.elementBytes)
      case .lhs, .rhs: break
      }
    }
    work.readBytes = max(read, problem.product == nil ? work.readBytes : 0)
    return work
  }

  func takingSums(_ part: Tile) -> VectorWork {
    var work = VectorWork()
    work.accumulatorReads = elements(part)
    work.writtenBytes = 4 * elements(part)
    return work
  }

  func puttingSums(_ part: Tile) -> VectorWork {
    var work = VectorWork()
    work.accumulatorWrites = elements(part)
    work.readBytes = 4 * elements(part)
    return work
  }
}

extension PatchGeometry.Axis {
  /// Elements of the input that a part of the outputs reads: at the edges of the image those that there
  /// are, further inside the most that a part of this size reads anywhere.
  ///
  /// - Parameter skipsGaps: what no window reads stays where it is; otherwise everything from the first
  ///   element to the last is read.
  func read(_ outputs: Range<Int>, skipsGaps: Bool) -> Int {
    guard let first = outputs.first, let last = outputs.last else { return 0 }
    // Where a window has holes, or the input has, everything between its ends is read.
    let leavesGaps = skipsGaps && window < stride && windowDilation == 1 && baseDilation == 1
    let reach = (window - 1) * windowDilation
    var places = Set(first * stride - low...last * stride - low + reach)
    if leavesGaps {
      places = Set(
        outputs.flatMap { output in (0..<window).map { output * stride - low + $0 } })
    }
    if outputs.count >= output || first == 0 || last == output - 1 {
      return places.count {
        $0 % baseDilation == 0 && (0..<input).contains($0 / baseDilation) && $0 >= 0
      }
    }
    let most = (0..<baseDilation).map { shift in
      places.count { ($0 + shift) % baseDilation == 0 }
    }
    return min(input, most.max() ?? 0)
  }
}
